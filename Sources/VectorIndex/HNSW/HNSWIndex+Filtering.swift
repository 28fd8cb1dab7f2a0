extension HNSWIndex {
    /// The `k` nearest to `scratch.query` that the filter admits, nearest first.
    ///
    /// Once more should so much have been replaced meanwhile that the journal has forgotten some of it.
    func search(k: Int, ef: Int, filter: VectorFilter?, scratch: SearchScratch) -> [Neighbor] {
        for _ in 1..<Self.looks {
            scratch.replacementsBefore = slots.replacements.count
            let found = searchOnce(k: k, ef: ef, filter: filter, scratch: scratch)
            if slots.replacements.reaches(backTo: scratch.replacementsBefore) { return found }
        }
        return searchOnce(k: k, ef: ef, filter: filter, scratch: scratch)
    }

    private func searchOnce(k: Int, ef: Int, filter: VectorFilter?, scratch: SearchScratch) -> [Neighbor] {
        let total = slots.count
        switch filter {
        case nil:
            let plan = SearchPlan.first(admitted: total, total: total, ef: ef, M: graph.M)
            if plan == .scan { return scan(Everything(), k: k, scratch: scratch) }
            return nearest(k: k, ef: ef, scratch: scratch)
        case .allowed(let ids):
            let plan = SearchPlan.first(admitted: ids.count, total: total, ef: ef, M: graph.M)
            if plan == .scan, ids.count < total / 4 { return scan(ids, k: k, scratch: scratch) }
            return search(plan, k: k, ef: ef, admission: ids, admitted: ids.count, scratch: scratch)
        case .predicate(let predicate):
            let admission = PredicateAdmission(predicate: predicate)
            let admitted = estimate(admission, total: total)
            let plan = SearchPlan.first(admitted: admitted, total: total, ef: ef, M: graph.M)
            return search(plan, k: k, ef: ef, admission: admission, admitted: admitted, scratch: scratch)
        }
    }

    /// Follows the first plan; where that finds too little, a second one; and where that does too, scans.
    private func search(
        _ plan: SearchPlan, k: Int, ef: Int, admission: some Admission, admitted: Int, scratch: SearchScratch
    ) -> [Neighbor] {
        guard case .walk = plan else { return scan(admission, k: k, scratch: scratch) }
        fillBeam(ef: ef, scratch: scratch)
        let met = (0..<scratch.beam.count).count { admits(scratch.beam[$0].slot, admission) }
        // The outer half of a beam is less complete than the inner: what is asked for must lie in the inner.
        if met >= 2 * k || (met >= k && met >= scratch.beam.count - 1) {
            return neighbors(fromBeam: scratch, k: k, where: admission.admits)
        }
        let share = Double(admitted) / Double(max(slots.count, 1))
        switch SearchPlan.second(nearby: met, share: share, ef: ef) {
        case .scan:
            break
        case .walk(let ef):
            fillBeam(ef: ef, scratch: scratch)
            let found = neighbors(fromBeam: scratch, k: k, where: admission.admits)
            if found.count == k { return found }
        case .admittedWalk(let ef):
            if walkAdmitted(ef: ef, budget: admitted / 2, admission: admission, scratch: scratch) {
                let found = neighbors(fromBeam: scratch, k: k, where: admission.admits)
                if found.count == k { return found }
            }
        }
        return scan(admission, k: k, scratch: scratch)
    }

    // MARK: Scanning

    /// Compares every admitted slot, asking the filter about every slot.
    func scan(_ admission: some Admission, k: Int, scratch: SearchScratch) -> [Neighbor] {
        var scan = CodeScan(index: self, k: k, admission: admission, scratch: scratch)
        for slot in 0..<UInt32(slots.end) where slots.isLive(slot) && admission.admits(slots.id(of: slot)) {
            scan.collect(slot)
        }
        return scan.neighbors()
    }

    /// Compares every allowed id, looking up each one's slot: for few ids among many vectors.
    func scan(_ ids: IDBitmap, k: Int, scratch: SearchScratch) -> [Neighbor] {
        var scan = CodeScan(index: self, k: k, admission: ids, scratch: scratch)
        ids.forEach { id in
            if let slot = slots.slot(of: id) { scan.collect(slot) }
        }
        return scan.neighbors()
    }

    // MARK: Walking

    /// Beam search of layer 0 over admitted slots only. A neighbour that is not admitted is looked through:
    /// its own admitted neighbours take its place (Patel et al., "ACORN", 2024, section 6).
    ///
    /// It starts from what a walk without the filter left in the beam, and from a spread of admitted slots.
    ///
    /// - Returns: whether it ended before it had computed more than `budget` distances.
    func walkAdmitted(ef: Int, budget: Int, admission: some Admission, scratch: SearchScratch) -> Bool {
        let starts = scratch.beam.candidates().filter { admits($0.slot, admission) }
        scratch.visited.reset(capacity: capacity)
        scratch.beam.reset(width: ef)
        for start in starts where scratch.visited.insert(start.slot) {
            scratch.beam.insert(start)
        }
        scratch.evaluations = 0
        offerRows(spreadSeeds(admission, scratch: scratch), scratch: scratch)
        let most = graph.limit(layer: 0) * 2
        let visited = scratch.visited
        let (links, further, rows) = (scratch.links.base, scratch.furtherLinks.base, scratch.rows.base)
        let mustCheck = watch?.mustCheckBlocks ?? false
        // After damage the beam may hold slots whose links may be anything.
        while scratch.damage == nil, let slot = scratch.beam.popNearest() {
            guard scratch.evaluations <= budget else { return false }
            let count = graph.copyLinks(of: slot, layer: 0, into: links)
            var unseen = 0
            for i in 0..<count where visited.insert(links[i]) {
                if admits(links[i], admission) {
                    rows[unseen] = links[i]
                    unseen += 1
                    continue
                }
                if mustCheck, !isSound(links + i, count: 1, scratch: scratch) { return true }
                let furtherCount = graph.copyLinks(of: links[i], layer: 0, into: further)
                for j in 0..<furtherCount where unseen < most - count {
                    guard admits(further[j], admission), visited.insert(further[j]) else { continue }
                    rows[unseen] = further[j]
                    unseen += 1
                }
            }
            offerRows(unseen, scratch: scratch)
        }
        return true
    }

    @inline(__always)
    private func admits(_ slot: UInt32, _ admission: some Admission) -> Bool {
        slots.isLive(slot) && admission.admits(slots.id(of: slot))
    }

    /// Marks admitted slots from all over the index as visited and puts them into `scratch.rows`.
    private func spreadSeeds(_ admission: some Admission, scratch: SearchScratch) -> Int {
        var count = 0
        for slot in spread(8192) where admits(slot, admission) && scratch.visited.insert(slot) {
            scratch.rows.base[count] = slot
            count += 1
            if count == SearchScratch.rowLimit { break }
        }
        return count
    }

    /// How many vectors a function admits, from a sample.
    private func estimate(_ admission: some Admission, total: Int) -> Int {
        let sample = spread(512).filter(slots.isLive)
        let admitted = sample.count { admission.admits(slots.id(of: $0)) }
        return total * admitted / max(sample.count, 1)
    }

    /// At most `count` distinct slots, spread evenly but in jumps, so that a filter by insertion order is met
    /// fairly from the first on. (Multiples of an odd number near the golden section of the range, Weyl's
    /// sequence.)
    func spread(_ count: Int) -> some Sequence<UInt32> {
        let end = UInt64(max(slots.end, 1))
        let first = UInt64(Double(end) * 0.618_033_988_75)
        var step = max(first, 1)
        while greatestCommonDivisor(step, end) != 1 { step += 1 }
        return (0..<UInt64(min(count, slots.end))).lazy.map { UInt32($0 * step % end) }
    }

    private func greatestCommonDivisor(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var (a, b) = (a, b)
        while b != 0 { (a, b) = (b, a % b) }
        return a
    }
}
