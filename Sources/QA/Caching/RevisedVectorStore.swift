import VectorIndex

/// A vector index that counts its changes, provided that all of them are made through it.
public final class RevisedVectorStore: VectorStore, RevisedIndex {
    private let base: any VectorStore
    private let counter = RevisionCounter()
    private let changesElsewhere: @Sendable () -> UInt64
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - base: changed by this process through this store alone from now on.
    ///   - changesElsewhere: of a base that other processes change too, a number that grows whenever one did.
    ///   - onChange: called after each change, for those processes to be told of it; must not wait.
    public init(
        _ base: any VectorStore, changesElsewhere: @escaping @Sendable () -> UInt64 = { 0 },
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

    public var dimension: Int { base.dimension }
    public var metric: Metric { base.metric }
    public var count: Int { base.count }

    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        defer { onChange() }
        try counter.change { () throws(VectorIndexError) in try base.upsert(entries) }
    }

    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        guard !ids.isEmpty else { return }
        defer { onChange() }
        try counter.change { () throws(VectorIndexError) in try base.remove(ids) }
    }

    public func contains(_ id: UInt64) -> Bool { base.contains(id) }

    public func stored(among ids: [UInt64]) throws(VectorIndexError) -> [UInt64] {
        try base.stored(among: ids)
    }

    public func ids() -> [UInt64] { base.ids() }

    public func storedIDs() throws(VectorIndexError) -> [UInt64] { try base.storedIDs() }

    public func search(
        _ query: [Float], k: Int, efSearch: Int?, filter: VectorFilter?
    ) throws(VectorIndexError) -> [Neighbor] {
        try base.search(query, k: k, efSearch: efSearch, filter: filter)
    }
}
