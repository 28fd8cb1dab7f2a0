import JSONValue

/// What documents are looked for.
public indirect enum OpenSearchQuery: Sendable, Hashable {
    /// How many of a text's words must be there.
    public enum Words: String, Sendable {
        case any = "or"
        case all = "and"
    }

    case matchAll
    /// Words of a text field, analyzed as the field is.
    case match(field: String, text: String, words: Words = .any)
    /// Words of several fields; the best of them counts. A field may be weighed: `title^2`.
    case multiMatch(fields: [String], text: String, words: Words = .any)
    /// Exactly this value, of a keyword, number, date or truth value.
    case term(field: String, JSONValue)
    /// One of these values, at most 65,536; none of them finds nothing.
    case terms(field: String, [JSONValue])
    case range(field: String, OpenSearchRange)
    case exists(field: String)
    case ids([String])
    /// A keyword that begins so.
    case prefix(field: String, String)
    case bool(OpenSearchBool)
    /// The `k` nearest vectors, 1 to 10,000, among those that `filter` lets through.
    case knn(field: String, vector: [Float], k: Int, filter: OpenSearchQuery? = nil)
    /// The `k` nearest to the vector that a model of the cluster makes of a text.
    ///
    /// `modelID` may be `nil` where the cluster has a model of its own for the field.
    case neural(field: String, text: String, modelID: String?, k: Int, filter: OpenSearchQuery? = nil)
    /// Up to five queries whose scores a search pipeline brings together; it stands alone, at the top.
    case hybrid([OpenSearchQuery])
}

/// Conditions that are joined.
public struct OpenSearchBool: Sendable, Hashable {
    /// Must hold, and counts for the score.
    public var must: [OpenSearchQuery]
    /// May hold, and then counts for the score.
    public var should: [OpenSearchQuery]
    /// Must hold, without a score.
    public var filter: [OpenSearchQuery]
    public var mustNot: [OpenSearchQuery]
    /// How many of `should` must hold; OpenSearch takes 1 where there is no `must` and no `filter`, and 0 else.
    public var minimumShouldMatch: Int?

    public init(
        must: [OpenSearchQuery] = [], should: [OpenSearchQuery] = [], filter: [OpenSearchQuery] = [],
        mustNot: [OpenSearchQuery] = [], minimumShouldMatch: Int? = nil
    ) {
        self.must = must
        self.should = should
        self.filter = filter
        self.mustNot = mustNot
        self.minimumShouldMatch = minimumShouldMatch
    }
}

/// Bounds of a number or a date; one or more.
public struct OpenSearchRange: Sendable, Hashable {
    public var above: JSONValue?
    public var atLeast: JSONValue?
    public var below: JSONValue?
    public var atMost: JSONValue?

    public init(
        above: JSONValue? = nil, atLeast: JSONValue? = nil, below: JSONValue? = nil, atMost: JSONValue? = nil
    ) {
        self.above = above
        self.atLeast = atLeast
        self.below = below
        self.atMost = atMost
    }

    var json: [String: JSONValue] {
        ["gt": above, "gte": atLeast, "lt": below, "lte": atMost].compactMapValues(\.self)
    }
}

extension JSONValue {
    /// A vector as OpenSearch takes it, each number with as many digits as a `Float` has.
    ///
    /// A number that is not finite makes a value that cannot be written.
    public static func openSearchVector(_ vector: [Float]) -> JSONValue {
        // Through its text: a Float's own digits, and not those of the Double that lies nearest.
        .array(vector.map { .number(Double($0.description) ?? .nan) })
    }
}
