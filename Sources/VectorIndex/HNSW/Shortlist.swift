/// The last step of a search: candidates with estimated distances become results with exact ones.
///
/// Estimates err by a known standard deviation (``BlockKernel/standardError(of:in:query:queryNorm:)``), so
/// only candidates that the errors could have put on the wrong side of the `k`-th place are compared again.
struct Shortlist {
    private let k: Int
    private let index: HNSWIndex
    private let scratch: SearchScratch
    private var candidates: [Candidate] = []
    /// Estimates above this belong to the `k` nearest only if two errors differ by more than the deviations.
    private var limit = Float.infinity

    /// How many standard errors an estimate may lie behind the `k`-th.
    private let deviations: Float

    /// Of some hundred candidates that a walk met: two errors, two deviations each, that are independent.
    static let amongFew: Float = 2.83
    /// Of thousands that a scan met, where the `k` smallest estimates are those with the most flattering
    /// errors: three deviations for them and three for the candidate.
    static let amongMany: Float = 6

    init(k: Int, deviations: Float = Self.amongFew, index: HNSWIndex, scratch: SearchScratch) {
        (self.k, self.deviations, self.index, self.scratch) = (k, deviations, index, scratch)
        candidates.reserveCapacity(min(2 * k + 16, 1024))
    }

    /// Takes a candidate; they come nearest first.
    ///
    /// - Returns: whether further ones are of use.
    mutating func append(_ candidate: Candidate) -> Bool {
        guard candidate.distance <= limit else { return false }
        candidates.append(candidate)
        if candidates.count == k {
            limit = Self.limit(behind: candidate, deviations, index, scratch)
        }
        return true
    }

    /// The `k` nearest of those taken, nearest first, with exact distances.
    func neighbors() -> [Neighbor] {
        let exact = index.layout.format == .float32 ? candidates : exactCandidates()
        var result: [Neighbor] = []
        result.reserveCapacity(min(k, exact.count))
        // While an id's vector is being replaced both its slots can be live; where none ever was they cannot.
        let mayRepeat = index.slots.replacements.count > 0
        var ids = Set<UInt64>()
        for candidate in exact where result.count < k {
            let id = index.slots.id(of: candidate.slot)
            // The nearer one counts.
            if mayRepeat, !ids.insert(id).inserted { continue }
            result.append(Neighbor(id: id, distance: index.metric.clamped(candidate.distance)))
        }
        return result
    }

    private func exactCandidates() -> [Candidate] {
        var exact: [Candidate] = []
        exact.reserveCapacity(candidates.count)
        for position in candidates.indices {
            let slot = candidates[position].slot
            if position + 1 < candidates.count { prefetchRow(of: candidates[position + 1].slot) }
            guard let distance = exactDistance(of: slot) else { return [] }
            exact.append(Candidate(distance: distance, slot: slot))
        }
        exact.sort()
        return exact
    }

    /// Asks for a full vector that is in memory.
    private func prefetchRow(of slot: UInt32) {
        if let watch = index.watch, watch.hasRow(of: slot) { return }
        index.matrix.withRow(Int(slot)) { BlockKernel.prefetch($0, bytes: 4 * index.matrix.rowLength) }
    }

    /// - Returns: `nil` if the full vector cannot be read or is damaged, which the scratch then keeps.
    private func exactDistance(of slot: UInt32) -> Float? {
        let (kernel, count) = (index.exactKernel, index.matrix.rowLength)
        guard let watch = index.watch, watch.hasRow(of: slot) else {
            return index.matrix.withRow(Int(slot)) { kernel.distance(scratch.queryFloats, $0, count: count) }
        }
        do throws(VectorIndexError) {
            try watch.readRow(of: slot, into: scratch.row)
            return kernel.distance(scratch.queryFloats, scratch.row.base, count: count)
        } catch {
            scratch.damage = scratch.damage ?? error
            return nil
        }
    }

    /// What a candidate's estimate may be if it is still to belong before `last`, the `k`-th nearest so far.
    ///
    /// The error of the `k`-th stands for all: vectors of one index have steps of one order.
    static func limit(
        behind last: Candidate, _ deviations: Float, _ index: HNSWIndex, _ scratch: SearchScratch
    ) -> Float {
        let error = index.kernel.standardError(
            of: last.slot, in: index.blocks, query: scratch.query, queryNorm: scratch.queryNorm)
        return last.distance + deviations * error
    }
}
