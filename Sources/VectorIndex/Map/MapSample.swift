/// What a map is drawn of: vectors of one moment, where the two directions of greatest variance put them, and who
/// is near whom.
struct MapSample: Sendable {
    /// Ascending.
    var ids: [UInt64]
    /// Two numbers a point.
    var components: [Float]
    /// Empty for ``EmbeddingMap/Method/components``.
    var neighbours: [Neighbourhood.Link]
    var method: EmbeddingMap.Method
    var isSample: Bool

    /// With fewer vectors than this, each is nearly everybody's neighbour.
    private static let fewest = 64

    /// Reads what a map needs.
    ///
    /// - Returns: `nil` if `progress` ended it.
    static func taken(
        from index: HNSWIndex, limit: Int, seed: UInt64, scratch: SearchScratch,
        progress: (Double) -> Bool
    ) throws(VectorIndexError) -> MapSample? {
        // Links of damaged blocks could lead anywhere.
        try index.watch?.checkAllBlocks()
        let (slots, total) = chosen(of: index, limit: limit, seed: seed)
        let ids = slots.map { index.slots.id(of: $0) }
        guard ids.count > 2 else {
            return MapSample(
                ids: ids, components: ids.flatMap { _ in [Float(0), 0] }, neighbours: [], method: .none,
                isSample: false)
        }
        let rows = StoredRows(index, scratch)
        guard let components = try PrincipalComponents.ofMost(slots, rows) else {
            // All vectors are alike.
            return MapSample(
                ids: ids, components: ids.flatMap { _ in [Float(0), 0] }, neighbours: [], method: .none,
                isSample: total > ids.count)
        }
        guard progress(0.2) else { return nil }
        let places = try components.places(of: slots, rows)
        guard progress(0.5) else { return nil }
        var links: [Neighbourhood.Link] = []
        if ids.count >= fewest {
            guard
                let found = try Neighbourhood(index, slots, total: total, scratch: scratch)
                    .links(progress: { progress(0.5 + 0.5 * $0) })
            else { return nil }
            links = found
        }
        return MapSample(
            ids: ids, components: places, neighbours: links,
            method: links.isEmpty ? .components : .neighbours,
            isSample: total > ids.count)
    }

    /// Live slots by their ids, of more than `limit` those with the least mixed ids; and how many there are.
    private static func chosen(of index: HNSWIndex, limit: Int, seed: UInt64) -> ([UInt32], total: Int) {
        var slotOf: [UInt64: UInt32] = [:]
        slotOf.reserveCapacity(index.slots.count)
        // While an id is being replaced both its slots may be live; either will do.
        for slot in index.slots.liveSlots() { slotOf[index.slots.id(of: slot)] = slot }
        var ids = Array(slotOf.keys)
        if ids.count > limit {
            let mixed = ids.map { (SplitMix64.number($0, seed: seed), $0) }.sorted { $0.0 < $1.0 }
            ids = mixed.prefix(limit).map(\.1)
        }
        ids.sort()
        return (ids.compactMap { slotOf[$0] }, slotOf.count)
    }
}

/// Full vectors, wherever they lie.
struct StoredRows {
    let index: HNSWIndex
    private let scratch: SearchScratch

    init(_ index: HNSWIndex, _ scratch: SearchScratch) {
        (self.index, self.scratch) = (index, scratch)
    }

    /// Floats of a row, padding included.
    var length: Int { index.matrix.rowLength }

    /// Copies the vector of a slot.
    ///
    /// - Parameter target: room for ``length`` floats.
    func copy(_ slot: UInt32, to target: UnsafeMutablePointer<Float>) throws(VectorIndexError) {
        guard let watch = index.watch, watch.hasRow(of: slot) else {
            return index.matrix.withRow(Int(slot)) { target.update(from: $0, count: length) }
        }
        try watch.readRow(of: slot, into: scratch.row)
        target.update(from: scratch.row.base, count: length)
    }
}
