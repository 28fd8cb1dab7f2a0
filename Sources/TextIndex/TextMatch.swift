/// One search result.
public struct TextMatch: Sendable, Hashable {
    /// The id the caller stored the document under.
    public let id: UInt64
    /// Larger is better. Scores of one query can be compared, those of different queries cannot.
    public let score: Double

    /// Makes a result; stores do this, and tests.
    public init(id: UInt64, score: Double) {
        (self.id, self.score) = (id, score)
    }
}

/// How many matches have a value of a facet.
public struct FacetCount: Sendable, Hashable {
    /// One of the facet's values.
    public let value: String
    /// Matches that have it, 1 or more.
    public let count: Int

    /// Makes a count; stores do this, and tests.
    public init(value: String, count: Int) {
        (self.value, self.count) = (value, count)
    }
}

/// Why a document has the score it has.
public struct TextExplanation: Sendable, Hashable {
    /// Whether a search would find it: required groups, phrases, excluded terms and
    /// ``TextQuery/minimumMatch``.
    public let isMatch: Bool
    /// What each group of the query adds; 0 for one that the document does not have.
    public let groups: [Double]
    /// Whether the document has each phrase of the query.
    public let phrases: [Bool]
    /// What nearness adds, wherever the document ranks.
    public let proximity: Double

    /// Makes an explanation; stores do this, and tests.
    public init(isMatch: Bool, groups: [Double], phrases: [Bool], proximity: Double) {
        (self.isMatch, self.groups, self.phrases, self.proximity) = (isMatch, groups, phrases, proximity)
    }
}
