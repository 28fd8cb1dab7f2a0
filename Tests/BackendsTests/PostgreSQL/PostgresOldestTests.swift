import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import Backends

/// The distribution's server, the oldest that is tested: what needs no pgvector holds for it as well.
@Suite(.timeLimit(.minutes(2))) struct `A schema on the distribution's PostgreSQL` {
    private let server: PostgresServer
    private let schema = PostgresServer.freshSchema()

    init() throws {
        server = try PostgresServer.shared(.distribution)
    }

    private func pool() -> PostgresPool { server.pool(schema: schema, patience: .seconds(30)) }

    private func ask(_ sql: String) async throws -> Int64? {
        try await pool().transaction(.snapshot) { try $0.int(sql) }
    }

    @Test func `is of a version that is supported`() async throws {
        let number = try await ask("SELECT current_setting('server_version_num')::bigint")
        #expect(number.map { $0 >= 150_000 } == true, "\(String(describing: number))")
    }

    @Test func `is made once by processes that come at once, and brought up to date under load`() async throws
    {
        let pools = (0..<4).map { _ in pool() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for pool in pools {
                group.addTask {
                    try await PostgresCorpus(pool).open()
                    try await PostgresWorkspace(pool).open()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await ask("SELECT count(*) FROM schema_step") == Int64(PostgresSchema.steps.count))
        #expect(
            try await ask("SELECT count(*) FROM workspace_step")
                == Int64(PostgresWorkspaceSchema.steps.count))
        let today = PostgresCorpus(pools[0])
        for key in 0..<50 { try await today.upsert(space: Space(key: "\(key)", name: "Space \(key)")) }
        let tomorrow = PostgresCorpus(
            pools[1],
            steps: PostgresSchema.steps + [
                SchemaStep("moods", "ALTER TABLE space ADD COLUMN mood text NOT NULL DEFAULT 'fine'"),
                SchemaStep.index("space_by_name", on: "space (name)"),
            ])
        let ending = Ending()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while !ending.isOver.withLock({ $0 }), !Task.isCancelled {
                    try await today.upsert(space: Space(key: "x", name: "\(UUID())"))
                }
            }
            try await tomorrow.open()
            ending.isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        #expect(try await ask("SELECT count(*) FROM space WHERE mood = 'fine'") ?? 0 >= 50)
        let state = try await pool().transaction(.snapshot) { try SchemaIndex.state(of: "space_by_name", $0) }
        #expect(state == .ready)
    }

    /// Told to a task that writes meanwhile.
    private final class Ending: Sendable {
        let isOver = Mutex(false)
    }

    @Test func `hands each run to one of several workers, by the server's clock`() async throws {
        let stores = (0..<3).map { _ in PostgresWorkspace(pool(), announcesRuns: true) }
        let owner = Owner(name: "user:ann")
        for number in 0..<12 {
            _ = try await stores[0].enqueue(
                StoredRun(
                    id: "r\(number)", owner: owner, flow: "f", version: 1, session: "s",
                    request: Data("{}".utf8), createdAt: Date()), key: nil)
        }
        let taken = try await withThrowingTaskGroup(of: [String].self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    // Their own clocks say nothing.
                    let time = Date() + Double(number - 1) * 3_600
                    var ids: [String] = []
                    while case let leased = try await store.lease(
                        2, by: "w\(number)", for: .seconds(60), at: time, attempts: 2), !leased.isEmpty
                    {
                        for (run, lease) in leased {
                            ids.append(run.id)
                            _ = try await store.renew(lease, for: .seconds(60), at: time)
                            try await store.end(
                                lease, .finished, result: nil, failure: nil, messages: [], at: time)
                        }
                    }
                    return ids
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        // One that locked rows at that moment was passed over, and is taken by whoever asks again.
        #expect(taken.count == Set(taken).count)
        var rest: [String] = []
        while case let leased = try await stores[0].lease(
            9, by: "rest", for: .seconds(60), at: Date(), attempts: 2), !leased.isEmpty
        {
            rest += leased.map(\.run.id)
        }
        #expect(Set(taken + rest).count == 12 && taken.count + rest.count == 12)
    }
}
