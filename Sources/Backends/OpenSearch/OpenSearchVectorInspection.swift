import AWSServices
import VectorIndex

/// What a cluster is, and what it holds of a model's vectors; nothing is made or changed.
public struct OpenSearchVectorInspection: Sendable, Hashable {
    public var cluster: String
    public var version: String
    public var alias: String
    /// `nil` where there is no index yet.
    public var count: Int?

    /// - Throws: ``OpenSearchVectorError`` for a cluster or index that cannot be used.
    public static func read(
        _ client: OpenSearch, host: String, prefix: String, model: String, dimension: Int,
        metric: Metric = .cosine, options: OpenSearchVectorOptions = OpenSearchVectorOptions()
    ) async throws -> OpenSearchVectorInspection {
        let index = try OpenSearchVectorIndex(
            prefix: prefix, model: model, dimension: dimension, metric: metric, options: options)
        do {
            let info = try await checkCluster(client, host: host, metric: metric, options: options)
            let isThere = try await OpenSearchVectorStore.check(client, host: host, index)
            return OpenSearchVectorInspection(
                cluster: info.cluster, version: info.version, alias: index.alias,
                count: isThere ? try await OpenSearchVectorStore.count(client, index) : nil)
        } catch let error as OpenSearchError {
            throw OpenSearchVectorError(error, host: host, index: index.alias)
        }
    }

    /// Whether the cluster is an OpenSearch that can do what is asked of it.
    @discardableResult
    static func checkCluster(
        _ client: OpenSearch, host: String, metric: Metric, options: OpenSearchVectorOptions
    ) async throws -> OpenSearchInfo {
        guard client.kind != .serverless else { throw OpenSearchVectorError.serverless(host: host) }
        let info = try await client.info()
        guard info.distribution == "opensearch" else {
            throw OpenSearchVectorError.foreign(host: host, version: info.version)
        }
        let needed = leastVersion(options.engine, metric)
        let numbers = info.version.split(separator: ".").map { Int($0) ?? 0 }
        guard !numbers.lexicographicallyPrecedes(needed) else {
            throw OpenSearchVectorError.tooOld(
                host: host, version: info.version,
                needed: needed.map(String.init).joined(separator: "."), engine: options.engine.rawValue)
        }
        guard try await client.plugins().contains(plugin) else {
            throw OpenSearchVectorError.pluginMissing(host: host)
        }
        return info
    }

    private static let plugin = "opensearch-knn"

    /// From which version on the engine filters within a search, and has the space (OpenSearch's documentation,
    /// “Filtering data” and “Spaces”).
    private static func leastVersion(
        _ engine: OpenSearchVectorOptions.Engine, _ metric: Metric
    ) -> [Int] {
        switch (engine, metric) {
        case (.faiss, _): [2, 9]
        case (.lucene, .innerProduct): [2, 13]
        case (.lucene, _): [2, 4]
        }
    }
}
