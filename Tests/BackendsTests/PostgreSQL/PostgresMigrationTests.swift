import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(3))) struct `A schema is brought up to date` {
    private let server: PostgresServer
    private let schema = PostgresServer.freshSchema()

    init() throws {
        server = try PostgresServer.shared(.v16)
    }

    private func pool(
        lockTimeout: Duration = .seconds(15), patience: Duration = .seconds(10),
        report: @escaping @Sendable (PostgresPoolEvent) -> Void = { _ in }
    ) -> PostgresPool {
        var settings = server.pool(schema: schema).settings
        settings.lockTimeout = lockTimeout
        return PostgresPool(settings, size: 4, patience: patience, report: report)
    }

    /// A process that knows these steps behind today's.
    private func corpus(_ steps: SchemaStep..., over pool: PostgresPool? = nil) -> PostgresCorpus {
        PostgresCorpus(pool ?? self.pool(), steps: PostgresSchema.steps + steps)
    }

    private func ask(_ sql: String) async throws -> Int64? {
        try await pool().transaction(.snapshot) { try $0.int(sql) }
    }

    private var taken: Int64? {
        get async throws { try await ask("SELECT count(*) FROM schema_step") }
    }

    private static let column = SchemaStep(
        "moods", "ALTER TABLE space ADD COLUMN mood text NOT NULL DEFAULT 'fine'")
    private static let index = SchemaStep.index("space_by_name", on: "space (name)")
    private static let stepsOfToday = Int64(PostgresSchema.steps.count)

    /// Writes and reads until it is told to end.
    private final class Work: Sendable {
        private let count = Mutex(0)
        private let isOver = Mutex(false)

        var rounds: Int { count.withLock { $0 } }
        func end() { isOver.withLock { $0 = true } }

        func goOn(_ name: String, in corpus: PostgresCorpus) async throws {
            while !isOver.withLock({ $0 }) {
                let round = count.withLock { count in
                    count += 1
                    return count
                }
                try await corpus.upsert(space: Space(key: "\(name)-\(round % 50)", name: "\(round)"))
                _ = try await corpus.pool.transaction(.snapshot) { try $0.int("SELECT count(*) FROM space") }
            }
        }
    }

    @Test func `while others read and write, of whom none fails`() async throws {
        let today = corpus(over: pool(lockTimeout: .seconds(4), patience: .seconds(4)))
        for key in 0..<200 { try await today.upsert(space: Space(key: "\(key)", name: "Space \(key)")) }
        // A long look at what the first step changes.
        let reader = try await HeldTransaction(pool(), "SELECT count(*) FROM space")
        let tomorrow = corpus(Self.column, Self.index)
        let work = Work()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await tomorrow.open() }
            let waits = """
                SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%ADD COLUMN mood%'
                    AND pid <> pg_backend_pid()
                """
            while try await ask(waits) == 0 { try await Task.sleep(for: .milliseconds(20)) }
            for name in ["a", "b"] { group.addTask { try await work.goOn(name, in: today) } }
            // The step waits for the reader; nobody waits behind it for good.
            while work.rounds < 100 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(try await taken == Self.stepsOfToday)
            try await reader.end()
            while try await taken != Self.stepsOfToday + 2 { try await Task.sleep(for: .milliseconds(20)) }
            let rounds = work.rounds
            while work.rounds < rounds + 20 { try await Task.sleep(for: .milliseconds(20)) }
            work.end()
            try await group.waitForAll()
        }
        #expect(try await ask("SELECT count(*) FROM space WHERE mood = 'fine'") ?? 0 >= 200)
        let state = try await pool().transaction(.snapshot) { try SchemaIndex.state(of: "space_by_name", $0) }
        #expect(state == .ready)
    }

    @Test func `step by step: what was taken stays when a later one fails`() async throws {
        let broken = SchemaStep("broken", "SELECT 1 / 0")
        await #expect(throws: CorpusError.self) { try await corpus(Self.column, broken).open() }
        #expect(try await taken == Self.stepsOfToday + 1)
        #expect(try await ask("SELECT count(mood) FROM space") == 0)
        try await corpus(Self.column, SchemaStep("mended", "SELECT 1")).open()
        #expect(try await taken == Self.stepsOfToday + 2)
    }

    @Test func `after another process that takes longer than anybody's patience, which is told`()
        async throws
    {
        try await corpus().open()
        // A process of a version that knew one lock for all schemas.
        let other = try await HeldTransaction(server.pool(), "SELECT pg_advisory_xact_lock(1835625580)")
        let events = Mutex<[PostgresPoolEvent]>([])
        let late = corpus(
            Self.column,
            over: pool(lockTimeout: .milliseconds(100), patience: .milliseconds(300)) { event in
                events.withLock { $0.append(event) }
            })
        async let opening: Void = late.open()
        while events.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(20)) }
        try await other.end()
        try await opening
        #expect(events.withLock { $0 } == [.waiting(reason: MigrationHindrance.otherProcess.reason)])
        #expect(try await taken == Self.stepsOfToday + 1)
    }

    @Test func `without any lock where nothing is to be done`() async throws {
        try await corpus(Self.column).open()
        let other = try await HeldTransaction { [pool = pool(), schema] hold in
            try await pool.transaction(.write) { db in
                try db.lock(.migration, in: schema)
                try hold(db)
            }
        }
        try await corpus(Self.column).open()
        try await corpus().open()
        try await other.end()
    }

    @Test func `with an index that several processes wish to build, and one had left half built`()
        async throws
    {
        try await corpus().open()
        try await pool().transaction(.write) { db in
            try db.query("INSERT INTO space (key, name, type) VALUES ('a', 'same', ''), ('b', 'same', '')")
            return
        }
        _ = await #expect(throws: PostgresError.self) {
            try await pool().withConnection {
                try $0.simple("CREATE UNIQUE INDEX CONCURRENTLY space_by_name ON space (name)")
            }
        }
        let left = try await pool().transaction(.snapshot) { try SchemaIndex.state(of: "space_by_name", $0) }
        #expect(left == .unfinished)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { try await corpus(Self.index).open() } }
            try await group.waitForAll()
        }
        let state = try await pool().transaction(.snapshot) { try SchemaIndex.state(of: "space_by_name", $0) }
        #expect(state == .ready)
        #expect(try await taken == Self.stepsOfToday + 1)
        // And where a pooler gives each transaction another session.
        let pooled = server.pool(schema: PostgresServer.freshSchema(), keepsStatements: false)
        try await corpus(Self.index, over: pooled).open()
        let there = try await pooled.transaction(.snapshot) { try SchemaIndex.state(of: "space_by_name", $0) }
        #expect(there == .ready)
    }
}
