/// Compares slots one after the other: all by their codes, and those that could be among the `k` nearest again
/// on the full vectors.
///
/// The rows are gathered, so this is the kernel's work and not that of a matrix product, which would have to
/// copy them together first; with one query that is the same number of multiplications.
struct CodeScan {
    private let index: HNSWIndex
    private let k: Int
    private let scratch: SearchScratch
    private var nearest: BoundedHeap
    /// Every candidate that was, when it came, not too far behind the `k`-th nearest.
    private var kept: [Candidate] = []
    /// Estimates above this are too far behind.
    private var limit = Float.infinity
    private var pending = 0
    /// New slots of ids that were replaced meanwhile.
    private var followed: Set<UInt32> = []

    /// - Parameter scratch: its query is what slots are compared with.
    init(index: HNSWIndex, k: Int, scratch: SearchScratch) {
        (self.index, self.k, self.scratch) = (index, k, scratch)
        nearest = BoundedHeap(limit: k)
    }

    /// Compares a slot, now or together with later ones.
    @inline(__always)
    mutating func collect(_ slot: UInt32) {
        scratch.rows.base[pending] = slot
        index.blocks.prefetchCodes(of: slot)
        pending += 1
        if pending == SearchScratch.rowLimit { compare() }
    }

    /// The nearest `k` of those collected.
    mutating func neighbors() -> [Neighbor] {
        compare()
        for _ in 1..<HNSWIndex.looks {
            if let found = nearestKept(lastLook: false) { return found }
            followReplacements()
        }
        return nearestKept(lastLook: true) ?? []
    }

    /// - Returns: `nil` if an id moved to a slot that was not collected, unless it is the last look.
    private func nearestKept(lastLook: Bool) -> [Neighbor]? {
        var shortlist = Shortlist(k: k, deviations: Shortlist.amongMany, index: index, scratch: scratch)
        for candidate in kept.filter({ $0.distance <= limit }).sorted() {
            guard index.slots.isLive(candidate.slot) else {
                if !lastLook, let slot = index.replacement(of: candidate.slot), !followed.contains(slot) {
                    return nil
                }
                continue
            }
            if !shortlist.append(candidate) { break }
        }
        return shortlist.neighbors()
    }

    /// Compares the new vectors of the ids that were replaced since their old ones were collected.
    private mutating func followReplacements() {
        // One that was collected by itself and was too far away is compared once more, no more.
        let known = Set(kept.map(\.slot))
        for slot in kept.compactMap({ index.replacement(of: $0.slot) }) {
            guard followed.insert(slot).inserted, !known.contains(slot) else { continue }
            collect(slot)
        }
        compare()
    }

    private mutating func compare() {
        index.computeDistances(pending, scratch: scratch)
        for i in 0..<pending where scratch.distances.base[i] <= limit {
            let candidate = Candidate(distance: scratch.distances.base[i], slot: scratch.rows.base[i])
            kept.append(candidate)
            nearest.offer(candidate)
            if let worst = nearest.worst {
                limit = Shortlist.limit(behind: worst, Shortlist.amongMany, index, scratch)
            }
        }
        pending = 0
    }
}
