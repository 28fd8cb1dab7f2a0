import AWSServices
import Concurrency
import Foundation
import TestSupport
import Transport
import VectorIndex

@testable import Backends

/// Vectors in the OpenSearch of the double, whose queries are OpenSearch's as documented; what is right is known by
/// comparing everything.
struct OpenSearchWorld: Sendable {
    let store: OpenSearchVectorStore
    let flat: FlatIndex
    let entries: [VectorEntry]
    let queries: [[Float]]

    /// 2,000 vectors of 32 dimensions, with gaps between their ids and in ranges.
    init(_ engine: OpenSearchVectorOptions.Engine) async throws {
        var samples = VectorSamples(seed: 181, dimension: 32)
        entries = (0..<2_000).map { VectorEntry(id: UInt64($0 + $0 / 300 * 5_000), vector: samples.next()) }
        queries = samples.queries(25)
        var options = OpenSearchVectorOptions()
        options.engine = engine
        store = try await AWSDouble().vectors(dimension: 32, options: options)
        flat = try FlatIndex(dimension: 32, metric: .cosine)
        try flat.upsert(entries)
        try await VectorConformance.thread.run { [store, entries] in try store.upsert(entries) }
    }

    /// Shared by all tests of an engine.
    static func shared(_ engine: OpenSearchVectorOptions.Engine) async throws -> OpenSearchWorld {
        try await (engine == .faiss ? faiss : lucene).value
    }

    private static let faiss = Task { try await OpenSearchWorld(.faiss) }
    private static let lucene = Task { try await OpenSearchWorld(.lucene) }

    func recall(_ filter: VectorFilter? = nil, _ queries: [[Float]]? = nil) async throws -> Double {
        try await VectorConformance(store: store, flat: flat).recall(filter, queries ?? self.queries)
    }
}

extension AWSDouble {
    /// Its OpenSearch as a domain, signed; whatever it waits is no time.
    func domain(
        serverless: Bool = false, attempts: Int = 1, timeout: Duration = .seconds(20),
        clock: any Clock<Duration> = ManualClock()
    ) async throws -> OpenSearch {
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_MAX_ATTEMPTS": "\(attempts)"]), region: "us-east-1",
            credentials: StaticCredentials(credentials), http: http, localHTTP: http, clock: clock)
        return try OpenSearch(
            account, serverless: serverless, endpoint: try url, timeout: timeout, clock: clock)
    }

    /// The same as an OpenSearch of one's own, with a user.
    func cluster(password: String) throws -> OpenSearch {
        try OpenSearch(
            endpoint: try url,
            login: OpenSearch.Login(user: credentials.accessKeyID, password: AWSSecretText(password)),
            http: http, attempts: 1, clock: ManualClock())
    }

    /// A store of its own; stores of one double share what it holds.
    func vectors(
        dimension: Int = 3, metric: Metric = .cosine, model: String = "m",
        options: OpenSearchVectorOptions = OpenSearchVectorOptions(), timeout: Duration = .seconds(20),
        clock: any Clock<Duration> = ManualClock()
    ) async throws -> OpenSearchVectorStore {
        var options = options
        // What others did is asked for when a test says so: a request of its own could meet a fault that is not for it.
        options.freshness = .seconds(600)
        return try await OpenSearchVectorStore.open(
            domain(timeout: timeout, clock: clock), host: "wiki.example", prefix: "millrace", model: model,
            dimension: dimension, metric: metric, options: options)
    }

    private var url: URL {
        get throws {
            guard let url = URL(string: endpoint) else { throw URLError(.badURL) }
            return url
        }
    }
}
