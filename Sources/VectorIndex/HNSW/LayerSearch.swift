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

    /// The neighbour of `candidate` nearest to the query, if nearer than itself.
    private func nearestNeighbor(of candidate: Candidate, layer: Int, scratch: SearchScratch) -> Candidate? {
        let count = graph.copyLinks(of: candidate.slot, layer: layer, into: scratch.rows.base)
        computeDistances(count, scratch: scratch)
        var best = candidate
        for i in 0..<count where scratch.distances.base[i] < best.distance {
            best = Candidate(distance: scratch.distances.base[i], slot: scratch.rows.base[i])
        }
        return best.slot == candidate.slot ? nil : best
    }

    /// Beam search of one layer (algorithm 2): leaves in `scratch.beam` the `ef` slots nearest to the query
    /// that links lead to from `starts`; of copies of one vector at most `equalLimit`.
    func searchLayer(
        _ layer: Int, from starts: [Candidate], ef: Int, equalLimit: Int, scratch: SearchScratch
    ) {
        scratch.visited.reset(capacity: capacity)
        scratch.beam.reset(width: ef, equalLimit: equalLimit)
        for start in starts where scratch.visited.insert(start.slot) {
            scratch.beam.insert(start)
        }
        let visited = scratch.visited
        let (links, rows) = (scratch.links.base, scratch.rows.base)
        while let slot = scratch.beam.popNearest() {
            let count = graph.copyLinks(of: slot, layer: layer, into: links)
            var unseen = 0
            for i in 0..<count where visited.insert(links[i]) {
                rows[unseen] = links[i]
                unseen += 1
            }
            offerRows(unseen, scratch: scratch)
        }
    }

    /// Computes the distances of the first `count` of `scratch.rows` and offers them to the beam.
    @inline(__always)
    func offerRows(_ count: Int, scratch: SearchScratch) {
        computeDistances(count, scratch: scratch)
        for i in 0..<count {
            let slot = scratch.rows.base[i]
            if scratch.beam.insert(Candidate(distance: scratch.distances.base[i], slot: slot)) {
                graph.prefetchLinks(of: slot)
            }
        }
    }

    /// Computes the distances of the first `count` of `scratch.rows` from the query.
    @inline(__always)
    func computeDistances(_ count: Int, scratch: SearchScratch) {
        kernel.distances(
            from: scratch.query.base, to: matrix, rows: scratch.rows.base, count: count,
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
