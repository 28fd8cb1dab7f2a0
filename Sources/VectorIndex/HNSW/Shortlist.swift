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
        for candidate in exact where result.count < k {
            let id = index.slots.id(of: candidate.slot)
            // While an id's vector is being replaced both its slots can be live for a moment: the nearer one
            // counts.
            if !isFirst(id, in: result) { continue }
            result.append(Neighbor(id: id, distance: index.metric.clamped(candidate.distance)))
        }
        return result
    }

    private func isFirst(_ id: UInt64, in result: [Neighbor]) -> Bool {
        // Two slots of one id are as near as the two vectors; a look at the last few would not do. But where
        // nothing is being replaced there are none.
        !index.slots.hasDead || !result.contains { $0.id == id }
    }

    private func exactCandidates() -> [Candidate] {
        var exact: [Candidate] = []
        exact.reserveCapacity(candidates.count)
        let (rows, distances) = (scratch.rows.base, scratch.distances.base)
        for start in stride(from: 0, to: candidates.count, by: SearchScratch.rowLimit) {
            let count = min(SearchScratch.rowLimit, candidates.count - start)
            for i in 0..<count { rows[i] = candidates[start + i].slot }
            guard isSound(rows, count: count) else { return [] }
            index.exactKernel.distances(
                from: scratch.queryFloats, to: index.matrix, rows: rows, count: count, into: distances)
            for i in 0..<count { exact.append(Candidate(distance: distances[i], slot: rows[i])) }
        }
        exact.sort()
        return exact
    }

    private func isSound(_ slots: UnsafePointer<UInt32>, count: Int) -> Bool {
        guard let watch = index.watch else { return true }
        do throws(VectorIndexError) {
            for i in 0..<count { try watch.checkRow(of: slots[i]) }
            return true
        } catch {
            scratch.damage = scratch.damage ?? error
            return false
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
