import AWSServices
import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing
import VectorIndex

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `Vectors in OpenSearch` {
    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    { try await VectorConformance.thread.run(body) }

    // MARK: Searching

    @Test(arguments: OpenSearchVectorOptions.Engine.allCases)
    func `are found`(engine: OpenSearchVectorOptions.Engine) async throws {
        let recall = try await OpenSearchWorld.shared(engine).recall()
        #expect(recall >= 0.98, "seed 181: \(recall)")
    }

    @Test(arguments: OpenSearchVectorOptions.Engine.allCases, [0.0005, 0.01, 0.1, 0.5, 0.9, 1])
    func `are found among those that are allowed, and k of them`(
        engine: OpenSearchVectorOptions.Engine, share: Double
    ) async throws {
        let world = try await OpenSearchWorld.shared(engine)
        var numbers = SeededGenerator(seed: 182)
        let ids = world.entries.map(\.id).shuffled(using: &numbers).prefix(Int(share * 2_000))
        let recall = try await world.recall(.allowed(IDBitmap(ids)), Array(world.queries.prefix(8)))
        #expect(recall >= 0.98, "seeds 181, 182: \(recall)")
    }

    @Test func `are found though only what is farthest from the question is allowed`() async throws {
        let world = try await OpenSearchWorld.shared(.faiss)
        for query in world.queries.prefix(5) {
            let far = try world.flat.search(query, k: 2_000).suffix(1_000).map(\.id)
            let recall = try await world.recall(.allowed(IDBitmap(far)), [query])
            #expect(recall >= 0.9, "seed 181: \(recall)")
        }
    }

    @Test(arguments: [1, 3, 50, 100_000] as [UInt64])
    func `are found by a function that admits every n-th`(n: UInt64) async throws {
        let world = try await OpenSearchWorld.shared(.lucene)
        let recall = try await world.recall(.predicate { $0 % n == 0 }, Array(world.queries.prefix(4)))
        #expect(recall >= 0.98, "seed 181: \(recall)")
    }

    @Test func `are given in full when everything is asked for, in as many requests as that takes`()
        async throws
    {
        let world = try await OpenSearchWorld.shared(.faiss)
        let (store, query) = (world.store, world.queries[0])
        let found = try await waiting { try store.search(query, k: 20_000) }
        #expect(found.count == 2_000)
        #expect(Set(found.map(\.id)) == Set(world.entries.map(\.id)))
        #expect(zip(found, found.dropFirst()).allSatisfy { $0.distance <= $1.distance })
    }

    @Test(arguments: Metric.allCases, OpenSearchVectorOptions.Engine.allCases)
    func `are as far as the metric says`(
        metric: Metric, engine: OpenSearchVectorOptions.Engine
    ) async throws {
        for dimension in [2, 24] {
            var samples = VectorSamples(seed: 183, dimension: dimension)
            let entries = samples.entries(0..<200)
            let queries = samples.queries(6)
            var options = OpenSearchVectorOptions()
            options.engine = engine
            let store = try await AWSDouble().vectors(
                dimension: dimension, metric: metric, options: options)
            let flat = try FlatIndex(dimension: dimension, metric: metric)
            try flat.upsert(entries)
            try await waiting { try store.upsert(entries) }
            // A score has 24 bits; where it is small, the distance is large and what is lost grows with its square.
            try await VectorConformance(store: store, flat: flat).expectDistances(queries) { query in
                metric == .cosine ? 1e-5 : 1e-3 * max(1, query.reduce(0) { $0 + $1 * $1 })
            }
        }
    }

    // MARK: Changing

    @Test(arguments: OpenSearchVectorOptions.Engine.allCases)
    func `are replaced, removed and counted`(engine: OpenSearchVectorOptions.Engine) async throws {
        var options = OpenSearchVectorOptions()
        options.engine = engine
        let store = try await AWSDouble().vectors(dimension: 2, options: options)
        let flat = try FlatIndex(dimension: 2, metric: .cosine)
        let before = store.revision
        try await VectorConformance(store: store, flat: flat).expectChanges()
        #expect(store.revision > before)
    }

    @Test func `agree with exact search through a mix of changes`() async throws {
        let store = try await AWSDouble().vectors(dimension: 16)
        let flat = try FlatIndex(dimension: 16, metric: .cosine)
        try await VectorConformance(store: store, flat: flat).expectMix(seeds: (184, 185), steps: 25)
    }

    @Test func `are found as soon as they are stored, though the index is refreshed twice a minute`()
        async throws
    {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await waiting {
            try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])])
            #expect(try store.search([1, 2, 3], k: 1).map(\.id) == [1])
        }
        // What somebody writes beside it is not: the double keeps to the interval that the index has.
        let client = try await double.domain()
        try await client.put(store.alias, "2", ["id": 2, "vector": [1, 2, 3]])
        try await waiting {
            let found = try store.search([1, 2, 3], k: 5)
            #expect(found.map(\.id) == [1])
            #expect(store.contains(2))
        }
    }

    @Test func `are one index for all who name the same model, and another for another`() async throws {
        let double = try AWSDouble()
        let one = try await double.vectors()
        let other = try await double.vectors()
        let wider = try await double.vectors(dimension: 4)
        var lucene = OpenSearchVectorOptions()
        lucene.engine = .lucene
        let apart = try await double.vectors(options: lucene)
        #expect(one.alias == other.alias)
        #expect(Set([one.alias, wider.alias, apart.alias]).count == 3)
        let before = other.revision
        try await waiting {
            try one.upsert([VectorEntry(id: 5, vector: [1, 2, 3])])
            #expect(other.contains(5))
            #expect(!wider.contains(5) && !apart.contains(5))
        }
        try await other.refresh()
        #expect(other.count == 1)
        #expect(other.revision > before)
    }

    @Test func `are opened by several processes at once`() async throws {
        let double = try AWSDouble()
        let aliases = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let store = try await double.vectors()
                    try await waiting {
                        try store.upsert([
                            VectorEntry(id: 1, vector: [1, 2, 3]),
                            VectorEntry(id: UInt64(number) + 2, vector: [3, 2, 1]),
                        ])
                    }
                    return store.alias
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(aliases.count == 1)
        #expect(try await double.vectors().count == 7)
    }

    @Test func `move with their alias to an index that somebody made of the first`() async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await waiting { try store.upsert([VectorEntry(id: 1, vector: [1, 2, 3])]) }
        let client = try await double.domain()
        var second = store.index.creation
        second.aliases = []
        try await client.create("\(store.alias)-2", second)
        try await client.moveAlias(store.alias, from: store.index.firstName, to: "\(store.alias)-2")
        try await waiting { try store.upsert([VectorEntry(id: 2, vector: [1, 2, 3])]) }
        #expect(try await double.vectors().count == 1)
        let found = try await waiting { try store.search([1, 2, 3], k: 5).map(\.id) }
        #expect(found == [2])
    }

    // MARK: What is sent

    @Test func `are all that is sent: numbers, and no text`() async throws {
        let double = try AWSDouble()
        let store = try await double.vectors()
        try await waiting {
            try store.upsert([VectorEntry(id: 9, vector: [3, 0, 4])])
            try store.remove([9])
        }
        let sent = try JSONValue(parsing: try await double.requestsText()).array ?? []
        let bulk = sent.filter { $0["operation"]?.string?.hasSuffix("_bulk") == true }
        let lines = bulk.compactMap { $0["body"]?.string }.flatMap { $0.split(separator: "\n") }
        let rows = try lines.map { try JSONValue(parsing: String($0)) }
        #expect(rows.first == ["index": ["_id": "9"]])
        #expect(rows.last == ["delete": ["_id": "9"]])
        #expect(rows[1].object?.keys.sorted() == ["id", "vector"])
        #expect(rows[1]["id"] == 9 && rows[1]["vector"]?.array?.count == 3)
        // Each batch ends with one refresh, however many requests it took.
        let refreshes = sent.filter { $0["operation"]?.string?.hasSuffix("_refresh") == true }
        #expect(bulk.count == 2 && refreshes.count == 2)
        #expect(bulk.allSatisfy { $0["target"]?.string?.contains("require_alias=true") == true })
    }

    @Test func `are cut into requests that are not too large`() async throws {
        let double = try AWSDouble()
        var options = OpenSearchVectorOptions()
        options.batchCount = 7
        let store = try await double.vectors(options: options)
        var samples = VectorSamples(seed: 186, dimension: 3)
        let entries = samples.entries(0..<20)
        try await waiting { try store.upsert(entries) }
        let bulk = try await double.requests().filter { $0.operation.hasSuffix("_bulk") }
        #expect(bulk.count == 3)
        #expect(store.count == 20)
    }

    @Test func `have what they take told`() async throws {
        let store = try await OpenSearchWorld.shared(.faiss).store
        let figures = try await waiting { try store.statistics() }
        #expect(figures.count == 2_000)
        #expect(figures.format == .float32)
        #expect(figures.snapshotByteCount > 2_000 * 32)
    }
}
