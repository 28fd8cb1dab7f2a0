import Backends
import Concurrency
import TestSupport
import Testing
import TextIndex
import VectorIndex

@Suite(.timeLimit(.minutes(1))) struct `Words in PostgreSQL are refused` {
    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    { try await TextConformance.thread.run(body) }

    @Test func `before anything is changed, as in the index of this process`() async throws {
        let store = try await PostgresServer.shared(.v18).words()
        try await waiting { () throws -> Void in
            try store.upsert([titled(7, "mill")])
            #expect(throws: TextIndexError.duplicateID(4)) {
                try store.upsert([titled(3, "a"), titled(4, "a"), titled(4, "b")])
            }
            #expect(throws: TextIndexError.fieldCountMismatch(id: 4, expected: 4, actual: 1)) {
                try store.upsert([titled(3, "a"), TextDocument(id: 4, fields: [TextField()])])
            }
            #expect(throws: TextIndexError.invalidTerm(id: 4, byteCount: 0, limit: 65_000)) {
                try store.upsert([titled(3, "a"), titled(4, "")])
            }
            #expect(throws: TextIndexError.invalidParameter(name: "limit", value: 0, allowed: 1...100_000)) {
                try store.search(TextQuery(terms: ["a"]), limit: 0)
            }
            #expect(throws: TextIndexError.invalidTerm(id: nil, byteCount: 0, limit: 65_000)) {
                try store.search(TextQuery(terms: [""]), limit: 1)
            }
            #expect(throws: TextIndexError.tooManyTerms(count: 5_000, limit: 4_096)) {
                try store.matchCount(
                    TextQuery(terms: [String](repeating: "a", count: 5_000)), filter: nil)
            }
            #expect(store.ids() == [7])
        }
    }

    @Test func `of more fields than there are weights`() async throws {
        let format = try TextFormat(fields: ["a", "b", "c", "d", "e"])
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        let error = TextIndexError.invalidParameter(name: "fields.count", value: 5, allowed: 1...4)
        await #expect(throws: error) {
            try await PostgresTextStore.open(
                pool, content: "m", format: format, scoring: .uniform(format))
        }
    }

    @Test func `by a schema that a newer version has brought further`() async throws {
        let server = try PostgresServer.shared(.v16)
        let schema = PostgresServer.freshSchema()
        _ = try await server.words(schema: schema)
        try await server.pool(size: 1, schema: schema).withConnection { db in
            _ = try db.query("INSERT INTO word_step (number, name, needs) VALUES (2, 'later', 2)")
        }
        let error = await #expect(throws: PostgresError.self) { try await server.words(schema: schema) }
        #expect(error?.description.contains("later") == true)
    }

    @Test func `where their tables were dropped under a process`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        let store = try await server.words(schema: schema)
        try await server.pool(size: 1, schema: schema).withConnection { db in
            let name = try db.query("SELECT name FROM word_table").first?.text(0) ?? ""
            _ = try db.query("DROP TABLE \(name), \(name)_term")
        }
        try await waiting { () throws -> Void in
            let error = #expect(throws: TextIndexError.self) {
                try store.search(TextQuery(terms: ["a"]), limit: 1)
            }
            guard case .refused(let name, let reason) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(name == "127.0.0.1:\(server.port)/postgres" && reason.contains("passage_words_"))
        }
    }

    // MARK: While the server is away

    @Test(arguments: PostgresServer.Version.allCases)
    func `in words while the server is away, and found again when it is back`(
        version: PostgresServer.Version
    ) async throws {
        let server = try PostgresServer(version)
        let store = try await server.words(patience: .milliseconds(50))
        let query = TextQuery(terms: ["mill"])
        try await waiting { try store.upsert([titled(1, "mill")]) }
        async let failure = TextConformance.thread.run { () -> TextIndexError? in
            while true {
                do throws(TextIndexError) {
                    _ = try store.search(query, limit: 1)
                } catch {
                    return error
                }
            }
        }
        server.kill()
        guard case .unavailable(let name, let reason) = try await failure else {
            Issue.record("a search went on without a server")
            return
        }
        #expect(name == "127.0.0.1:\(server.port)/postgres")
        #expect(reason.contains(name))
        // What cannot throw says nothing is there, and the next change is not made on the strength of that.
        try await waiting { #expect(store.ids() == []) }
        server.start()
        try await waiting { () throws -> Void in
            #expect(throws: TextIndexError.self) { try store.remove([1]) }
            #expect(try store.search(query, limit: 1).map(\.id) == [1])
        }
    }

    @Test func `that take longer than a statement may`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        var settings = server.pool(schema: schema).settings
        settings.statementTimeout = .milliseconds(300)
        let store = try await PostgresTextStore.open(
            PostgresPool(settings, size: 2, patience: .milliseconds(50)), content: "m")
        let error = try await server.pool(size: 1, schema: schema).withConnection { db in
            // Whoever holds the tables makes others wait for longer than that.
            let name = try db.query("SELECT name FROM word_table").first?.text(0) ?? ""
            try db.simple("BEGIN")
            _ = try db.query("LOCK TABLE \(name)_term IN ACCESS EXCLUSIVE MODE")
            defer { _ = try? db.simple("ROLLBACK") }
            do throws(TextIndexError) {
                _ = try store.documentFrequency(of: "mill")
                return TextIndexError?.none
            } catch {
                return error
            }
        }
        guard case .unavailable(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("statement_timeout"))
    }
}
