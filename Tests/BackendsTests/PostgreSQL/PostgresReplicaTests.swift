import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `A replica of PostgreSQL` {
    private let pair: PostgresPair
    private let pool: PostgresPool
    private let events = Told()

    /// What was told, in order.
    private final class Told: Sendable {
        let all = Mutex<[PostgresReplicaEvent]>([])
    }

    init() throws {
        pair = try PostgresPair(.v18)
        pool = PostgresPool(Self.settings(pair.port))
    }

    private static func settings(_ port: Int) -> PostgresSettings {
        PostgresSettings(
            host: "127.0.0.1", port: port, database: "postgres", user: "app", password: { "secret" },
            tls: .disable, schema: "m")
    }

    private func replica(_ port: Int? = nil, limit: Duration = .seconds(60)) -> PostgresReplica {
        PostgresReplica(
            Self.settings(port ?? pair.standbyPort), size: 4, of: pool, lagLimit: limit
        ) { [events] event in events.all.withLock { $0.append(event) } }
    }

    private func until(_ replica: PostgresReplica, is standing: PostgresReplica.Standing) async throws {
        while replica.standing != standing {
            await replica.check()
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// One that anybody may read.
    private func replacement(_ id: String) -> DocumentReplacement {
        DocumentReplacement(
            document: Document(
                id: id, kind: .page, spaceKey: "ENG", title: "Page \(id)", version: 1, ancestors: [],
                labels: [],
                author: nil, updatedAt: nil, url: nil, text: "Text of \(id).",
                readers: AccessRule(allOf: [[.anyone]])),
            contentHash: id, chunkSignature: "s", chunks: [], embeddings: [], model: "m")
    }

    private func shown(_ corpus: PostgresCorpus) async throws -> [String] {
        try await corpus.documents(
            matching: ChunkFilter(), after: "", limit: 10, scope: corpus.scope(for: Reader([.anyone]))
        ).map(\.id)
    }

    @Test func `serves documents while it is level, and never shows one that was removed`() async throws {
        let replica = replica()
        let corpus = PostgresCorpus(pool, replica: replica)
        try await corpus.upsert(space: Space(key: "ENG", name: "ENG", type: "global"))
        for id in ["a", "b"] { _ = try await corpus.replace(replacement(id)) }
        try await until(replica, is: .usable)
        while replica.counts.served == 0 { #expect(try await shown(corpus) == ["a", "b"]) }
        pair.pause()
        _ = try await corpus.removeDocuments(["a"])
        let served = replica.counts.served
        for _ in 0..<5 { #expect(try await shown(corpus) == ["b"]) }
        // The primary did that: the replica has it still.
        #expect(replica.counts.served == served)
        let held = try await replica.pool.withConnection { try $0.query("SELECT id FROM document").count }
        #expect(held == 2)
        pair.resume()
        while replica.counts.served == served { #expect(try await shown(corpus) == ["b"]) }
    }

    @Test func `shows what this process wrote, or is not asked`() async throws {
        let replica = replica()
        let database = PostgresDatabase(
            pool, replica: replica, table: "schema_step",
            steps: [SchemaStep("n", "CREATE TABLE n (id bigint PRIMARY KEY)")]
        )
        try await database.open()
        try await until(replica, is: .usable)
        for id in 1...50 {
            try await database.write { db in
                try db.query("INSERT INTO n VALUES ($1)", [.int(Int64(id))])
                return
            }
            let found = try await database.read(.late) { try $0.query("SELECT id FROM n").count }
            #expect(found == id)
        }
        #expect(pool.position > 0)
    }

    @Test func `is passed by when it is later than the limit, and that is told once`() async throws {
        let replica = replica(limit: .milliseconds(300))
        let database = PostgresDatabase(
            pool, replica: replica, table: "schema_step",
            steps: [SchemaStep("n", "CREATE TABLE n (id bigint PRIMARY KEY)")]
        )
        try await database.open()
        try await until(replica, is: .usable)
        pair.pause()
        try await database.write { db in
            try db.query("INSERT INTO n VALUES (1)")
            return
        }
        try await until(replica, is: .lagging)
        for _ in 0..<3 { await replica.check() }
        let found = try await database.read(.late) { try $0.query("SELECT id FROM n").count }
        #expect(found == 1)
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresReplicaInspection.read(replica)
        }
        let told = error?.description ?? ""
        #expect(
            told.contains("127.0.0.1:\(pair.standbyPort)/postgres") && told.contains("database.replica_lag"))
        pair.resume()
        try await until(replica, is: .usable)
        let lags = events.all.withLock { $0.filter { if case .lagging = $0 { true } else { false } }.count }
        #expect(lags == 1)
        #expect(try await PostgresReplicaInspection.read(replica).lag < .seconds(1))
    }

    @Test func `that is none is told of, and the primary serves`() async throws {
        let replica = replica(pair.port)
        await replica.check()
        guard case .gone = replica.standing else {
            Issue.record("\(replica.standing)")
            return
        }
        let read: Int? = await replica.read(.late) { try $0.query("SELECT 1").count }
        #expect(read == nil)
        #expect(events.all.withLock { $0.count } == 1)
    }

    @Test func `of another server is not believed`() async throws {
        let other = try PostgresPair(.v18)
        let replica = replica(other.standbyPort)
        await replica.check()
        guard case .gone(let reason) = replica.standing else {
            Issue.record("\(replica.standing)")
            return
        }
        #expect(reason.contains("another server"))
    }

    @Test func `that takes writes itself by now is left, and holds nothing up`() async throws {
        let replica = replica()
        try await until(replica, is: .usable)
        pair.kill()
        pair.promote()
        // It takes writes itself by now; the old primary answers nobody.
        await replica.check()
        let read: Int? = await replica.read(.late) { try $0.query("SELECT 1").count }
        #expect(read == nil)
    }

    @Test func `is as late as the newest of the primary's positions that it has come to`() {
        var history = PositionHistory()
        let start = ContinuousClock.now
        #expect(history.lag(at: 5, now: start) == nil)
        history.note(10, of: "00000001", at: start)
        history.note(20, of: "00000001", at: start + .seconds(1))
        history.note(30, of: "00000001", at: start + .seconds(2))
        let now = start + .seconds(3)
        #expect(history.lag(at: 30, now: now) == .seconds(1))
        #expect(history.lag(at: 25, now: now) == .seconds(2))
        #expect(history.lag(at: 5, now: now) == .seconds(3))
        // A new primary with less in its log.
        history.note(15, of: "00000001", at: now)
        #expect(history.lag(at: 15, now: now) == .zero)
    }

    @Test func `knows nothing of how late it is once another server was promoted`() {
        var history = PositionHistory()
        let start = ContinuousClock.now
        history.note(10, of: "00000001", at: start)
        history.note(20, of: "00000002", at: start + .seconds(9))
        #expect(history.timeline == "00000002")
        // What was known of the old log would make it ten seconds.
        let lag = history.update(at: 15, now: start + .seconds(10))
        #expect(lag == nil)
    }

    @Test func `that stayed behind at a failover is not believed, whatever it holds`() async throws {
        let read: @Sendable (PostgresConnection) throws -> ReplicaPosition = { try ReplicaPosition.read($0) }
        let before = try await pool.withConnection(read)
        let standby = PostgresPool(Self.settings(pair.standbyPort).replaced(role: .any))
        let level = try await standby.withConnection(read)
        try level.demandReplica(of: before, server: "standby")
        #expect(before.timeline == "00000001")
        pair.kill()
        pair.promote()
        let after = try await standby.withConnection(read)
        #expect(after.timeline == "00000002" && after.system == level.system)
        let error = #expect(throws: PostgresError.self) {
            try level.demandReplica(of: after, server: "standby")
        }
        let told = "\(try #require(error))"
        #expect(told.contains("00000001"), "\(told)")
        let shown = ContentVersion(identity: "i", generation: 7, timeline: after.timeline)
        #expect(!shown.isHeld(by: ContentVersion(identity: "i", generation: 9, timeline: level.timeline)))
        #expect(shown.isHeld(by: ContentVersion(identity: "i", generation: 7, timeline: after.timeline)))
        #expect(!shown.isHeld(by: ContentVersion(identity: "i", generation: 6, timeline: after.timeline)))
    }
}

extension PostgresSettings {
    fileprivate func replaced(role: Role) -> PostgresSettings {
        var settings = self
        settings.role = role
        return settings
    }
}
