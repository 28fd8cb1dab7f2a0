import AWSServices
import VectorIndex

extension OpenSearchVectorStore {
    /// The vectors of a model, in an index that is made if it is not there.
    ///
    /// - Parameters:
    ///   - client: with the time limit of its calls.
    ///   - host: the address's host and port, for messages.
    ///   - prefix: what the names of indexes begin with; `vectors.opensearch_index`.
    ///   - model: its name, and that of the content where several share a cluster in turn; with dimension and metric
    ///     it tells indexes apart.
    /// - Throws: ``OpenSearchVectorError``, and ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a
    ///   dimension that OpenSearch does not index.
    public static func open(
        _ client: OpenSearch, host: String, prefix: String, model: String, dimension: Int,
        metric: Metric = .cosine, options: OpenSearchVectorOptions = OpenSearchVectorOptions()
    ) async throws -> OpenSearchVectorStore {
        let index = try OpenSearchVectorIndex(
            prefix: prefix, model: model, dimension: dimension, metric: metric, options: options)
        let checks = try VectorChecks(dimension: dimension, metric: metric)
        do {
            try await OpenSearchVectorInspection.checkCluster(
                client, host: host, metric: metric, options: options)
            try await make(client, host: host, index)
            let reading = try await figures(client, index)
            return OpenSearchVectorStore(client, host: host, index, checks, reading)
        } catch let error as OpenSearchError {
            throw OpenSearchVectorError(error, host: host, index: index.alias)
        }
    }

    /// Makes the index with its alias, or checks the one that is there.
    private static func make(
        _ client: OpenSearch, host: String, _ index: OpenSearchVectorIndex
    ) async throws {
        if try await check(client, host: host, index) { return }
        do {
            try await client.create(index.firstName, index.creation)
            return
        } catch OpenSearchError.conflict {
            // Another process was faster, and made the alias with it.
        }
        guard try await check(client, host: host, index) else {
            throw OpenSearchVectorError.aliasMissing(
                host: host, alias: index.alias, index: index.firstName)
        }
    }

    /// - Returns: false where the alias stands for nothing.
    static func check(
        _ client: OpenSearch, host: String, _ index: OpenSearchVectorIndex
    ) async throws -> Bool {
        let found = try await client.indexes(ofAlias: index.alias)
        guard let name = found.first else { return false }
        guard found.count == 1 else {
            throw OpenSearchVectorError.ambiguous(
                host: host, alias: index.alias, indexes: found.sorted())
        }
        guard let mapping = try await client.mappings(index.alias)[name] else {
            throw OpenSearchVectorError.indexGone(host: host, alias: index.alias)
        }
        try index.check(mapping, of: name, host: host)
        return true
    }
}
