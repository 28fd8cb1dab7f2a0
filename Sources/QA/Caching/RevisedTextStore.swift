import TextIndex
import VectorIndex

/// An index of words that counts its changes, provided that all of them are made through it.
public final class RevisedTextStore: TextStore, RevisedIndex {
    /// What it counts the changes of.
    public let base: any TextStore
    private let counter = RevisionCounter()
    private let changesElsewhere: @Sendable () -> UInt64
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - base: changed by this process through this store alone from now on.
    ///   - changesElsewhere: of a base that other processes change too, a number that grows whenever one did.
    ///   - onChange: called after each change, for those processes to be told of it; must not wait.
    public init(
        _ base: any TextStore, changesElsewhere: @escaping @Sendable () -> UInt64 = { 0 },
        onChange: @escaping @Sendable () -> Void = {}
    ) {
        self.base = base
        self.onChange = onChange
        self.changesElsewhere = changesElsewhere
    }

    public var revision: UInt64? {
        // Both only grow, so that equal sums are of equal numbers.
        counter.revision.map { $0 &+ changesElsewhere() }
    }

    public var format: TextFormat { base.format }
    public var scoring: TextScoring { base.scoring }
    public var count: Int { base.count }

    public func upsert(_ documents: [TextDocument]) throws(TextIndexError) {
        defer { onChange() }
        try counter.change { () throws(TextIndexError) in try base.upsert(documents) }
    }

    public func remove(_ ids: [UInt64]) throws(TextIndexError) {
        guard !ids.isEmpty else { return }
        defer { onChange() }
        try counter.change { () throws(TextIndexError) in try base.remove(ids) }
    }

    public func contains(_ id: UInt64) -> Bool { base.contains(id) }

    public func stored(among ids: [UInt64]) throws(TextIndexError) -> [UInt64] {
        try base.stored(among: ids)
    }

    public func ids() -> [UInt64] { base.ids() }

    public func storedIDs() throws(TextIndexError) -> [UInt64] { try base.storedIDs() }

    public func search(
        _ query: TextQuery, limit: Int, filter: IDBitmap?
    ) throws(TextIndexError) -> [TextMatch] {
        try base.search(query, limit: limit, filter: filter)
    }

    public func facets(
        _ query: TextQuery, field: String, filter: IDBitmap?
    ) throws(TextIndexError) -> [FacetCount] {
        try base.facets(query, field: field, filter: filter)
    }

    public func matchCount(_ query: TextQuery, filter: IDBitmap?) throws(TextIndexError) -> Int {
        try base.matchCount(query, filter: filter)
    }

    public func explain(_ query: TextQuery, id: UInt64) throws(TextIndexError) -> TextExplanation? {
        try base.explain(query, id: id)
    }

    public func bound(of query: TextQuery) throws(TextIndexError) -> Double { try base.bound(of: query) }

    public func documentFrequency(of term: String) throws(TextIndexError) -> Int {
        try base.documentFrequency(of: term)
    }
}
