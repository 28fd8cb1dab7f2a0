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
        var shortlist = Shortlist(k: k, deviations: Shortlist.amongMany, index: index, scratch: scratch)
        for candidate in kept.filter({ $0.distance <= limit }).sorted() {
            if index.slots.isLive(candidate.slot), !shortlist.append(candidate) { break }
        }
        return shortlist.neighbors()
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
