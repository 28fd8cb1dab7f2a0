import Backends
import Concurrency
import Foundation
import TestSupport
import Testing
import VectorIndex

@Suite(.timeLimit(.minutes(1))) struct `Vectors in PostgreSQL are refused` {
    private func expectRefusal(
        _ error: VectorIndexError, metric: Metric = .cosine, of vector: [Float], isQuery: Bool = false
    ) async throws {
        let store = try await PostgresServer.shared(.v18).vectors(metric: metric)
        try await VectorWorld.thread.run {
            try store.upsert([VectorEntry(id: 7, vector: [1, 2, 3])])
            if isQuery {
                #expect(throws: error) { try store.search(vector, k: 1) }
            } else {
                #expect(throws: error) {
                    try store.upsert([
                        VectorEntry(id: 1, vector: [1, 0, 0]), VectorEntry(id: 8, vector: vector),
                    ])
                }
                #expect(store.ids() == [7])
            }
        }
    }

    @Test func `of another dimension`() async throws {
        try await expectRefusal(.dimensionMismatch(expected: 3, actual: 2), of: [1, 2])
        try await expectRefusal(.dimensionMismatch(expected: 3, actual: 4), of: [1, 2, 3, 4], isQuery: true)
    }

    @Test func `with a component that is no number, or beyond half precision`() async throws {
        try await expectRefusal(.notFinite(id: 8, component: 1), of: [1, .nan, 3])
        try await expectRefusal(
            .beyondFormat(id: 8, component: 2, limit: 65_504), metric: .squaredL2, of: [1, 2, -70_000])
        try await expectRefusal(
            .tooLong(id: nil, norm: 70_000, limit: 65_504), metric: .innerProduct, of: [0, 70_000, 0],
            isQuery: true)
    }

    @Test func `though under cosine any length will do`() async throws {
        let store = try await PostgresServer.shared(.v16).vectors()
        try await VectorWorld.thread.run {
            try store.upsert([
                VectorEntry(id: 1, vector: [70_000, 0, 0]), VectorEntry(id: 2, vector: [0, 1e-20, 0]),
            ])
            #expect(try store.search([0, 1e10, 0], k: 2).map(\.id) == [2, 1])
        }
    }

    @Test func `without a direction, where that is all that counts`() async throws {
        try await expectRefusal(.zeroVector(id: 8), of: [0, 0, 0])
        try await expectRefusal(.zeroVector(id: nil), of: [0, 0, 0], isQuery: true)
    }

    @Test func `under an id that comes twice, and searches with k out of range`() async throws {
        let store = try await PostgresServer.shared(.v18).vectors()
        let twice = [VectorEntry(id: 4, vector: [1, 0, 0]), VectorEntry(id: 4, vector: [0, 1, 0])]
        try await VectorWorld.thread.run {
            #expect(throws: VectorIndexError.duplicateID(4)) { try store.upsert(twice) }
            #expect(throws: VectorIndexError.invalidParameter(name: "k", value: 0, allowed: 1...1_000_000)) {
                try store.search([1, 0, 0], k: 0)
            }
            #expect(throws: VectorIndexError.efSearchBelowK(efSearch: 9, k: 10)) {
                try store.search([1, 0, 0], k: 10, efSearch: 9, filter: nil)
            }
        }
    }

    @Test(arguments: [0, 4_001])
    func `of more dimensions than pgvector indexes`(dimension: Int) async throws {
        let error = VectorIndexError.invalidParameter(
            name: "dimension", value: dimension, allowed: 1...4_000)
        await #expect(throws: error) {
            try await PostgresServer.shared(.v18).vectors(dimension: dimension)
        }
    }

    @Test(arguments: PostgresServer.Version.withVectors)
    func `where the extension is not there and may not be made`(version: PostgresServer.Version) async throws
    {
        let server = try PostgresServer.shared(version)
        // A name for the role and its database, which all schemas share.
        let name = PostgresServer.freshSchema()
        try await server.pool(size: 1).withConnection { db in
            try db.simple("CREATE ROLE \(name) LOGIN PASSWORD 'secret'")
            try db.simple("CREATE DATABASE \(name)")
            try db.simple("GRANT CREATE ON DATABASE \(name) TO \(name)")
            return
        }
        let pool = PostgresPool(
            PostgresSettings(
                host: server.host, port: server.port, database: name, user: name, password: { "secret" },
                tls: .disable, schema: "millrace"))
        let error = await #expect(throws: PostgresError.self) {
            try await PostgresVectorStore.open(pool, model: "m", dimension: 3)
        }
        #expect(error == .missingExtension(server: pool.settings.name, name: "vector"))
        let text = error?.description ?? ""
        #expect(text.contains("CREATE EXTENSION vector") && text.contains("rds_superuser"))
        #expect(text.contains(pool.settings.name) && text.contains("vectors.provider"))
    }

    @Test func `by a schema of a newer version, in words that say where and what to do`() async throws {
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        _ = try await PostgresVectorStore.open(pool, model: "m", dimension: 3)
        try await pool.transaction(.write) { db in
            try db.query("INSERT INTO vector_step (number, name) VALUES (999, 'of-tomorrow')")
            return
        }
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresVectorStore.open(pool, model: "m", dimension: 3)
        }
        let schema = pool.settings.schema
        #expect(
            error
                == .newerSchema(
                    server: pool.settings.name, schema: schema, unknownSteps: ["999-of-tomorrow"]))
        for part in [pool.settings.name, schema ?? "?", "999-of-tomorrow", "database.schema"] {
            #expect(error?.description.contains(part) == true)
        }
    }

    // MARK: While the server is away

    @Test(arguments: PostgresServer.Version.withVectors)
    func `in words while the server is away, and found again when it is back`(
        version: PostgresServer.Version
    ) async throws {
        let server = try PostgresServer(version)
        let store = try await server.vectors(patience: .milliseconds(50))
        try await VectorWorld.thread.run { try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])]) }
        async let failure = VectorWorld.thread.run { () -> VectorIndexError? in
            while true {
                do throws(VectorIndexError) {
                    _ = try store.search([1, 2, 3], k: 1)
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
        try await VectorWorld.thread.run { #expect(store.ids() == []) }
        server.start()
        try await VectorWorld.thread.run {
            #expect(throws: VectorIndexError.self) { try store.remove([1]) }
            let found = try store.search([1, 2, 3], k: 1)
            #expect(found.map(\.id) == [1])
        }
    }

    // MARK: Waiting for sessions

    @Test func `for want of a session, and not waited for in a circle`() async throws {
        let server = try PostgresServer.shared(.v18)
        var settings = server.pool(schema: PostgresServer.freshSchema()).settings
        settings.connectTimeout = .milliseconds(500)
        let pool = PostgresPool(settings, size: 1, patience: .milliseconds(50))
        let store = try await PostgresVectorStore.open(pool, model: "m", dimension: 3)
        // The only session is lent to whoever asks for a second one.
        let error = try await pool.withConnection { _ in
            do throws(VectorIndexError) {
                _ = try store.search([1, 2, 3], k: 1)
                return VectorIndexError?.none
            } catch {
                return error
            }
        }
        guard case .unavailable(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("database.connections"))
        let found = try await VectorWorld.thread.run { try store.search([1, 2, 3], k: 1) }
        #expect(found == [])
    }

    @Test func `to nobody who holds a session of another pool, however many ask`() async throws {
        let server = try PostgresServer.shared(.v16)
        let store = try await server.vectors(size: 1)
        try await VectorWorld.thread.run { try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])]) }
        let snapshots = server.pool(size: 3)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 {
                group.addTask {
                    try await snapshots.transaction(.snapshot) { _ in try store.search([1, 2, 3], k: 1).count
                    }
                }
            }
            for try await count in group { #expect(count == 1) }
        }
    }
}
