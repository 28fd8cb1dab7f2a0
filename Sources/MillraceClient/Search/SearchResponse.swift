/// Documents, each by its best passage, the best one first.
public struct SearchResponse: Sendable, Hashable, Decodable {
    /// How many of the ranked documents have a value.
    public struct Facet: Sendable, Hashable, Decodable {
        /// What the filter of the same name takes.
        public var value: String
        /// What people call it.
        public var name: String
        /// Documents.
        public var count: Int
    }

    /// How the ranked documents spread.
    public struct Facets: Sendable, Hashable, Decodable {
        /// By space.
        public var spaces: [Facet]
        /// By label.
        public var labels: [Facet]
        /// By author.
        public var authors: [Facet]
        /// By kind.
        public var kinds: [Facet]
    }

    /// What was looked for.
    public var query: String
    /// How it was looked for.
    public var mode: String
    /// How many documents were ranked in all, the best 500 at most.
    public var count: Int
    /// The best one first.
    public var results: [Passage]
    /// How the ranked documents spread.
    public var facets: Facets
    /// How long the server took.
    public var milliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case query, mode, count, results, facets
        case milliseconds = "took_ms"
    }
}

extension MillraceClient {
    /// Documents by meaning, by words, or by both.
    public func search(_ request: SearchRequest) async throws -> SearchResponse {
        try await connection.value(
            SearchResponse.self, of: Call(.post, "v1", "search").sending(request))
    }
}
