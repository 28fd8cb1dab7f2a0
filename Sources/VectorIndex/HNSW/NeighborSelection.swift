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
    ///   - taken: links that are kept whatever comes; they count against `limit`.
    func selectDiverse(
        _ candidates: [Candidate], from base: UInt32, keeping taken: [UInt32] = [], limit: Int,
        scratch: SearchScratch
    ) -> [UInt32] {
        var selected = taken
        selected.reserveCapacity(limit)
        var leftOut: [UInt32] = []
        var copies = 0
        let distanceOfCopies = matrix.withRow(Int(base)) { kernel.distance($0, $0, count: matrix.stride) }
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
        return matrix.withRow(Int(candidate.slot)) { row in
            selected.withUnsafeBufferPointer { selected in
                guard let slots = selected.baseAddress else { return true }
                var start = 0
                while start < selected.count {
                    let count = min(4, selected.count - start)
                    kernel.distances(
                        from: row, to: matrix, rows: slots + start, count: count, into: distances)
                    for i in 0..<count where distances[i] < candidate.distance { return false }
                    start += count
                }
                return true
            }
        }
    }

    /// Slots as candidates seen from `base`, nearest first.
    func sortedByDistance(_ others: [UInt32], from base: UInt32, scratch: SearchScratch) -> [Candidate] {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(others.count)
        matrix.withRow(Int(base)) { row in
            others.withUnsafeBufferPointer { others in
                guard let slots = others.baseAddress else { return }
                var start = 0
                while start < others.count {
                    let count = min(SearchScratch.rowLimit, others.count - start)
                    kernel.distances(
                        from: row, to: matrix, rows: slots + start, count: count, into: scratch.distances.base
                    )
                    for i in 0..<count {
                        let distance = scratch.distances.base[i]
                        candidates.append(Candidate(distance: distance, slot: slots[start + i]))
                    }
                    start += count
                }
            }
        }
        return candidates.sorted()
    }
}
