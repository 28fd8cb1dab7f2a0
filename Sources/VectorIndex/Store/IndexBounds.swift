/// Makes sure that nothing in an index that somebody else has made leads outside of it.
///
/// Checksums tell damage from what was written, and nothing of who wrote it: whoever may write where snapshots are
/// published can give wrong numbers right checksums. Searches follow links without looking where they lead, so all of
/// them are looked at before such an index is taken. An index that this process has written needs none of it.
struct IndexBounds {
    let index: HNSWIndex
    /// The end of the arena's used part.
    let upperEnd: Int
    /// For errors.
    let file: String

    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` naming the first slot that is not as it must be.
    /// - Complexity: one pass over levels, links and buckets.
    func check() throws(VectorIndexError) {
        try checkRuns()
        try checkLinks()
        try checkBuckets()
    }

    private var count: Int { index.slots.count }

    /// Each slot's run in the arena begins where the one before it ends, so that no two share a word.
    private func checkRuns() throws(VectorIndexError) {
        let graph = index.graph
        var end = 0
        for slot in 0..<UInt32(count) {
            let level = graph.level(of: slot)
            guard level <= HNSWGraph.highestLevel, graph.upperStart(of: slot) == end else {
                throw damage("the upper links of slot \(slot) are not where they must be")
            }
            end += graph.upperWords(level: level)
            guard end <= upperEnd else { throw damage("slot \(slot) reaches beyond the upper links") }
        }
        guard end == upperEnd else { throw damage("it has upper links that are no slot's") }
    }

    /// Every link leads to a slot that reaches the link's layer.
    private func checkLinks() throws(VectorIndexError) {
        let graph = index.graph
        let links = AlignedBuffer<UInt32>(count: graph.limit(layer: 0))
        for slot in 0..<UInt32(count) {
            for layer in 0...graph.level(of: slot) {
                // Bounds: no list is longer than that of layer 0, and runs lie in the arena.
                let found = graph.copyLinks(of: slot, layer: layer, into: links.base)
                for position in 0..<found {
                    let link = links.base[position]
                    guard link < count, graph.level(of: link) >= layer else {
                        throw damage("slot \(slot) links to \(link) on layer \(layer), which is not there")
                    }
                }
            }
        }
    }

    /// Each slot is in one bucket, and the others are free: a lookup ends at a free one.
    private func checkBuckets() throws(VectorIndexError) {
        let buckets = index.slots.buckets
        var isSeen = [Bool](repeating: false, count: count)
        var filled = 0
        for bucket in 0..<buckets.count {
            let slot = buckets[bucket]
            if slot == SlotTable.none { continue }
            guard slot < count, !isSeen[Int(slot)] else {
                throw damage(
                    "hash bucket \(bucket) names slot \(slot), which is not there or has another one")
            }
            isSeen[Int(slot)] = true
            filled += 1
        }
        guard filled == count else { throw damage("its hash buckets name \(filled) of \(count) slots") }
    }

    private func damage(_ reason: String) -> VectorIndexError { .damaged(file: file, reason: reason) }
}
