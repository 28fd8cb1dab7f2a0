import Backends
import Concurrency
import Foundation
import TestSupport
import VectorIndex

/// Vectors around centres of uneven size, the same for the same seed: embeddings of text lie so.
struct VectorSamples {
    private var numbers: SeededGenerator
    private let centres: [[Float]]

    init(seed: UInt64, dimension: Int, clusters: Int = 40) {
        numbers = SeededGenerator(seed: seed)
        var made: [[Float]] = []
        for _ in 0..<clusters { made.append(Self.normal(dimension, &numbers)) }
        centres = made
    }

    mutating func next() -> [Float] {
        let share = Double.random(in: 0..<1, using: &numbers)
        let centre = centres[Int(share * share * Double(centres.count))]
        return zip(centre, Self.normal(centre.count, &numbers)).map { $0 + 0.5 * $1 }
    }

    mutating func entries(_ ids: Range<UInt64>) -> [VectorEntry] {
        ids.map { VectorEntry(id: $0, vector: next()) }
    }

    mutating func queries(_ count: Int) -> [[Float]] { (0..<count).map { _ in next() } }

    /// Normally distributed (Box and Muller): no axis is favoured.
    private static func normal(_ dimension: Int, _ numbers: inout SeededGenerator) -> [Float] {
        (0..<dimension).map { _ in
            let radius = (-2 * log(Double.random(in: 1e-12..<1, using: &numbers))).squareRoot()
            return Float(radius * cos(Double.random(in: 0..<2 * .pi, using: &numbers)))
        }
    }
}

/// A store over a real server, and what is right by comparing everything.
struct VectorWorld: Sendable {
    let store: PostgresVectorStore
    let flat: FlatIndex
    let entries: [VectorEntry]
    let queries: [[Float]]

    /// What waits for a server does so here and not on a thread that all tests share.
    static let thread = BlockingExecutor(label: "millrace.tests.vectors", width: 4)

    /// 5,000 vectors of 64 dimensions with their index.
    init(_ version: PostgresServer.Version) async throws {
        var samples = VectorSamples(seed: 81, dimension: 64)
        entries = samples.entries(0..<5_000)
        queries = samples.queries(60)
        let pool = try PostgresServer.shared(version).pool(schema: PostgresServer.freshSchema())
        store = try await PostgresVectorStore.open(pool, model: "m", dimension: 64)
        flat = try FlatIndex(dimension: 64, metric: .cosine)
        try flat.upsert(entries)
        try await Self.thread.run { [store, entries] in try store.upsert(entries) }
        try await store.buildIndex()
    }

    /// Shared by the tests of one server.
    static func shared(_ version: PostgresServer.Version) async throws -> VectorWorld {
        try await (version == .v16 ? world16 : world18).value
    }

    private static let world16 = Task { try await VectorWorld(.v16) }
    private static let world18 = Task { try await VectorWorld(.v18) }

    /// Mean recall@10; every result is admitted, comes once, and there are as many as there can be.
    func recall(_ filter: VectorFilter? = nil, _ queries: [[Float]]? = nil) async throws -> Double {
        let (store, flat, queries) = (store, flat, queries ?? self.queries)
        return try await Self.thread.run {
            var sum = 0.0
            for query in queries {
                let truth = try flat.search(query, k: 10, efSearch: nil, filter: filter)
                let found = try store.search(query, k: 10, efSearch: nil, filter: filter)
                guard found.count == truth.count, Set(found.map(\.id)).count == found.count,
                    found.allSatisfy({ filter?.admits($0.id) ?? true })
                else { throw Mistaken(found: found, truth: truth) }
                let right = Set(truth.map(\.id))
                sum += right.isEmpty ? 1 : Double(found.count { right.contains($0.id) }) / Double(right.count)
            }
            return sum / Double(queries.count)
        }
    }

    struct Mistaken: Error {
        var found: [Neighbor]
        var truth: [Neighbor]
    }
}

extension PostgresServer {
    /// A store of its own in a schema that nobody has used.
    func vectors(
        dimension: Int = 3, metric: Metric = .cosine, schema: String = PostgresServer.freshSchema(),
        size: Int = 4, options: PostgresVectorOptions = PostgresVectorOptions(),
        patience: Duration = .seconds(10)
    ) async throws -> PostgresVectorStore {
        try await PostgresVectorStore.open(
            pool(size: size, schema: schema, patience: patience), model: "m", dimension: dimension,
            metric: metric, options: options)
    }
}
