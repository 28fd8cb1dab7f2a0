/// The vectors of a flat index. Rows are only ever appended: a row that readers can see never changes, and
/// one whose id was removed or replaced lies unused until the rows are copied into a new, compact set.
final class FlatRows: Sendable {
    let metric: Metric
    let kernel: DistanceKernel
    let matrix: VectorMatrix
    let slots: SlotTable
    /// Squared length of each row.
    let squaredNorms: AlignedBuffer<Float>

    init(dimension: Int, metric: Metric, capacity: Int) {
        self.metric = metric
        kernel = DistanceKernel(metric: metric)
        matrix = VectorMatrix(dimension: dimension, capacity: capacity)
        slots = SlotTable(capacity: capacity)
        squaredNorms = AlignedBuffer(count: capacity)
    }

    /// These rows if `count` more fit, else a copy with room.
    func withRoom(for count: Int) throws(VectorIndexError) -> FlatRows {
        let limit = SlotTable.largestCapacity
        guard count <= limit - slots.count else { throw .full(limit: limit) }
        if slots.end + count <= matrix.capacity, !slots.isCrowded(adding: count) { return self }
        return compacted(room: max(count, min(slots.count / 2, limit - slots.count)))
    }

    /// A copy of the live rows with room for more.
    func compacted(room: Int) -> FlatRows {
        let live = slots.liveSlots()
        let copy = FlatRows(dimension: matrix.dimension, metric: metric, capacity: live.count + room)
        for (row, slot) in live.enumerated() {
            matrix.withRow(Int(slot)) { source in
                (copy.matrix.base + row * matrix.stride).update(from: source, count: matrix.stride)
            }
            copy.squaredNorms.base[row] = squaredNorms.base[Int(slot)]
            copy.slots.prepare(UInt32(row), id: slots.id(of: slot))
            copy.slots.activate(UInt32(row))
        }
        return copy
    }

    /// Adds a vector in a new row; the id's old row, if any, is unused from now on.
    func append(_ entry: VectorEntry, scale: Float) {
        let slot = UInt32(slots.end)
        matrix.setRow(Int(slot), to: entry.vector, scale: scale)
        var sum = 0.0
        for value in entry.vector { sum += Double(value * scale) * Double(value * scale) }
        squaredNorms.base[Int(slot)] = Float(sum)
        slots.prepare(slot, id: entry.id)
        slots.activate(slot)
    }
}
