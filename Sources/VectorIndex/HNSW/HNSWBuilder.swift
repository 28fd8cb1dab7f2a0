/// Inserts into a graph (algorithm 1) while others search it. One owner at a time.
///
/// Why readers need no lock: a new vector and its links are written before the first link to it is published,
/// so whoever reaches it sees it whole; a list that changes holds only valid neighbours throughout; and what
/// is removed stays readable until ``EraLedger`` says that no reader from before the removal is left. When
/// the index is full, a larger copy is published, which happens O(log *n*) times in *n* insertions.
final class HNSWBuilder {
    let parameters: HNSWParameters
    let ledger: EraLedger<HNSWIndex>
    let scratch: SearchScratch
    var index: HNSWIndex
    var space: FreeSpace
    /// Links to each slot on layer 0. A slot without any could not be found, so its last one is never given
    /// up.
    var inDegree: [UInt32]
    /// Levels drawn so far.
    private(set) var draws: UInt64

    /// How many copies of one vector an insertion looks at. A new vector needs links to more than copies.
    private static let copiesConsidered = 4

    /// Continues with an index that is already published, of which the first `slots.end` slots are used.
    init(
        parameters: HNSWParameters, ledger: EraLedger<HNSWIndex>, index: HNSWIndex, upperEnd: Int = 0,
        draws: UInt64 = 0
    ) {
        (self.parameters, self.ledger, self.index, self.draws) = (parameters, ledger, index, draws)
        scratch = SearchScratch(stride: index.matrix.stride, M: parameters.M, capacity: index.capacity)
        space = FreeSpace(slotEnd: index.slots.end, upperEnd: upperEnd)
        inDegree = [UInt32](repeating: 0, count: index.capacity)
        for slot in index.slots.liveSlots() {
            for link in index.graph.links(of: slot, layer: 0) { inDegree[Int(link)] += 1 }
        }
    }

    /// Inserts checked vectors; ids that are already there get the new vector.
    func upsert(_ entries: [VectorEntry], scales: [Float]) throws(VectorIndexError) {
        try reserve(entries.count)
        var replaced: [UInt32] = []
        for (entry, scale) in zip(entries, scales) {
            let slot = insert(entry, scale: scale)
            if let old = index.slots.activate(slot) { replaced.append(old) }
        }
        unlink(replaced)
        renewTableIfWorn()
    }

    /// Removes ids; those not there are ignored.
    func remove(_ ids: [UInt64]) {
        unlink(ids.compactMap { index.slots.deactivate($0) })
        renewTableIfWorn()
    }

    // MARK: Room

    /// Makes room for `count` more slots.
    private func reserve(_ count: Int) throws(VectorIndexError) {
        space.reclaim(isOver: ledger.isOver)
        let missing = count - space.available(capacity: index.capacity)
        guard missing > 0 else { return }
        let needed = index.capacity + missing
        guard needed <= SlotTable.largestCapacity else { throw .full(limit: SlotTable.largestCapacity) }
        grow(to: min(max(needed, index.capacity + index.capacity / 2, 1024), SlotTable.largestCapacity))
    }

    private func grow(to capacity: Int) {
        let likely = HNSWGraph.likelyUpperWords(M: parameters.M, capacity: capacity)
        let graph = HNSWGraph(
            growing: index.graph, slots: space.slotEnd, capacity: capacity,
            upperCapacity: max(likely, index.graph.upperCapacity))
        let matrix = VectorMatrix(growing: index.matrix, rows: space.slotEnd, capacity: capacity)
        publish(matrix: matrix, graph: graph, slots: SlotTable(rebuilding: index.slots, capacity: capacity))
        inDegree += [UInt32](repeating: 0, count: capacity - inDegree.count)
    }

    private func growArena(to upperCapacity: Int) {
        let graph = HNSWGraph(
            growing: index.graph, slots: space.slotEnd, capacity: index.capacity, upperCapacity: upperCapacity
        )
        publish(matrix: index.matrix, graph: graph, slots: index.slots)
    }

    private func renewTableIfWorn() {
        guard index.slots.needsRebuilding else { return }
        let slots = SlotTable(rebuilding: index.slots, capacity: index.capacity)
        publish(matrix: index.matrix, graph: index.graph, slots: slots)
    }

    private func publish(matrix: VectorMatrix, graph: HNSWGraph, slots: SlotTable) {
        index = HNSWIndex(
            metric: index.metric, kernel: index.kernel, matrix: matrix, graph: graph, slots: slots)
        ledger.publish(index)
    }

    // MARK: Insertion

    /// Fills a slot and links it; searches pass through it from now on, but do not yet return it.
    private func insert(_ entry: VectorEntry, scale: Float) -> UInt32 {
        let level = parameters.level(draw: draws)
        draws += 1
        let words = index.graph.upperWords(level: level)
        let upperNeeded = space.upperNeeded(words: words, level: level)
        if upperNeeded > index.graph.upperCapacity { growArena(to: upperNeeded + upperNeeded / 2) }
        let place = space.take(level: level, words: words)
        index.matrix.setRow(Int(place.slot), to: entry.vector, scale: scale)
        index.slots.prepare(place.slot, id: entry.id)
        index.graph.prepare(place.slot, level: level, upperStart: place.upperStart)
        inDegree[Int(place.slot)] = 0
        link(place.slot)
        return place.slot
    }

    /// Links a slot on each of its layers (algorithm 1).
    func link(_ slot: UInt32) {
        let level = index.graph.level(of: slot)
        guard let entry = index.graph.entry, entry.slot != slot else {
            index.graph.setEntry((slot, level))
            return
        }
        index.matrix.withRow(Int(slot)) { scratch.query.base.update(from: $0, count: index.matrix.stride) }
        var starts = [index.descend(from: entry, to: level, scratch: scratch)]
        for layer in stride(from: min(level, entry.level), through: 0, by: -1) {
            index.searchLayer(
                layer, from: starts, ef: parameters.efConstruction, equalLimit: Self.copiesConsidered,
                scratch: scratch)
            let candidates = scratch.beam.candidates().filter { $0.slot != slot }
            let chosen = index.selectDiverse(
                candidates, from: slot, limit: parameters.M, scratch: scratch)
            replaceLinks(of: slot, layer: layer, with: chosen)
            for neighbor in chosen {
                addLink(from: neighbor, to: slot, layer: layer)
            }
            if !candidates.isEmpty { starts = candidates }
        }
        if level > entry.level { index.graph.setEntry((slot, level)) }
        if inDegree[Int(slot)] == 0 { rescue(slot) }
    }

    /// Links `slot` to `target`; if its list is full, the most useful of the old and the new stay.
    func addLink(from slot: UInt32, to target: UInt32, layer: Int) {
        let links = index.graph.links(of: slot, layer: layer)
        if links.contains(target) { return }
        let limit = index.graph.limit(layer: layer)
        if links.count < limit {
            replaceLinks(of: slot, layer: layer, with: links + [target])
            return
        }
        let candidates = index.sortedByDistance(links + [target], from: slot, scratch: scratch)
        let kept = index.selectDiverse(candidates, from: slot, limit: limit, scratch: scratch)
        replaceLinks(of: slot, layer: layer, with: kept)
        guard layer == 0 else { return }
        for link in links where inDegree[Int(link)] == 0 {
            rescue(link)
        }
    }

    /// Sets a list and counts who lost and who gained a link.
    func replaceLinks(of slot: UInt32, layer: Int, with links: [UInt32]) {
        if layer == 0 {
            for link in index.graph.links(of: slot, layer: 0) { inDegree[Int(link)] -= 1 }
            for link in links { inDegree[Int(link)] += 1 }
        }
        index.graph.setLinks(links, of: slot, layer: layer)
    }

    /// Gives a slot that nobody links to on layer 0 a link from somebody near: the first of its neighbours,
    /// their neighbours and so on that has room, or that can spare a link to somebody who has others.
    func rescue(_ slot: UInt32) {
        let limit = index.graph.limit(layer: 0)
        let own = index.graph.links(of: slot, layer: 0)
        var queue = index.sortedByDistance(own, from: slot, scratch: scratch).map(\.slot)
        var seen = Set(queue + [slot])
        var position = 0
        while position < queue.count {
            let helper = queue[position]
            let links = index.graph.links(of: helper, layer: 0)
            if links.count < limit {
                return replaceLinks(of: helper, layer: 0, with: links + [slot])
            }
            let byDistance = index.sortedByDistance(links, from: helper, scratch: scratch).map(\.slot)
            if let spared = byDistance.last(where: { inDegree[Int($0)] > 1 }) {
                return replaceLinks(of: helper, layer: 0, with: links.map { $0 == spared ? slot : $0 })
            }
            queue += links.filter { seen.insert($0).inserted }
            position += 1
        }
    }
}
