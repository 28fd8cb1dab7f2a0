import VectorIndex

/// A set of documents that can be searched by their terms.
///
/// Any number of threads may search while one writes; searches never wait for the writer, and each sees the
/// documents of one moment, to which its *N*, *df* and mean lengths belong. Writers wait for each other.
public protocol TextStore: Sendable {
    /// The fields of every document.
    var format: TextFormat { get }
    /// How matches are scored.
    var scoring: TextScoring { get }
    /// Documents stored.
    var count: Int { get }

    /// Stores documents; an id that is already there gets the new document, without a moment in which it has
    /// none.
    ///
    /// - Throws: before anything is changed, if any document is not acceptable or an id comes twice.
    func upsert(_ documents: [TextDocument]) throws(TextIndexError)

    /// Removes documents. Ids that are not there are ignored.
    func remove(_ ids: [UInt64]) throws(TextIndexError)

    /// Whether a document is stored under `id`.
    func contains(_ id: UInt64) -> Bool

    /// Those of `ids` that a document is stored under, in the order given. A store elsewhere asks once for all of them.
    func stored(among ids: [UInt64]) throws(TextIndexError) -> [UInt64]

    /// Every stored id, in no particular order. A store elsewhere that does not answer says none; see ``storedIDs()``.
    func ids() -> [UInt64]

    /// Every stored id, in no particular order, for whoever must tell an empty store from one that does not answer.
    func storedIDs() throws(TextIndexError) -> [UInt64]

    /// The best `limit` matches among those that `filter` admits: best first, equal scores by id.
    ///
    /// The result is exact: what scoring every document would give.
    ///
    /// - Parameters:
    ///   - query: its groups of terms, phrases and prefix.
    ///   - limit: 1…100,000; fewer results come back if fewer match.
    ///   - filter: ids outside it never appear, and never take the place of one inside it. *N*, *df* and
    ///     lengths are those of all documents, admitted or not.
    func search(
        _ query: TextQuery, limit: Int, filter: IDBitmap?
    ) throws(TextIndexError) -> [TextMatch]

    /// How many matches have each value of a facet, most frequent first, ties in byte order. Values that no
    /// match has are left out.
    func facets(
        _ query: TextQuery, field: String, filter: IDBitmap?
    ) throws(TextIndexError) -> [FacetCount]

    /// How many documents match.
    func matchCount(_ query: TextQuery, filter: IDBitmap?) throws(TextIndexError) -> Int

    /// Why the document of `id` has the score it has; `nil` if there is none.
    func explain(_ query: TextQuery, id: UInt64) throws(TextIndexError) -> TextExplanation?

    /// What a document would score that says nothing but the query's words: the sum over the groups of the greatest
    /// weight · idf · (k₁ + 1) among a group's terms, without phrases and nearness. A group that no document has counts
    /// as a word that none has: what is asked for and is not there is missing in whatever is found.
    ///
    /// A score divided by it is comparable between queries: the share of the query's information that a document has.
    func bound(of query: TextQuery) throws(TextIndexError) -> Double

    /// In how many documents, of those stored now, a term stands.
    func documentFrequency(of term: String) throws(TextIndexError) -> Int
}

extension TextStore {
    /// For stores in memory, which know each id at once.
    public func stored(among ids: [UInt64]) throws(TextIndexError) -> [UInt64] {
        ids.filter { contains($0) }
    }

    /// For stores in memory, which know all ids at once.
    public func storedIDs() throws(TextIndexError) -> [UInt64] { ids() }

    /// The best `limit` matches of all documents.
    public func search(_ query: TextQuery, limit: Int) throws(TextIndexError) -> [TextMatch] {
        try search(query, limit: limit, filter: nil)
    }
}
