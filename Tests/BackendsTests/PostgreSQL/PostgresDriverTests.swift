import Backends
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Sessions with PostgreSQL` {
    private let server: PostgresServer

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    @Test func `tell why nobody answers in sentences that end in one mark each`() throws {
        // Nobody listens there; libpq's own words end in a question.
        let settings = PostgresSettings(
            host: "127.0.0.1", port: 1, database: "none", user: "none", tls: .disable)
        let error = #expect(throws: PostgresError.self) {
            _ = try PostgresConnection(settings, password: nil)
        }
        let told = "\(try #require(error))"
        #expect(told.contains("127.0.0.1") && told.hasSuffix("it is running."))
        #expect(!told.contains(/[.?!;:][.?!]/), "\(told)")
    }

    @Test func `carry every kind of value there and back`() async throws {
        let row = try await server.pool().transaction(.snapshot) { db in
            let result = try db.query(
                """
                SELECT $1::bigint, $2::double precision, $3::boolean, $4::text, $5::bytea, $6::bigint[], $7::text[],
                    $8::real[], $9::text
                """,
                [
                    .int(.min), .double(-0.1), .bool(true), .text("é\0🙂"), .bytes(Data([0, 255])),
                    .ints([3, -1]), .texts(["", "a\"b", "{}"]), .floats([1.5, -.infinity]), .null,
                ])
            let row = try #require(result.first)
            return try Read(row)
        }
        #expect(row.int == .min && row.double == -0.1 && row.bool)
        #expect(row.text == "é\u{FFFD}🙂")
        #expect(row.bytes == Data([0, 255]))
        #expect(row.ints == [3, -1])
        #expect(row.texts == ["", "a\"b", "{}"])
        #expect(row.floats == [1.5, -.infinity])
        #expect(row.absent == nil)
    }

    private struct Read: Sendable {
        var int: Int64
        var double: Double
        var bool: Bool
        var text: String
        var bytes: Data
        var ints: [Int64]
        var texts: [String]
        var floats: [Float]
        var absent: String?

        init(_ row: PostgresRow) throws {
            int = try row.int(0)
            double = try row.double(1)
            bool = try row.bool(2)
            text = try row.text(3)
            bytes = try row.bytes(4)
            ints = try row.ints(5)
            texts = try row.texts(6)
            floats = try row.floats(7)
            absent = try row.optionalText(8)
        }
    }

    @Test func `refuse a value that is read as what it is not`() async throws {
        await #expect(throws: PostgresError.self) {
            try await server.pool().transaction(.snapshot) { try $0.query("SELECT 'x'::text").first?.int(0) }
        }
    }

    @Test(arguments: [true, false])
    func `carry out a thousand statements in one go, in order`(keepsStatements: Bool) async throws {
        let schema = PostgresServer.freshSchema()
        let pool = server.pool(schema: schema, keepsStatements: keepsStatements)
        let sum = try await pool.transaction(.write) { db in
            try db.query("CREATE SCHEMA \(schema)")
            try db.query("CREATE TABLE n (id bigint PRIMARY KEY)")
            try db.pipeline((0..<1_000).map { .init("INSERT INTO n VALUES ($1)", [.int($0)]) })
            return try db.query("SELECT sum(id)::bigint FROM n").first?.int(0)
        }
        #expect(sum == 499_500)
    }

    @Test func `keep nothing of a transaction of which one statement was refused, and can be used again`()
        async throws
    {
        let schema = PostgresServer.freshSchema()
        let pool = server.pool(size: 1, schema: schema)
        try await pool.transaction(.write) { db in
            try db.query("CREATE SCHEMA \(schema)")
            try db.query("CREATE TABLE n (id bigint PRIMARY KEY)")
            return
        }
        let error = await #expect(throws: PostgresError.self) {
            try await pool.transaction(.write) { db in
                try db.pipeline([
                    .init("INSERT INTO n VALUES ($1)", [.int(1)]),
                    .init("INSERT INTO n VALUES ($1)", [.int(1)]),
                    .init("INSERT INTO n VALUES ($1)", [.int(2)]),
                ])
                return
            }
        }
        guard case .statement(_, let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.state == "23505")
        let count = try await pool.transaction(.snapshot) { try $0.query("SELECT id FROM n").count }
        #expect(count == 0)
    }

    @Test func `forget what was prepared when there is too much of it`() async throws {
        let last = try await server.pool(size: 1).transaction(.snapshot) { db in
            var last: Int64?
            for number in 0..<1_200 { last = try db.query("SELECT \(number)::bigint").first?.int(0) }
            return last
        }
        #expect(last == 1_199)
    }

    @Test func `are opened anew when the server ended them`() async throws {
        let pool = server.pool(size: 2)
        let own = try await pool.transaction(.snapshot) {
            try $0.query("SELECT pg_backend_pid()").first?.int(0)
        }
        let pid = try #require(own)
        _ = try await server.pool().transaction(.write) { db in
            try db.query("SELECT pg_terminate_backend($1::int)", [.int(pid)]).count
        }
        let again = try await pool.transaction(.snapshot) { try $0.query("SELECT 7::bigint").first?.int(0) }
        #expect(again == 7)
    }

    @Test func `are no more than the pool may have, however many ask`() async throws {
        let pool = server.pool(size: 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    _ = try await pool.transaction(.snapshot) { try $0.query("SELECT pg_sleep(0.005)").count }
                }
            }
            try await group.waitForAll()
        }
        #expect(pool.openCount <= 3)
    }

    @Test func `try once more after a deadlock`() async throws {
        let schema = PostgresServer.freshSchema()
        let pool = server.pool(schema: schema)
        try await pool.transaction(.write) { db in
            try db.query("CREATE SCHEMA \(schema)")
            try db.query("CREATE TABLE n (id bigint PRIMARY KEY, hits bigint NOT NULL)")
            try db.query("INSERT INTO n VALUES (1, 0), (2, 0)")
            try db.query("SET deadlock_timeout = '20ms'")
            return
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await pool.transaction(.write) { db in
                        let add = "UPDATE n SET hits = hits + 1 WHERE id = $1"
                        try db.query(add, [.int(Int64(number % 2) + 1)])
                        try db.query("SELECT pg_sleep(0.02)")
                        try db.query(add, [.int(Int64((number + 1) % 2) + 1)])
                        return
                    }
                }
            }
            try await group.waitForAll()
        }
        let hits = try await pool.transaction(.snapshot) {
            try $0.query("SELECT sum(hits)::bigint FROM n").first?.int(0)
        }
        #expect(hits == 16)
    }

    @Test func `say who is not let in, and what to look at`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await server.pool(password: "wrong", patience: .milliseconds(50)).transaction(.snapshot) {
                _ in
            }
        }
        guard case .notAdmitted(_, "app", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.contains("database.password") == true)
    }

    @Test func `are tried for again while one of several hosts may only be on its way`() throws {
        let settings = PostgresSettings(
            host: "\(server.host):\(server.port),127.0.0.1:1", database: server.database, user: server.user,
            tls: .disable)
        let error = #expect(throws: PostgresError.self) {
            _ = try PostgresConnection(settings, password: "wrong")
        }
        let told = try #require(error)
        #expect(told.isTransient && "\(told)".contains("127.0.0.1:1"), "\(told)")
        #expect("\(told)".contains("database.password"), "the other's refusal is told as well: \(told)")
    }

    @Test func `say which database is not there`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await server.pool(database: "nope", patience: .milliseconds(50)).transaction(.snapshot) { _ in
            }
        }
        guard case .noSuchDatabase = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `go to no server that cannot prove who it is`() async throws {
        let error = await #expect(throws: PostgresError.self) {
            try await server.pool(tls: .verifyFull, patience: .milliseconds(50)).transaction(.snapshot) { _ in
            }
        }
        guard case .certificate = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
