import JSONValue

extension OpenSearch {
    /// The plugins that any node has, for example `opensearch-knn`. Serverless does not tell.
    public func plugins() async throws(OpenSearchError) -> Set<String> {
        try needsCluster("_cat/plugins")
        let answer = try await send(
            Call(
                name: "_cat/plugins", method: "GET", path: "/_cat/plugins",
                query: [("format", "json"), ("h", "component")], permission: "APIAccessAll", isList: true))
        return Set((answer.json.array ?? []).compactMap { $0["component"]?.string })
    }

    /// Bytes that an index, or those of an alias, take on disk, copies included. Serverless does not tell.
    public func storedBytes(_ index: String) async throws(OpenSearchError) -> Int {
        try needsCluster("_stats")
        let answer = try await call("_stats", "GET", index, "/_stats/store", permission: "DescribeIndex")
        guard let bytes = answer.json["_all"]?["total"]?["store"]?["size_in_bytes"]?.integer else {
            throw answer.unexpected("it does not tell the bytes stored")
        }
        return bytes
    }
}
