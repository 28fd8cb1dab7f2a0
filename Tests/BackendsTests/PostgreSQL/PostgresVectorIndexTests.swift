import Concurrency
import Foundation
import Synchronization
import TestSupport
import Testing
import VectorIndex

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `The index of vectors in PostgreSQL` {
    @Test(arguments: PostgresServer.Version.withVectors)
    func `is what a search goes by`(version: PostgresServer.Version) async throws {
        let world = try await VectorWorld.shared(version)
        let (pool, table, query) = (world.store.pool, world.store.table, world.queries[0])
        let plans = try await pool.transaction(.snapshot) { db in
            let few: [Int64] = [1, 2, 3]
            let walk = try db.texts("EXPLAIN \(table.nearest(16))", [.floats(query)])
            let all = try db.texts("EXPLAIN \(table.nearestByComparing(16))", [.floats(query)])
            let among = try db.texts("EXPLAIN \(table.nearestAmong(16))", [.floats(query), .ints(few)])
            return [walk, all, among].map { $0.joined(separator: "\n") }
        }
        #expect(plans[0].contains("Index Scan using \(table.indexName)"), "\(plans[0])")
        #expect(!plans[1].contains(table.indexName), "\(plans[1])")
        #expect(plans[2].contains("\(table.name)_pkey"), "\(plans[2])")
    }

    @Test func `is built by itself once there are enough, and told of`() async throws {
        let told = Mutex<[PostgresVectorBuild]>([])
        var options = PostgresVectorOptions()
        options.indexFrom = 100
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        var samples = VectorSamples(seed: 86, dimension: 8)
        let store = try await PostgresVectorStore.open(pool, model: "m", dimension: 8, options: options) {
            build in told.withLock { $0.append(build) }
        }
        let (few, more) = (samples.entries(0..<99), samples.entries(99..<100))
        try await VectorWorld.thread.run { try store.upsert(few) }
        #expect(try await store.isIndexed() == false)
        try await VectorWorld.thread.run { try store.upsert(more) }
        // Waits for the one that was begun.
        try await store.buildIndex()
        #expect(try await store.isIndexed())
        #expect(told.withLock { $0.contains(.begun(vectors: 100)) })
    }

    @Test func `is built anew where a building ended half way`() async throws {
        let store = try await PostgresServer.shared(.v18).vectors()
        try await store.buildIndex()
        let name = store.table.indexName
        try await store.pool.transaction(.write) { db in
            try db.query(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass($1)::oid",
                [.text(name)])
            return
        }
        #expect(try await store.indexState() == .leftOver)
        try await store.buildIndex()
        #expect(try await store.indexState() == .ready)
    }

    @Test func `is made once by all who make it at the same time`() async throws {
        let server = try PostgresServer.shared(.v16)
        let schema = PostgresServer.freshSchema()
        let stores = [try await server.vectors(schema: schema), try await server.vectors(schema: schema)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores { group.addTask { try await store.buildIndex() } }
            try await group.waitForAll()
        }
        #expect(try await stores[0].isIndexed())
    }

    @Test func `is gone around when comparing costs less`() {
        func first(_ admitted: Int, of total: Int) -> PostgresVectorPlan {
            .first(admitted: admitted, total: total, k: 10, breadth: 100)
        }
        #expect(first(0, of: 100_000) == .compare)
        #expect(first(1_000, of: 100_000) == .compare)
        #expect(first(15_000, of: 20_000) == .walk(limit: 64))
        #expect(first(20_000, of: 1_000_000) == .walk(limit: 1_024))
        #expect(first(500_000, of: 1_000_000) == .walk(limit: 64))
        #expect(first(30_000, of: 1_000_000_000) == .compare)
        #expect(PostgresVectorPlan.next(after: 64) == 256)
        #expect(PostgresVectorPlan.next(after: 16_384) == nil)
    }

    @Test func `is gone around when hardly any of what came was allowed, and followed further otherwise`() {
        func next(after limit: Int, found: Int, _ admitted: Int) -> Int? {
            PostgresVectorPlan.next(after: limit, found: found, k: 10, admitted: admitted, breadth: 100)
        }
        // What is allowed lies elsewhere: to come there would cost more than to look at all of it.
        #expect(next(after: 256, found: 0, 10_000) == nil)
        #expect(next(after: 256, found: 1, 10_000) == nil)
        // Nearly enough came.
        #expect(next(after: 256, found: 8, 20_000) == 1_024)
        // Too many to be looked at in one statement: on, as far as it goes.
        #expect(next(after: 256, found: 2, 50_000) == 2_048)
        #expect(next(after: 256, found: 0, 50_000) == 8_192)
        #expect(next(after: 4_096, found: 0, 50_000) == 16_384)
        #expect(next(after: 16_384, found: 0, 50_000) == nil)
    }

    @Test(arguments: [true, false])
    func `is searched as each search asks, one after the other over one session`(keepsSessions: Bool)
        async throws
    {
        let world = try await VectorWorld.shared(.v18)
        let pool = PostgresPool(Self.settings(of: world.store.pool, keepsSessions), size: 1)
        let store = try await PostgresVectorStore.open(pool, model: "m", dimension: 64)
        let (query, wide) = (world.queries[0], 400)
        for width in [10, wide, wide, 10] {
            _ = try await VectorWorld.thread.run {
                try store.search(query, k: 10, efSearch: width, filter: nil)
            }
            let set = try await pool.withConnection { try $0.text("SHOW hnsw.ef_search") }
            // Behind a pooler nothing is left in a session, which serves somebody else next.
            #expect(set == (keepsSessions ? "\(max(width, 16))" : "40"))
        }
        #expect(pool.openCount == 1)
    }

    private static func settings(of pool: PostgresPool, _ keepsSessions: Bool) -> PostgresSettings {
        var settings = pool.settings
        settings.keepsStatements = keepsSessions
        return settings
    }

    @Test func `has what it takes told`() async throws {
        let world = try await VectorWorld.shared(.v18)
        let store = world.store
        let figures = try await VectorWorld.thread.run { try store.statistics() }
        #expect(figures.count == 5_000)
        #expect(figures.format == .float16)
        #expect(figures.snapshotByteCount > 5_000 * 128)
    }
}
