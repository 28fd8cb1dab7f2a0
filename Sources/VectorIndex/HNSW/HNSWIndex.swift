/// What readers search: vectors, links and ids for a fixed number of slots.
///
/// The writer changes it in place, in steps that leave it searchable after each (see ``HNSWBuilder``); when
/// it is full the writer publishes a larger one. The paper's algorithm 5 is ``nearest(k:ef:scratch:)``.
final class HNSWIndex: Sendable {
    let metric: Metric
    let kernel: DistanceKernel
    let matrix: VectorMatrix
    let graph: HNSWGraph
    let slots: SlotTable

    init(metric: Metric, kernel: DistanceKernel, matrix: VectorMatrix, graph: HNSWGraph, slots: SlotTable) {
        precondition(
            matrix.capacity == graph.capacity && graph.capacity == slots.capacity,
            "capacities \(matrix.capacity), \(graph.capacity), \(slots.capacity)")
        (self.metric, self.kernel) = (metric, kernel)
        (self.matrix, self.graph, self.slots) = (matrix, graph, slots)
    }

    /// An empty index.
    convenience init(dimension: Int, metric: Metric, M: Int, capacity: Int) {
        let upperCapacity = HNSWGraph.likelyUpperWords(M: M, capacity: capacity)
        self.init(
            metric: metric, kernel: DistanceKernel(metric: metric),
            matrix: VectorMatrix(dimension: dimension, capacity: capacity),
            graph: HNSWGraph(M: M, capacity: capacity, upperCapacity: upperCapacity),
            slots: SlotTable(capacity: capacity))
    }

    var capacity: Int { matrix.capacity }

    /// The `k` nearest to `scratch.query`, nearest first, looking `ef` wide.
    func nearest(k: Int, ef: Int, scratch: SearchScratch) -> [Neighbor] {
        // More copies of one vector than results are of no use; the few more are for those just being
        // replaced.
        fillBeam(ef: ef, equalLimit: k + 16, scratch: scratch)
        return neighbors(fromBeam: scratch, k: k) { _ in true }
    }

    /// Walks the whole graph to the `ef` slots nearest to the query.
    func fillBeam(ef: Int, equalLimit: Int = .max, scratch: SearchScratch) {
        guard let entry = graph.entry else {
            scratch.beam.reset(width: ef)
            return
        }
        let start = descend(from: entry, to: 0, scratch: scratch)
        searchLayer(0, from: [start], ef: ef, equalLimit: equalLimit, scratch: scratch)
    }

    /// The first `k` of the beam that are live and that `admits` says yes to.
    func neighbors(fromBeam scratch: SearchScratch, k: Int, where admits: (UInt64) -> Bool) -> [Neighbor] {
        var result: [Neighbor] = []
        result.reserveCapacity(min(k, scratch.beam.count))
        for position in 0..<scratch.beam.count where result.count < k {
            append(scratch.beam[position], to: &result, where: admits)
        }
        return result
    }

    /// Appends a candidate's id and distance, if it is to be returned.
    ///
    /// While an id's vector is being replaced both its slots can be live for a moment: the nearer one counts.
    @inline(__always)
    func append(_ candidate: Candidate, to result: inout [Neighbor], where admits: (UInt64) -> Bool) {
        guard slots.isLive(candidate.slot) else { return }
        let id = slots.id(of: candidate.slot)
        guard admits(id), !result.contains(where: { $0.id == id }) else { return }
        result.append(Neighbor(id: id, distance: metric.clamped(candidate.distance)))
    }
}
