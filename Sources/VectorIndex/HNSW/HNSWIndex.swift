/// What readers search: vectors, links and ids for a fixed number of slots.
///
/// The writer changes it in place, in steps that leave it searchable after each (see ``HNSWBuilder``); when
/// it is full the writer publishes a larger one. The paper's algorithm 5 is ``nearest(k:ef:scratch:)``.
final class HNSWIndex: Sendable {
    let metric: Metric
    /// Compares codes: for walks and for building.
    let kernel: BlockKernel
    /// Compares full vectors: for results.
    let exactKernel: DistanceKernel
    let matrix: VectorMatrix
    let graph: HNSWGraph
    let slots: SlotTable
    /// How distances grow around a vector; empty while the index is small.
    let profile: DistanceProfile
    /// Where searches begin beside the entry point.
    let landmarks: Landmarks
    /// Looks at what comes from a file before it is used; `nil` if nothing does.
    let watch: DamageWatch?

    var blocks: BlockStore { graph.blocks }
    var layout: BlockLayout { kernel.layout }

    init(
        kernel: BlockKernel, matrix: VectorMatrix, graph: HNSWGraph, slots: SlotTable,
        profile: DistanceProfile, landmarks: Landmarks, watch: DamageWatch? = nil
    ) {
        precondition(
            matrix.capacity == graph.capacity && graph.capacity == slots.capacity,
            "capacities \(matrix.capacity), \(graph.capacity), \(slots.capacity)")
        metric = kernel.metric
        exactKernel = DistanceKernel(metric: metric)
        (self.kernel, self.matrix, self.graph, self.slots) = (kernel, matrix, graph, slots)
        (self.profile, self.landmarks, self.watch) = (profile, landmarks, watch)
    }

    /// An empty index.
    convenience init(layout: BlockLayout, metric: Metric, capacity: Int) {
        let blocks = BlockStore(layout: layout, capacity: capacity)
        let upperCapacity = HNSWGraph.likelyUpperWords(M: layout.linkLimit / 2, capacity: capacity)
        self.init(
            kernel: BlockKernel(layout: layout, metric: metric),
            matrix: Self.matrix(for: blocks)
                ?? VectorMatrix(dimension: layout.dimension, capacity: capacity),
            graph: HNSWGraph(blocks: blocks, upperCapacity: upperCapacity),
            slots: SlotTable(capacity: capacity), profile: .none, landmarks: .none)
    }

    /// The blocks' own codes as rows, where they are float32.
    static func matrix(for blocks: BlockStore) -> VectorMatrix? {
        blocks.layout.format == .float32 ? VectorMatrix(codesOf: blocks) : nil
    }

    var capacity: Int { matrix.capacity }

    /// The `k` nearest to the query, nearest first, looking `ef` wide.
    ///
    /// Wider and wider, should so many of those nearest have just been removed that fewer than `k` are left.
    func nearest(k: Int, ef: Int, scratch: SearchScratch) -> [Neighbor] {
        scratch.replacementsBefore = slots.replacements.count
        var width = ef
        while true {
            // More copies of one vector than results are of no use, but for those that are no longer live or
            // are just being replaced.
            let copies = k + 16 + slots.deadCount
            fillBeam(ef: width, equalLimit: copies, stop: profile.stopRule(k: k, ef: width), scratch: scratch)
            let found = neighbors(fromBeam: scratch, k: k) { _ in true }
            let isAll = found.count == k || width >= slots.end
            if isAll || (0..<scratch.beam.count).allSatisfy({ slots.isLive(scratch.beam[$0].slot) }) {
                return found
            }
            width *= 4
        }
    }

    /// Walks the whole graph to the slots nearest to the query: `ef` of them, or with a rule as many as it
    /// asks for, up to ``StopRule/widening`` times `ef`.
    func fillBeam(ef: Int, equalLimit: Int = .max, stop: StopRule = .none, scratch: SearchScratch) {
        guard let entry = graph.entry else {
            scratch.beam.reset(width: ef)
            return
        }
        let starts = starts(besides: descend(from: entry, to: 0, scratch: scratch), scratch: scratch)
        let width = stop == .none ? ef : ef * StopRule.widening
        searchLayer(0, from: starts, ef: width, equalLimit: equalLimit, stop: stop, scratch: scratch)
    }

    /// The nearest `k` of the beam that are live and that `admits` says yes to.
    ///
    /// What was replaced since the search began is compared too, as the walk may have met neither its old slot
    /// nor its new one; and then what was replaced meanwhile.
    func neighbors(fromBeam scratch: SearchScratch, k: Int, where admits: (UInt64) -> Bool) -> [Neighbor] {
        var followed = scratch.replacementsBefore
        for _ in 1..<Self.looks {
            let count = slots.replacements.count
            if count > followed { offerReplacements(since: followed, scratch: scratch, where: admits) }
            followed = count
            let found = nearestLive(ofBeam: scratch, k: k, where: admits)
            if slots.replacements.count == followed { return found }
        }
        return nearestLive(ofBeam: scratch, k: k, where: admits)
    }

    /// How often a search looks at what was replaced while it was looking.
    static let looks = 8

    private func nearestLive(
        ofBeam scratch: SearchScratch, k: Int, where admits: (UInt64) -> Bool
    ) -> [Neighbor] {
        var shortlist = Shortlist(k: k, index: self, scratch: scratch)
        for position in 0..<scratch.beam.count {
            let candidate = scratch.beam[position]
            guard slots.isLive(candidate.slot), admits(slots.id(of: candidate.slot)) else { continue }
            if !shortlist.append(candidate) { break }
        }
        return shortlist.neighbors()
    }

    /// Offers the beam those new slots of replaced ids that it does not hold. The walk may have met them and
    /// passed them by, as they were not live yet.
    private func offerReplacements(
        since start: Int, scratch: SearchScratch, where admits: (UInt64) -> Bool
    ) {
        var count = 0
        var met = Set((0..<scratch.beam.count).map { scratch.beam[$0].slot })
        for slot in slots.replacements.slots(since: start)
        where slots.isLive(slot) && admits(slots.id(of: slot)) && met.insert(slot).inserted {
            scratch.rows.base[count] = slot
            count += 1
            guard count == SearchScratch.rowLimit else { continue }
            offerRows(count, scratch: scratch)
            count = 0
        }
        offerRows(count, scratch: scratch)
    }
}
