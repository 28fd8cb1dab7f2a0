/// Exact nearest neighbours: every vector is compared. For small sets, and the truth that recall is measured
/// against.
///
/// Dot products come from BLAS; whatever their rounding could have misplaced is compared again by the kernel
/// that the graph uses, so that equal vectors get the same distance from both stores, to the bit.
public final class FlatIndex: VectorStore {
    /// What *near* means.
    public let metric: Metric
    private let checks: VectorChecks
    private let current: Guarded<FlatRows>
    private let writing = Guarded(())

    /// An empty index.
    public init(dimension: Int, metric: Metric) throws(VectorIndexError) {
        checks = try VectorChecks(dimension: dimension, metric: metric)
        self.metric = metric
        current = Guarded(FlatRows(dimension: dimension, metric: metric, capacity: 0))
    }

    /// Floats of each vector.
    public var dimension: Int { checks.dimension }
    /// Vectors that are there now.
    public var count: Int { rows.slots.count }

    /// Stores vectors in place of those of their ids.
    ///
    /// - Throws: ``VectorIndexError`` for a vector that the index cannot hold; nothing is stored then.
    /// - Complexity: O(floats of the vectors), and of all of them when the room is used up.
    public func upsert(_ entries: [VectorEntry]) throws(VectorIndexError) {
        let scales = try checks.scales(of: entries)
        try writing.withLock { _ throws(VectorIndexError) in
            let rows = try rows.withRoom(for: entries.count)
            for (entry, scale) in zip(entries, scales) { rows.append(entry, scale: scale) }
            current.withLock { $0 = rows }
        }
    }

    /// Removes vectors; ids that are not there are passed over.
    public func remove(_ ids: [UInt64]) throws(VectorIndexError) {
        writing.withLock { _ in
            let rows = rows
            for id in ids { _ = rows.slots.deactivate(id) }
            if rows.slots.isCrowded() { current.withLock { $0 = rows.compacted(room: 0) } }
        }
    }

    /// Whether a vector is there now.
    public func contains(_ id: UInt64) -> Bool { rows.slots.slot(of: id) != nil }

    /// The ids of all vectors, of one moment.
    public func ids() -> [UInt64] {
        rows.slots.liveIDs()
    }

    /// The nearest vectors, exactly; `efSearch` means nothing here.
    ///
    /// - Complexity: O(``count`` · ``dimension``).
    public func search(
        _ query: [Float], k: Int, efSearch: Int? = nil, filter: VectorFilter? = nil
    ) throws(VectorIndexError) -> [Neighbor] {
        try searchBatch([query], k: k, efSearch: efSearch, filter: filter)[0]
    }

    /// Searches for many queries at once, which is faster than one after the other: a block of vectors is
    /// read from memory once for 256 queries.
    ///
    /// - Returns: each query's result, in their order.
    public func searchBatch(
        _ queries: [[Float]], k: Int, efSearch: Int? = nil, filter: VectorFilter? = nil
    ) throws(VectorIndexError) -> [[Neighbor]] {
        try checks.check(k: k, efSearch: efSearch)
        var scales: [Float] = []
        for query in queries { scales.append(try checks.scale(of: query)) }
        let rows = rows
        var results: [[Neighbor]] = []
        results.reserveCapacity(queries.count)
        for start in stride(from: 0, to: queries.count, by: FlatScan.tile) {
            let range = start..<min(start + FlatScan.tile, queries.count)
            let scan = FlatScan(
                rows: rows, queries: queries[range], scales: scales[range], k: k, filter: filter)
            results += scan.run()
        }
        return results
    }

    private var rows: FlatRows { current.withLock { $0 } }
}
