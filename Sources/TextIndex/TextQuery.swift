/// What is looked for.
///
/// A document matches if it has at least ``minimumMatch`` of the groups, every group that is required, every
/// phrase, and no excluded term. Its score is the sum of its groups' scores. A query without groups and
/// phrases finds nothing.
public struct TextQuery: Sendable, Hashable {
    /// One form of a word.
    public struct Variant: Sendable, Hashable {
        /// As the index has it: analyzed as its documents were.
        public var term: String
        /// The term's score is multiplied with it: 0.001…1000.
        public var weight: Double

        public init(_ term: String, weight: Double = 1) {
            (self.term, self.weight) = (term, weight)
        }
    }

    /// One word of the query, in all forms in which it counts: as it stands, its stem, its parts.
    ///
    /// A group scores what the best of its variants scores, not their sum: forms of one word at one place in
    /// a document are one piece of evidence.
    public struct Group: Sendable, Hashable {
        /// The best of them counts; none where ``prefix`` alone is meant.
        public var variants: [Variant]
        /// The beginning of a term, if the word may be unfinished: see ``Prefix``.
        public var prefix: Prefix?
        /// Whether a document without it is no match.
        public var isRequired: Bool

        public init(_ variants: [Variant], prefix: Prefix? = nil, isRequired: Bool = false) {
            (self.variants, self.prefix, self.isRequired) = (variants, prefix, isRequired)
        }

        /// A word of one form.
        public init(_ term: String, weight: Double = 1, isRequired: Bool = false) {
            self.init([Variant(term, weight: weight)], isRequired: isRequired)
        }
    }

    /// All terms that begin alike, as further variants of a group.
    ///
    /// Taken are the ``limit`` terms with the largest document frequency (ties in byte order). All are scored
    /// with the *df* that they have together, at most *N*: an unfinished word is not rare because one of its
    /// endings is.
    public struct Prefix: Sendable, Hashable {
        /// What the terms begin with, byte by byte.
        public var text: String
        /// 0.001…1000.
        public var weight: Double
        /// 1…``TextQuery/expansionLimit``.
        public var limit: Int

        /// - Complexity: of the search: O(terms with this beginning), some 20 ns each.
        public init(_ text: String, weight: Double = 1, limit: Int = 32) {
            (self.text, self.weight, self.limit) = (text, weight, limit)
        }
    }

    /// Terms that must stand together in one field.
    public struct Phrase: Sendable, Hashable {
        /// Terms and their places, relative to each other.
        public var terms: [TermOccurrence]
        /// How far from its place a term may stand: with *pᵢ* where term *i* is found and *oᵢ* its place in
        /// the phrase, all *pᵢ* − *oᵢ* lie within `slop` of each other. 0 is the phrase as it stands.
        public var slop: Int

        public init(_ terms: [TermOccurrence], slop: Int = 0) {
            (self.terms, self.slop) = (terms, slop)
        }

        /// Terms one after the other.
        public init(_ terms: [String], slop: Int = 0) {
            self.init(
                terms.enumerated().map { TermOccurrence($1, at: UInt32(truncatingIfNeeded: $0)) }, slop: slop)
        }
    }

    /// Nearness of the query's words as a second look at the best matches.
    ///
    /// The best ``depth`` matches by BM25F (or as many as are asked for, if that is more) are scored anew:
    /// for each pair of neighbouring groups, `weight · s · acc / (k1 + acc)` is added, where `s` is the most
    /// that the weaker of the two can score, and `acc` is the sum of 1/*d*² over the positions of the first
    /// group's terms, with *d* the distance, at least 1, to the nearest position of the second's in the same
    /// field (after Büttcher, Clarke & Lushman, "Term Proximity Scoring for Ad-Hoc Retrieval on Very Large
    /// Text Collections", SIGIR 2006).
    public struct Proximity: Sendable, Hashable {
        /// 0.001…1000.
        public var weight: Double
        /// 1…10,000.
        public var depth: Int

        public init(weight: Double = 0.5, depth: Int = 200) {
            (self.weight, self.depth) = (weight, depth)
        }
    }

    /// In the order of the query's words, which is what ``proximity`` goes by.
    public var groups: [Group]
    /// A match has each of them.
    public var phrases: [Phrase]
    /// Terms of which a match has none.
    public var excluded: [String]
    /// How many groups a match has at least; 0 counts as 1. With more than there are groups nothing matches.
    public var minimumMatch: Int
    /// `nil` for scores by the words alone, wherever they stand.
    public var proximity: Proximity?

    /// Variants, phrase terms and excluded terms of a query.
    public static let termLimit = 4096
    /// Terms that one prefix stands for.
    public static let expansionLimit = 1024

    public init(
        groups: [Group], phrases: [Phrase] = [], excluded: [String] = [], minimumMatch: Int = 1,
        proximity: Proximity? = nil
    ) {
        (self.groups, self.phrases, self.excluded) = (groups, phrases, excluded)
        (self.minimumMatch, self.proximity) = (minimumMatch, proximity)
    }

    /// Any of some terms.
    public init(terms: [String]) {
        self.init(groups: terms.map { Group($0) })
    }
}
