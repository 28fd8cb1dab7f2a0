import Backends
import Corpus
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A corpus over PostgreSQL` {
    private func space(_ key: String) -> Space { Space(key: key, name: key, type: "global") }

    private func document(_ id: String) -> Document {
        Document(
            id: id, kind: .page, spaceKey: "ENG", title: "Page \(id)", version: 1, ancestors: [],
            labels: ["a"],
            author: nil, updatedAt: nil, url: nil, text: "Text of \(id).",
            readers: AccessRule(allOf: [[.signedIn]]))
    }

    private func replace(_ id: String, in corpus: PostgresCorpus) async throws {
        _ = try await corpus.replace(
            DocumentReplacement(
                document: document(id), contentHash: id, chunkSignature: "s", chunks: [], embeddings: [],
                model: "m"))
    }

    @Test func `keeps what it acknowledged when the server is killed, and goes on when that is back`()
        async throws
    {
        let server = try PostgresServer(.v18)
        let corpus = PostgresCorpus(server.pool(schema: "m", patience: .seconds(30)))
        try await corpus.upsert(space: space("ENG"))
        for id in 0..<20 { try await replace("\(id)", in: corpus) }
        server.kill()
        async let late: Void = replace("late", in: corpus)
        try await Task.sleep(for: .milliseconds(300))
        server.start()
        try await late
        let versions = try await corpus.storedVersions()
        #expect(Set(versions.keys) == Set((0..<20).map(String.init) + ["late"]))
    }

    @Test func `is opened by several processes at once, and made once`() async throws {
        let server = try PostgresServer.shared(.v16)
        let schema = PostgresServer.freshSchema()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<6 {
                group.addTask { try await PostgresCorpus(server.pool(size: 1, schema: schema)).identity() }
            }
            var identities: Set<String> = []
            for try await identity in group { identities.insert(identity) }
            #expect(identities.count == 1)
        }
    }

    @Test func `refuses a schema of a newer version, and says of which database`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        let pool = server.pool(schema: schema)
        try await PostgresCorpus(pool).open()
        try await pool.transaction(.write) { db in
            try db.query("INSERT INTO schema_step (number, name) VALUES (999, 'of-tomorrow')")
            return
        }
        let error = await #expect(throws: CorpusError.self) { try await PostgresCorpus(pool).open() }
        let refusal = PostgresError.newerSchema(
            server: pool.settings.name, schema: schema, unknownSteps: ["999-of-tomorrow"])
        #expect(error == .newerServerSchema(server: pool.settings.name, reason: refusal.description))
    }

    @Test func `numbers changes in the order in which they are committed, whoever writes`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        let corpora = (0..<3).map { _ in PostgresCorpus(server.pool(schema: schema)) }
        try await corpora[0].upsert(space: space("ENG"))
        let reader = PostgresCorpus(server.pool(schema: schema))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, corpus) in corpora.enumerated() {
                group.addTask { for id in 0..<30 { try await replace("\(number)-\(id)", in: corpus) } }
            }
            // Whoever follows the log never finds a change below one that it has seen.
            var seen: Set<String> = []
            var last: Int64 = 0
            while seen.count < 90 {
                let sequence = try await reader.changeSequence()
                let changed = try await reader.documentsChanged(after: last)
                seen.formUnion(try #require(changed))
                last = sequence
                if group.isEmpty { break }
            }
            try await group.waitForAll()
            seen.formUnion(try #require(try await reader.documentsChanged(after: last)))
            #expect(seen.count == 90)
        }
    }

    @Test func `says that a server cannot be reached, and that the same may succeed later`() async throws {
        let server = try PostgresServer(.v16)
        let corpus = PostgresCorpus(server.pool(patience: .milliseconds(50)))
        server.stop()
        let error = await #expect(throws: CorpusError.self) { try await corpus.storedVersions() }
        guard case .unavailable(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("127.0.0.1:\(server.port)/postgres"))
    }

    @Test func `is looked at without a table being made`() async throws {
        let server = try PostgresServer.shared(.v18)
        let pool = server.pool(schema: PostgresServer.freshSchema())
        let before = try await PostgresInspection.read(pool)
        #expect(before.documents == nil)
        #expect(!before.pendingSteps.isEmpty)
        #expect(try await PostgresInspection.read(pool) == before)
        let corpus = PostgresCorpus(pool)
        try await corpus.upsert(space: space("ENG"))
        try await replace("1", in: corpus)
        let after = try await PostgresInspection.read(pool)
        #expect(after.documents == 1)
        #expect(after.pendingSteps.isEmpty && after.unknownSteps.isEmpty)
    }
}
