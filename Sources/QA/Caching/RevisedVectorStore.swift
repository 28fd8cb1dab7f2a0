import VectorIndex

/// A vector index that counts its changes, provided that all of them are made through it.
public final class RevisedVectorStore: VectorStore, RevisedIndex {
    private let base: any VectorStore
    private let counter = RevisionCounter()

    /// - Parameter base: changed through this store alone from now on.
    public init(_ base: any VectorStore) {
        self.base = base
    }

    public var revision: UInt64? { counter.revision }
    public var dimension: Int { base.dimension }
    public var metric: Metric { base.metric }
    public var count: Int { base.count }

    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        try counter.change { () throws(VectorIndexError) in try base.upsert(entries) }
    }

    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        guard !ids.isEmpty else { return }
        try counter.change { () throws(VectorIndexError) in try base.remove(ids) }
    }

    public func contains(_ id: UInt64) -> Bool { base.contains(id) }

    public func ids() -> [UInt64] { base.ids() }

    public func search(
        _ query: [Float], k: Int, efSearch: Int?, filter: VectorFilter?
    ) throws(VectorIndexError) -> [Neighbor] {
        try base.search(query, k: k, efSearch: efSearch, filter: filter)
    }
}
