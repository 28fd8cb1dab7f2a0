extension HNSWIndex {
    /// Chooses links that point in different directions (algorithm 4, without extending candidates and
    /// without keeping pruned ones, as in the authors' implementation).
    ///
    /// Going from the nearest outwards, a candidate is taken if nothing taken before it is nearer to it than
    /// the base is. Two departures. Copies of the base, to which nothing is ever nearer, get a quarter of the
    /// links at most: otherwise a heap of identical vectors would spend all its links on itself and drop out
    /// of the graph. And under inner product, where a long vector is nearer to everything than anything else
    /// is, the nearest of those left out fill the list up to half its limit: otherwise most vectors would
    /// link to a few long ones only.
    ///
    /// - Parameters:
    ///   - candidates: nearest to the base first, with their distances from it.
    ///   - base: whose links these are.
    func selectDiverse(
        _ candidates: [Candidate], from base: UInt32, limit: Int, scratch: SearchScratch
    ) -> [UInt32] {
        var selected: [UInt32] = []
        selected.reserveCapacity(limit)
        var leftOut: [UInt32] = []
        var copies = 0
        let distanceOfCopies = distance(base, base, scratch: scratch)
        for candidate in candidates {
            if selected.count >= limit { break }
            if candidate.distance == distanceOfCopies {
                copies += 1
                if copies > max(limit / 4, 1) { continue }
            }
            if isNearerToBase(candidate, than: selected, scratch: scratch) {
                selected.append(candidate.slot)
            } else if metric == .innerProduct {
                leftOut.append(candidate.slot)
            }
        }
        return selected + leftOut.prefix(max(limit / 2 - selected.count, 0))
    }

    /// Whether no slot of `selected` is nearer to the candidate than the base is. Stops at the first that is.
    private func isNearerToBase(_ candidate: Candidate, than selected: [UInt32], scratch: SearchScratch)
        -> Bool
    {
        let distances = scratch.distances.base
        let query = kernel.query(of: candidate.slot, in: blocks, buffer: scratch.candidateBuffer)
        return selected.withUnsafeBufferPointer { selected in
            guard let slots = selected.baseAddress else { return true }
            var start = 0
            while start < selected.count {
                let count = min(4, selected.count - start)
                kernel.distances(from: query, to: blocks, slots: slots + start, count: count, into: distances)
                for i in 0..<count where distances[i] < candidate.distance { return false }
                start += count
            }
            return true
        }
    }

    /// Slots as candidates seen from `base`, nearest first.
    func sortedByDistance(_ others: [UInt32], from base: UInt32, scratch: SearchScratch) -> [Candidate] {
        zip(distances(from: base, to: others, scratch: scratch), others)
            .map { Candidate(distance: $0, slot: $1) }
            .sorted()
    }

    /// The distances of slots from the slot `base`, by their codes.
    func distances(from base: UInt32, to others: [UInt32], scratch: SearchScratch) -> [Float] {
        // An empty array made that way writes into the one that all empty arrays share.
        if others.isEmpty { return [] }
        let query = kernel.query(of: base, in: blocks, buffer: scratch.candidateBuffer)
        return Array(unsafeUninitializedCapacity: others.count) { results, initialized in
            others.withUnsafeBufferPointer { others in
                guard let slots = others.baseAddress, let results = results.baseAddress else { return }
                for start in stride(from: 0, to: others.count, by: SearchScratch.rowLimit) {
                    // Bounds: start + count <= others.count, the length of both buffers.
                    let count = min(SearchScratch.rowLimit, others.count - start)
                    for i in start..<start + count { blocks.prefetchCodes(of: slots[i]) }
                    kernel.distances(
                        from: query, to: blocks, slots: slots + start, count: count, into: results + start)
                }
            }
            initialized = others.count
        }
    }

    /// The distance of two stored vectors, by their codes.
    func distance(_ a: UInt32, _ b: UInt32, scratch: SearchScratch) -> Float {
        let query = kernel.query(of: a, in: blocks, buffer: scratch.candidateBuffer)
        var (slot, result) = (b, Float(0))
        kernel.distances(from: query, to: blocks, slots: &slot, count: 1, into: &result)
        return result
    }
}
