extension HNSWIndex {
    /// Walks greedily down from the entry point to just above `layer`: algorithm 2 with ef = 1, once a layer.
    ///
    /// - Returns: the nearest slot met on layer `layer + 1`, or the entry point if it is no higher than
    ///   `layer`.
    func descend(from entry: (slot: UInt32, level: Int), to layer: Int, scratch: SearchScratch) -> Candidate {
        var nearest = withDistance(entry.slot, scratch: scratch)
        var current = entry.level
        while current > layer {
            while let next = nearestNeighbor(of: nearest, layer: current, scratch: scratch) {
                nearest = next
            }
            current -= 1
        }
        return nearest
    }

    /// Where a walk of layer 0 begins: at `start`, and at the nearest landmark if that is nearer.
    func starts(besides start: Candidate, scratch: SearchScratch) -> [Candidate] {
        let rows = scratch.rows.base
        let count = landmarks.slots.count
        // Bounds: no more landmarks than `Landmarks.limit`, which is below `SearchScratch.rowLimit`.
        for i in 0..<count {
            rows[i] = landmarks.slots[i]
            blocks.prefetchCodes(of: rows[i])
        }
        computeDistances(count, scratch: scratch)
        var best = start
        for i in 0..<count where scratch.distances.base[i] < best.distance {
            best = Candidate(distance: scratch.distances.base[i], slot: rows[i])
        }
        return best.slot == start.slot ? [start] : [best, start]
    }

    /// The neighbour of `candidate` nearest to the query, if nearer than itself.
    private func nearestNeighbor(of candidate: Candidate, layer: Int, scratch: SearchScratch) -> Candidate? {
        let (rows, distances) = (scratch.rows.base, scratch.distances.base)
        let count = graph.copyLinks(of: candidate.slot, layer: layer, into: rows)
        for i in 0..<count { blocks.prefetchCodes(of: rows[i]) }
        computeDistances(count, scratch: scratch)
        var best = candidate
        for i in 0..<count where distances[i] < best.distance {
            best = Candidate(distance: distances[i], slot: rows[i])
        }
        return best.slot == candidate.slot ? nil : best
    }

    /// Beam search of one layer (algorithm 2): leaves in `scratch.beam` the `ef` slots nearest to the query
    /// that links lead to from `starts`; of copies of one vector at most `equalLimit`.
    func searchLayer(
        _ layer: Int, from starts: [Candidate], ef: Int, equalLimit: Int, stop: StopRule = .none,
        scratch: SearchScratch
    ) {
        scratch.visited.reset(capacity: capacity)
        scratch.beam.reset(width: ef, equalLimit: equalLimit, stop: stop)
        // Where damage was met there is nowhere to start: the links there may be anything.
        if scratch.damage != nil { return }
        for start in starts where scratch.visited.insert(start.slot) {
            scratch.beam.insert(start)
        }
        // Copies of these structures: their storage is the scratch's, and the compiler need not check that
        // nobody else changes them meanwhile.
        var beam = scratch.beam
        let (marks, epoch) = (scratch.visited.base, scratch.visited.epoch)
        let (links, rows, distances) = (scratch.links.base, scratch.rows.base, scratch.distances.base)
        let query = scratch.query
        let mustCheck = watch?.mustCheckBlocks ?? false
        var evaluations = 0
        while let slot = beam.popNearest() {
            let count = graph.copyLinks(of: slot, layer: layer, into: links)
            var unseen = 0
            for i in 0..<count {
                // Whether a link is new cannot be predicted, so no branch asks.
                let link = links[i]
                rows[unseen] = link
                unseen += marks[Int(link)] == epoch ? 0 : 1
                marks[Int(link)] = epoch
            }
            for i in 0..<unseen { blocks.prefetchCodes(of: rows[i]) }
            if mustCheck, !isSound(rows, count: unseen, scratch: scratch) { break }
            kernel.distances(from: query, to: blocks, slots: rows, count: unseen, into: distances)
            evaluations += unseen
            for i in 0..<unseen where beam.insert(Candidate(distance: distances[i], slot: rows[i])) {
                if layer == 0 { blocks.prefetchLinks(of: rows[i]) }
            }
        }
        scratch.beam = beam
        scratch.evaluations += evaluations
    }

    /// Computes the distances of the first `count` of `scratch.rows` and offers them to the beam.
    func offerRows(_ count: Int, scratch: SearchScratch) {
        for i in 0..<count { blocks.prefetchCodes(of: scratch.rows.base[i]) }
        computeDistances(count, scratch: scratch)
        for i in 0..<count {
            let slot = scratch.rows.base[i]
            if scratch.beam.insert(Candidate(distance: scratch.distances.base[i], slot: slot)) {
                blocks.prefetchLinks(of: slot)
            }
        }
    }

    /// Whether the blocks of slots are as they were written; if not, the scratch keeps what is wrong.
    func isSound(_ slots: UnsafePointer<UInt32>, count: Int, scratch: SearchScratch) -> Bool {
        do throws(VectorIndexError) {
            try watch?.checkBlocks(of: slots, count: count)
            return true
        } catch {
            scratch.damage = scratch.damage ?? error
            return false
        }
    }

    /// Computes the distances of the first `count` of `scratch.rows` from the query; infinite ones from
    /// damaged blocks.
    func computeDistances(_ count: Int, scratch: SearchScratch) {
        if let watch, watch.mustCheckBlocks, !isSound(scratch.rows.base, count: count, scratch: scratch) {
            return scratch.distances.base.update(repeating: .infinity, count: count)
        }
        kernel.distances(
            from: scratch.query, to: blocks, slots: scratch.rows.base, count: count,
            into: scratch.distances.base)
        scratch.evaluations += count
    }

    /// A slot as a candidate.
    func withDistance(_ slot: UInt32, scratch: SearchScratch) -> Candidate {
        scratch.rows.base[0] = slot
        computeDistances(1, scratch: scratch)
        return Candidate(distance: scratch.distances.base[0], slot: slot)
    }
}
