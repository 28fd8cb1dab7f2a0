import Backends
import Concurrency
import Foundation
import TestSupport
import Testing
import VectorIndex

@Suite(.timeLimit(.minutes(2))) struct `Vectors in PostgreSQL` {
    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    { try await VectorWorld.thread.run(body) }

    // MARK: Searching

    @Test(arguments: PostgresServer.Version.withVectors)
    func `are found 95 of 100 by the index`(version: PostgresServer.Version) async throws {
        let world = try await VectorWorld.shared(version)
        #expect(try await world.store.isIndexed())
        let recall = try await world.recall()
        #expect(recall >= 0.95, "seed 81: \(recall)")
    }

    @Test(arguments: PostgresServer.Version.withVectors, [0.0002, 0.01, 0.1, 0.5, 0.9, 1])
    func `are found 95 of 100 among those that are allowed, and k of them`(
        version: PostgresServer.Version, share: Double
    ) async throws {
        let world = try await VectorWorld.shared(version)
        var numbers = SeededGenerator(seed: 82)
        let ids = world.entries.map(\.id).shuffled(using: &numbers).prefix(Int(share * 5_000))
        let recall = try await world.recall(.allowed(IDBitmap(ids)))
        // Few are compared one by one: what is missed then is a tie in half precision.
        #expect(recall >= (share <= 0.1 ? 0.98 : 0.95), "seeds 81, 82: \(recall)")
    }

    @Test func `are found though only what is farthest from the question is allowed`() async throws {
        let world = try await VectorWorld.shared(.v18)
        var sum = 0.0
        for query in world.queries.prefix(15) {
            let far = try world.flat.search(query, k: 5_000).suffix(2_500).map(\.id)
            sum += try await world.recall(.allowed(IDBitmap(far)), [query])
        }
        #expect(sum / 15 >= 0.95, "seed 81: \(sum / 15)")
    }

    @Test(arguments: [1, 3, 50, 5_000])
    func `are found by a function that admits every n-th`(n: UInt64) async throws {
        let world = try await VectorWorld.shared(.v16)
        let recall = try await world.recall(.predicate { $0 % n == 0 })
        #expect(recall >= 0.95, "seed 81: \(recall)")
    }

    @Test func `are given in full when everything is asked for`() async throws {
        let world = try await VectorWorld.shared(.v18)
        let query = world.queries[0]
        let store = world.store
        let found = try await waiting { try store.search(query, k: 20_000) }
        #expect(found.count == 5_000)
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.distance <= $1.distance })
    }

    @Test(arguments: Metric.allCases, [2, 24, 384])
    func `are as far as the metric says`(metric: Metric, dimension: Int) async throws {
        var samples = VectorSamples(seed: 83, dimension: dimension)
        let entries = samples.entries(0..<300)
        let queries = samples.queries(10)
        let store = try await PostgresServer.shared(.v18).vectors(dimension: dimension, metric: metric)
        let flat = try FlatIndex(dimension: dimension, metric: metric)
        try flat.upsert(entries)
        try await waiting { try store.upsert(entries) }
        for isIndexed in [false, true] {
            if isIndexed { try await store.buildIndex() }
            // Half precision has eleven bits; the error grows with what is added up.
            let tolerance: @Sendable ([Float]) -> Float = { query in
                metric == .cosine ? 2e-3 : 4e-3 * max(1, query.reduce(0) { $0 + $1 * $1 })
            }
            try await VectorConformance(store: store, flat: flat)
                .expectDistances(queries, tolerance: tolerance)
            // What compares all of them misses none.
            for query in isIndexed ? [] : queries {
                let exact = try flat.search(query, k: 10)
                let found = try await waiting { try store.search(query, k: 10) }
                #expect(found[9].distance <= exact[9].distance + tolerance(query), "seed 83")
            }
        }
    }

    // MARK: Changing

    @Test(arguments: PostgresServer.Version.withVectors)
    func `are replaced, removed and counted`(version: PostgresServer.Version) async throws {
        let store = try await PostgresServer.shared(version).vectors(dimension: 2)
        let flat = try FlatIndex(dimension: 2, metric: .cosine)
        try await VectorConformance(store: store, flat: flat).expectChanges()
    }

    @Test func `are no other where only their length is`() async throws {
        let store = try await PostgresServer.shared(.v18).vectors(dimension: 2)
        try await waiting {
            try store.upsert([VectorEntry(id: 1, vector: [1, 0])])
            let first = store.revision
            try store.upsert([VectorEntry(id: 1, vector: [2, 0])])
            #expect(store.revision == first, "the same direction is the same vector")
            try store.upsert([VectorEntry(id: 1, vector: [-1, 0])])
            #expect(store.revision > first)
            #expect(try store.search([-1, 0], k: 1) == [Neighbor(id: 1, distance: 0)])
        }
    }

    @Test func `agree with exact search through a mix of changes`() async throws {
        let store = try await PostgresServer.shared(.v16).vectors(dimension: 16)
        try await store.buildIndex()
        let flat = try FlatIndex(dimension: 16, metric: .cosine)
        try await VectorConformance(store: store, flat: flat).expectMix(seeds: (84, 85), steps: 40)
    }

    @Test func `are one table for all who name the same model, and another for another`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        let one = try await server.vectors(schema: schema)
        let other = try await server.vectors(schema: schema)
        let wider = try await server.vectors(dimension: 4, schema: schema)
        try await waiting {
            try one.upsert([VectorEntry(id: 5, vector: [1, 2, 3])])
            #expect(other.contains(5))
            #expect(!wider.contains(5))
        }
        let before = other.revision
        try await other.refresh()
        #expect(other.count == 1)
        #expect(other.revision == before + 1)
    }

    @Test func `are opened by several processes at once`() async throws {
        let server = try PostgresServer.shared(.v16)
        let schema = PostgresServer.freshSchema()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let store = try await server.vectors(schema: schema, size: 1)
                    try await waiting {
                        try store.upsert([
                            VectorEntry(id: 1, vector: [1, 2, 3]),
                            VectorEntry(id: UInt64(number) + 2, vector: [3, 2, 1]),
                        ])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await server.vectors(schema: schema).count == 7)
    }
}
