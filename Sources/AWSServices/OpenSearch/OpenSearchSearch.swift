import JSONValue

/// What a search asks for.
public struct OpenSearchSearch: Sendable, Hashable {
    /// Which of a document's fields come back.
    public enum Source: Sendable, Hashable {
        case all
        case none
        /// These alone; `*` stands for any letters.
        case only([String])
        case without([String])
    }

    public var query: OpenSearchQuery
    /// Hits of an answer, 0 to 10,000.
    public var size: Int
    /// Hits that are skipped; with `size` at most 10,000. Deeper, page with ``OpenSearch/hits(_:_:keepAlive:tieBreaker:)``.
    public var from = 0
    /// By score where it is empty.
    public var sort: [OpenSearchSort] = []
    public var source = Source.all
    /// The sort values of the last hit of the page before; one for each of `sort`.
    public var searchAfter: [JSONValue] = []
    /// A search pipeline by name, as hybrid queries need.
    public var pipeline: String?
    /// Hits below this score are left out.
    public var minimumScore: Double?
    /// Whether the total is counted to its end; else OpenSearch stops at 10,000.
    public var countsAll = false
    /// Whether an answer that some shards failed to give, or that was cut short, is taken for one.
    public var allowsPart = false

    public init(_ query: OpenSearchQuery = .matchAll, size: Int = 10) {
        self.query = query
        self.size = size
    }

    /// OpenSearch's `index.max_result_window`.
    static let window = 10_000

    func json() throws(OpenSearchQueryFault) -> [String: JSONValue] {
        guard size >= 0, from >= 0, size + from <= Self.window else {
            throw OpenSearchQueryFault(
                reason: "from and size are 0 to \(Self.window) together, not \(from) and \(size)")
        }
        guard searchAfter.isEmpty || (searchAfter.count >= sort.count && from == 0) else {
            throw OpenSearchQueryFault(
                reason: """
                    search_after takes a value for each of \(sort.count) sort fields, not \
                    \(searchAfter.count), and no from
                    """)
        }
        var json: [String: JSONValue] = ["query": try query.json(), "size": .integer(size)]
        if from > 0 { json["from"] = .integer(from) }
        if !sort.isEmpty { json["sort"] = .array(sort.map(\.json)) }
        if !searchAfter.isEmpty { json["search_after"] = .array(searchAfter) }
        if let minimumScore { json["min_score"] = .number(minimumScore) }
        if countsAll { json["track_total_hits"] = true }
        switch source {
        case .all: break
        case .none: json["_source"] = false
        case .only(let fields): json["_source"] = ["includes": .array(fields.map { .string($0) })]
        case .without(let fields): json["_source"] = ["excludes": .array(fields.map { .string($0) })]
        }
        return json
    }
}

/// What hits are ordered by.
public struct OpenSearchSort: Sendable, Hashable {
    /// A field, or `_score`, `_id`, `_shard_doc`.
    public var field: String
    public var isDescending: Bool

    public init(_ field: String, isDescending: Bool = false) {
        self.field = field
        self.isDescending = isDescending
    }

    /// The best first.
    public static let score = OpenSearchSort("_score", isDescending: true)

    var json: JSONValue { .object([field: ["order": .string(isDescending ? "desc" : "asc")]]) }
}

/// A document that was found.
public struct OpenSearchHit: Sendable, Hashable {
    /// The index that it lies in, where an alias was asked.
    public var index: String
    public var id: String
    /// Larger is better; `nil` where hits are ordered by something else.
    public var score: Double?
    /// One for each of the search's sort fields.
    public var sort: [JSONValue]
    /// `nil` where it was not asked for.
    public var source: JSONValue?

    init?(_ json: JSONValue) {
        guard let index = json["_index"]?.string, let id = json["_id"]?.string else { return nil }
        self.index = index
        self.id = id
        score = json["_score"]?.double
        sort = json["sort"]?.array ?? []
        source = json["_source"]
    }
}

/// What a search found.
public struct OpenSearchPage: Sendable, Hashable {
    public var hits: [OpenSearchHit]
    /// How many documents match, as far as they were counted; `nil` where they were not.
    public var total: Int?
    /// Whether `total` is the whole number, and not a lower bound.
    public var isTotalExact: Bool
    /// Whether some shards did not answer, or the search was cut short; only where that was allowed.
    public var isPart: Bool
    /// The point in time that the next search is to name, where one was searched.
    public var pointInTime: String?
}
