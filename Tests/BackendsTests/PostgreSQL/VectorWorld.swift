import Backends
import Concurrency
import TestSupport
import VectorIndex

/// A store over a real server, and what is right by comparing everything.
struct VectorWorld: Sendable {
    let store: PostgresVectorStore
    let flat: FlatIndex
    let entries: [VectorEntry]
    let queries: [[Float]]

    /// What waits for a server does so here and not on a thread that all tests share.
    static let thread = VectorConformance.thread

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
        try await VectorConformance(store: store, flat: flat).recall(filter, queries ?? self.queries)
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
