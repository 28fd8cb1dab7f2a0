import Dispatch
import Foundation
import TestSupport
import Testing
import Workspace

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `Pages of messages over PostgreSQL` {
    private let ann = Owner(name: "user:ann")
    private let ben = Owner(name: "user:ben")

    private func message(_ id: String, in session: String, of owner: Owner? = nil) -> StoredMessage {
        StoredMessage(
            id: id, key: ConversationKey(owner: owner ?? ann, flow: "f", session: session), role: "user",
            sender: "User", text: "Text of \(id)", details: Data("{}".utf8),
            sentAt: Date(timeIntervalSince1970: 1_790_000_000))
    }

    private func workspace(_ version: PostgresServer.Version, schema: String) throws -> PostgresWorkspace {
        PostgresWorkspace(try PostgresServer.shared(version).pool(schema: schema))
    }

    /// A transaction that has stored messages and is not over.
    private struct Open {
        private let gate = DispatchSemaphore(value: 0)
        private let task: Task<Void, any Error>

        /// - Parameter store: its sessions are the transaction's alone.
        init(_ messages: [StoredMessage], in store: PostgresWorkspace) async throws {
            let (stored, storing) = AsyncStream<Void>.makeStream()
            let gate = gate
            task = Task {
                defer { storing.finish() }
                try await store.pool.transaction(.write) { db in
                    try PostgresMessages.append(messages, db)
                    storing.yield()
                    // On a thread of the pool's own.
                    _ = gate.wait(timeout: .now() + .seconds(60))
                }
            }
            for await _ in stored { return }
            try await task.value
        }

        func commit() async throws {
            gate.signal()
            try await task.value
        }
    }

    /// Everything after `last`, in pages.
    private func follow(
        _ store: PostgresWorkspace, after last: String?, limit: Int = 9
    ) async throws -> [String] {
        var found: [String] = []
        while true {
            let page = try await store.messages(
                for: ann, flow: nil, session: nil, after: found.last ?? last, limit: limit
            ).map(\.id)
            found += page
            if page.isEmpty { return found }
        }
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `pass over none that was given its number first and is committed last`(
        version: PostgresServer.Version
    ) async throws {
        let schema = PostgresServer.freshSchema()
        let (store, other) = (try workspace(version, schema: schema), try workspace(version, schema: schema))
        try await store.append([message("first", in: "a")])
        let open = try await Open([message("late", in: "b"), message("later", in: "b")], in: other)
        // Nobody waits for the transaction that is open.
        try await store.append([message("early", in: "c")])
        let before = try await follow(store, after: nil)
        // What was written is read at once where it was said.
        let early = message("early", in: "c")
        #expect(try await store.messages(of: early.key, before: nil, limit: 9) == [early])
        let said = try await store.messages(for: ann, flow: "f", session: "c", after: nil, limit: 9)
        #expect(said == [early])
        try await open.commit()
        let after = try await follow(store, after: before.last)
        #expect(before == ["first"])
        #expect(before + after == ["first", "late", "later", "early"])
    }

    @Test func `are held back by nobody else's transactions`() async throws {
        let schema = PostgresServer.freshSchema()
        let (store, other) = (try workspace(.v18, schema: schema), try workspace(.v18, schema: schema))
        try await store.append([message("first", in: "a")])
        let elsewhere = try workspace(.v18, schema: PostgresServer.freshSchema())
        try await elsewhere.append([message("there", in: "a")])
        let open = [
            try await Open([message("of-ben", in: "b", of: ben)], in: other),
            // The same owner in another schema of the database.
            try await Open([message("there-too", in: "b")], in: elsewhere),
        ]
        try await store.append([message("second", in: "c")])
        #expect(try await follow(store, after: nil) == ["first", "second"])
        for transaction in open { try await transaction.commit() }
        #expect(try await follow(store, after: nil) == ["first", "second"])
    }

    @Test func `go on behind a transaction that was rolled back`() async throws {
        let schema = PostgresServer.freshSchema()
        let (store, other) = (try workspace(.v16, schema: schema), try workspace(.v16, schema: schema))
        try await store.append([message("first", in: "a")])
        struct Refused: Error {}
        let never = message("never", in: "b")
        await #expect(throws: Refused.self) {
            try await other.pool.transaction(.write) { db in
                try PostgresMessages.append([never], db)
                throw Refused()
            }
        }
        try await store.append([message("second", in: "c")])
        #expect(try await follow(store, after: nil) == ["first", "second"])
    }

    @Test func `lose none of what two processes store in many conversations at once`() async throws {
        let schema = PostgresServer.freshSchema()
        let stores = [try workspace(.v18, schema: schema), try workspace(.v18, schema: schema)]
        let (writers, each) = (8, 25)
        let all = Set((0..<writers).flatMap { writer in (0..<each).map { "\(writer)-\($0)" } })
        let reader = try workspace(.v18, schema: schema)
        try await reader.append([message("first", in: "first")])
        let followed = try await withThrowingTaskGroup(of: [String].self) { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in 0..<each {
                        // A conversation each, so that nobody waits for another.
                        let session = "s\(writer)-\(number % 5)"
                        try await stores[writer % 2].append([
                            message("\(writer)-\(number)", in: session)
                        ])
                    }
                    return []
                }
            }
            group.addTask {
                var found: [String] = []
                while found.count < all.count {
                    found += try await follow(reader, after: found.last ?? "first", limit: 7)
                    // One that was passed over is never found, and the last numbers tell that all are stored.
                    let stored = try await reader.pool.transaction(.snapshot) {
                        try $0.int("SELECT count(*) FROM message") ?? 0
                    }
                    if stored > all.count {
                        found += try await follow(reader, after: found.last ?? "first", limit: 7)
                        break
                    }
                }
                return found
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(followed.count == all.count && Set(followed) == all)
    }

    @Test func `reckon with what was announced below the last number, whatever its remainder`() {
        let span: Int64 = 1 << 31
        #expect(MessageHorizon(end: 7, announced: []).limit == 7)
        #expect(MessageHorizon(end: 7, announced: [5, 6]).limit == 5)
        // Announced since, or of the last number itself: theirs lie above it.
        #expect(MessageHorizon(end: 7, announced: [7, 9]).open.isEmpty)
        #expect(MessageHorizon(end: 0, announced: [0]).limit == 0)
        // The remainder has begun anew in between.
        #expect(MessageHorizon(end: 3 * span + 2, announced: [span - 1]).limit == 3 * span - 1)
        #expect(MessageHorizon(end: 3 * span - 1, announced: [2]).open.isEmpty)
        var horizon = MessageHorizon(end: 9, announced: [5, 8])
        horizon.keep(MessageHorizon(end: 12, announced: [8, 11]))
        #expect(horizon.limit == 8 && horizon.end == 9)
    }
}
