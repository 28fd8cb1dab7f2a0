/// Compares slots one after the other: all by their codes, and those that could be among the `k` nearest again
/// on the full vectors.
///
/// The rows are gathered, so this is the kernel's work and not that of a matrix product, which would have to
/// copy them together first; with one query that is the same number of multiplications.
struct CodeScan<Filter: Admission> {
    private let index: HNSWIndex
    private let k: Int
    private let admission: Filter
    private let scratch: SearchScratch
    private var nearest: BoundedHeap
    /// Every candidate that was, when it came, not too far behind the `k`-th nearest.
    private var kept: [Candidate] = []
    /// Estimates above this are too far behind.
    private var limit = Float.infinity
    private var pending = 0

    /// - Parameters:
    ///   - admission: what collected slots were asked, for those that take their places meanwhile.
    ///   - scratch: its query is what slots are compared with.
    init(index: HNSWIndex, k: Int, admission: Filter, scratch: SearchScratch) {
        (self.index, self.k, self.admission, self.scratch) = (index, k, admission, scratch)
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

    /// The nearest `k` of those collected, and of what was replaced since the search began: the scan may have
    /// passed the new slot before it was live and the old one after.
    mutating func neighbors() -> [Neighbor] {
        compare()
        var followed = scratch.replacementsBefore
        for _ in 1..<HNSWIndex.looks {
            let count = index.slots.replacements.count
            if count > followed { collectReplacements(since: followed) }
            followed = count
            let found = nearestKept()
            if index.slots.replacements.count == followed { return found }
        }
        return nearestKept()
    }

    private func nearestKept() -> [Neighbor] {
        var shortlist = Shortlist(k: k, deviations: Shortlist.amongMany, index: index, scratch: scratch)
        for candidate in kept.filter({ $0.distance <= limit }).sorted()
        where index.slots.isLive(candidate.slot) {
            if !shortlist.append(candidate) { break }
        }
        return shortlist.neighbors()
    }

    private mutating func collectReplacements(since start: Int) {
        // One that was collected by itself and was too far away is compared once more, no more.
        var known = Set(kept.map(\.slot))
        for slot in index.slots.replacements.slots(since: start)
        where index.slots.isLive(slot) && admission.admits(index.slots.id(of: slot)) {
            if known.insert(slot).inserted { collect(slot) }
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
