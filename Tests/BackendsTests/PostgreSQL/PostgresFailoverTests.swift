import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `When PostgreSQL fails` {
    private func settings(_ host: String, schema: String? = nil) -> PostgresSettings {
        PostgresSettings(
            host: host, database: "postgres", user: "app", password: { "secret" }, tls: .disable,
            schema: schema)
    }

    /// A table of numbers, with marks of what was kept, in a schema of its own.
    private func database(
        _ pool: PostgresPool, sql: String = "CREATE TABLE n (id bigint PRIMARY KEY)"
    ) async throws -> PostgresDatabase {
        let database = PostgresDatabase(
            pool, replica: nil, table: "schema_step", steps: [SchemaStep("n", sql)]
        )
        try await database.open()
        return database
    }

    private func put(_ id: Int64, in database: PostgresDatabase) async throws {
        try await database.write { db in
            try db.query("INSERT INTO n VALUES ($1)", [.int(id)])
            return
        }
    }

    private func ids(in database: PostgresDatabase) async throws -> [Int64] {
        try await database.read { try $0.query("SELECT id FROM n ORDER BY id").rows.map { try $0.int(0) } }
    }

    @Test func `a write whose session is taken away goes on in another, and is there once`() async throws {
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        let database = try await database(pool)
        let attempts = Mutex(0)
        try await database.write { db in
            let isFirst = attempts.withLock { attempts in
                attempts += 1
                return attempts == 1
            }
            try db.query("INSERT INTO n VALUES (1)")
            if isFirst { try db.query("SELECT pg_terminate_backend(pg_backend_pid())") }
        }
        #expect(attempts.withLock { $0 } == 2)
        #expect(try await ids(in: database) == [1])
    }

    @Test func `a server that takes no writes any more is left for one that does`() async throws {
        let pool = try PostgresServer.shared(.v18).pool(size: 1, schema: PostgresServer.freshSchema())
        let database = try await database(pool)
        let sessions = Mutex<[Int64]>([])
        try await database.write { db in
            let session = try db.query("SELECT pg_backend_pid()::bigint").first?.int(0) ?? 0
            let isFirst = sessions.withLock { sessions in
                sessions.append(session)
                return sessions.count == 1
            }
            // What a server says that has become a standby (25006).
            if isFirst { try db.simple("SET TRANSACTION READ ONLY") }
            try db.query("INSERT INTO n VALUES (1)")
        }
        let seen = sessions.withLock { $0 }
        #expect(seen.count == 2 && Set(seen).count == 2)
        #expect(try await ids(in: database) == [1])
    }

    @Test func `sessions beside one that was lost are tried before they are lent`() async throws {
        let server = try PostgresServer.shared(.v18)
        let pool = server.pool(size: 3)
        // As many as there may be, all free afterwards.
        let sessions = try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await pool.withConnection { db in
                        let session = try db.query("SELECT pg_backend_pid()::bigint, pg_sleep(0.2)").first?
                            .int(0)
                        return session ?? 0
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        _ = try await server.pool(size: 1).withConnection { db in
            try db.query("SELECT pg_terminate_backend(s::int) FROM unnest($1) s", [.ints(sessions)]).count
        }
        // Not one of them fails: reads go on in new sessions.
        for _ in 0..<6 {
            let told = try await pool.transaction(.snapshot) {
                try $0.query("SELECT 7::bigint").first?.int(0)
            }
            #expect(told == 7)
        }
        #expect(pool.openCount <= 3)
    }

    @Test func `a commit that ends the session is made again when nothing was kept`() async throws {
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        // The session ends in the very commit, the first time.
        let database = try await database(
            pool,
            sql: """
                CREATE TABLE n (id bigint PRIMARY KEY);
                CREATE SEQUENCE ends;
                CREATE FUNCTION last_words() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF nextval('ends') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER last_words AFTER INSERT ON n DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION last_words()
                """)
        try await put(1, in: database)
        #expect(try await ids(in: database) == [1])
        let ends = try await database.read { try $0.query("SELECT last_value FROM ends").first?.int(0) }
        #expect(ends == 2)
    }

    @Test func `without marks the caller hears that the outcome is not known`() async throws {
        let schema = PostgresServer.freshSchema()
        let pool = try PostgresServer.shared(.v18).pool(schema: schema)
        try await pool.transaction(.write) { db in
            try db.simple(
                """
                CREATE SCHEMA \(schema);
                CREATE TABLE n (id bigint PRIMARY KEY);
                CREATE FUNCTION last_words() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    PERFORM pg_terminate_backend(pg_backend_pid());
                    RETURN NULL;
                END $$;
                CREATE CONSTRAINT TRIGGER last_words AFTER INSERT ON n DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION last_words()
                """)
            return
        }
        let attempts = Mutex(0)
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(.write) { db in
                attempts.withLock { $0 += 1 }
                try db.query("INSERT INTO n VALUES (1)")
                return
            }
        }
        #expect(error?.isOutcomeUnknown == true)
        // Never repeated blindly.
        #expect(attempts.withLock { $0 } == 1)
    }

    @Test func `what became of a commit is found out by its mark`() async throws {
        let schema = PostgresServer.freshSchema()
        let pool = try PostgresServer.shared(.v16).pool(schema: schema)
        _ = try await database(pool)
        let mark = PostgresConnection.CommitMark(table: "\(schema).commit_mark")
        let other = try PostgresConnection(pool.settings, password: "secret")
        try other.identify()
        let session = try #require(other.identity)
        try other.simple("BEGIN")
        try other.query("INSERT INTO n VALUES (1)")
        _ = try other.commit(mark, tellsPosition: false)
        #expect(try await pool.withConnection { try CommitFate.read(of: mark, by: session, $0) } == .kept)
        // Asking again changes nothing, though the session is gone by now.
        #expect(try await pool.withConnection { try CommitFate.read(of: mark, by: session, $0) } == .kept)
    }

    @Test func `a session that may keep it yet is ended, and then nothing was kept`() async throws {
        let schema = PostgresServer.freshSchema()
        let pool = try PostgresServer.shared(.v18).pool(schema: schema)
        let database = try await database(pool)
        let mark = PostgresConnection.CommitMark(table: "\(schema).commit_mark")
        let other = try PostgresConnection(pool.settings, password: "secret")
        try other.identify()
        let session = try #require(other.identity)
        try other.simple("BEGIN")
        try other.query("INSERT INTO n VALUES (1)")
        #expect(try await pool.withConnection { try CommitFate.read(of: mark, by: session, $0) } == .open)
        var fate = CommitFate.open
        while fate == .open {
            fate = try await pool.withConnection { try CommitFate.read(of: mark, by: session, $0) }
        }
        #expect(fate == .notKept)
        #expect(throws: PostgresError.self) { try other.commit(mark, tellsPosition: false) }
        #expect(try await ids(in: database) == [])
    }

    @Test func `a write that changes nothing leaves no mark`() async throws {
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        let database = try await database(pool)
        try await put(1, in: database)
        _ = try await database.write { try $0.query("SELECT 1").count }
        let marks = try await database.read {
            try $0.query("SELECT count(*) FROM commit_mark").first?.int(0)
        }
        #expect(marks == 1)
    }

    @Test func `while nobody answers all are refused in time, however many ask`() async throws {
        var settings = settings("127.0.0.1:1,127.0.0.1:2")
        settings.connectTimeout = .seconds(2)
        let events = Mutex<[PostgresPoolEvent]>([])
        let pool = PostgresPool(settings, size: 2, patience: .milliseconds(300)) { event in
            events.withLock { $0.append(event) }
        }
        await withTaskGroup(of: PostgresError?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        _ = try await pool.transaction(.snapshot) { try $0.query("SELECT 1").count }
                        return nil
                    } catch {
                        return error as? PostgresError
                    }
                }
            }
            for await error in group {
                #expect(error?.isTransient == true)
                #expect(error?.description.contains("127.0.0.1:1,127.0.0.1:2/postgres") == true)
            }
        }
        #expect(pool.isLost)
        // Told once, whoever asked.
        #expect(events.withLock { $0.count } == 1)
    }

    @Test(arguments: PostgresServer.Version.withVectors)
    func `the standby that was promoted serves, and nothing that was acknowledged is lost or doubled`(
        version: PostgresServer.Version
    ) async throws {
        let pair = try PostgresPair(version)
        let pool = PostgresPool(
            settings("127.0.0.1:\(pair.port),127.0.0.1:\(pair.standbyPort)", schema: "m"), size: 8,
            patience: .seconds(30))
        let database = try await database(pool)
        let writes = Writes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 1...8 {
                group.addTask {
                    var id = Int64(worker) * 1_000_000
                    while !writes.areEnough {
                        id += 1
                        try await put(id, in: database)
                        writes.note(id)
                    }
                }
            }
            group.addTask {
                try await writes.reach(200)
                pair.kill()
                pair.promote()
                try await writes.reach(writes.ids.count + 200)
                writes.end()
            }
            try await group.waitForAll()
        }
        #expect(Set(try await ids(in: database)) == writes.ids)
    }

    /// What was acknowledged.
    private final class Writes: Sendable {
        private let state = Mutex((ids: Set<Int64>(), areEnough: false))

        var ids: Set<Int64> { state.withLock { $0.ids } }
        var areEnough: Bool { state.withLock { $0.areEnough } }
        func note(_ id: Int64) { _ = state.withLock { $0.ids.insert(id) } }
        func end() { state.withLock { $0.areEnough = true } }

        func reach(_ count: Int) async throws {
            while ids.count < count { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
}
