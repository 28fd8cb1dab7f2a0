/// A search in a collection.
public struct CollectionQuery: Sendable {
    public var vector: [Float]
    /// Results at most.
    public var k: Int
    /// How wide the search looks, at least `k`; `nil` for the collection's own width.
    public var efSearch: Int?
    /// Which points may be found. Applied inside the search: `k` of them come back if there are `k`.
    public var filter: CollectionFilter?
    public var parts: PointParts
    /// Results with a lower score are left out.
    public var scoreThreshold: Float?
    /// What stands before the names of its fields in errors, such as `queries[2].`.
    public var place: String

    public init(
        vector: [Float], k: Int = 10, efSearch: Int? = nil, filter: CollectionFilter? = nil,
        parts: PointParts = PointParts(), scoreThreshold: Float? = nil, place: String = ""
    ) {
        self.vector = vector
        self.k = k
        self.efSearch = efSearch
        self.filter = filter
        self.parts = parts
        self.scoreThreshold = scoreThreshold
        self.place = place
    }

    /// - Throws: ``CollectionError/invalid(field:reason:)``.
    func check(_ vectors: VectorCheck, dimension: Int) throws(CollectionError) {
        try vectors.check(vector, "\(place)vector")
        let results = CollectionLimits.results
        guard results.contains(k) else {
            throw .invalid(
                field: "\(place)k", reason: "is \(k); it must be from 1 to \(results.upperBound)")
        }
        if let efSearch {
            let allowed = CollectionSettings.widths
            guard allowed.contains(efSearch), efSearch >= k else {
                throw .invalid(
                    field: "\(place)ef_search",
                    reason: "is \(efSearch); it must be from k, which is \(k), to \(allowed.upperBound)")
            }
        }
        if let scoreThreshold, !scoreThreshold.isFinite {
            throw .invalid(field: "\(place)score_threshold", reason: "is NaN or infinite")
        }
        try filter?.check(place: "\(place)filter")
    }

    /// Candidates that the search keeps.
    func width(_ settings: CollectionSettings) -> Int { efSearch ?? max(settings.efSearch, k) }
}

/// The results of one call: a list for each query, best first.
public struct QueryAnswer: Sendable {
    public var metric: CollectionSettings.Metric
    public var results: [[ScoredPoint]]

    public init(metric: CollectionSettings.Metric, results: [[ScoredPoint]]) {
        self.metric = metric
        self.results = results
    }
}
