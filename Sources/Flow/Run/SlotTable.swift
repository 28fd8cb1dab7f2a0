import Synchronization

/// The values of one run of one graph, and how many makers each node still waits for.
///
/// This is the one place of the engine with memory of its own: steps that run side by side write to different
/// slots, and a lock or a copy for each value would cost more than the step.
final class SlotTable: @unchecked Sendable {
    // Sendable proof: slot `s` belongs to one output of one node. It is written only by that node's step, before
    // that step calls `arrive` for its successors, which releases; it is read only by nodes that depend on it,
    // after `arrive` told that all their makers have arrived, which acquires, and by the run's end, after every
    // task of the run. Graph inputs are written before the first step begins. So no read meets a write. A
    // parallel retry of a step does not exist: attempts follow each other.
    private let values: UnsafeMutablePointer<(any Payload)?>
    private let waits: UnsafeMutablePointer<Atomic<Int32>>
    private let slotCount: Int
    private let nodeCount: Int

    init(_ plan: Plan) {
        slotCount = plan.slotCount
        nodeCount = plan.nodes.count
        values = .allocate(capacity: max(1, slotCount))
        values.initialize(repeating: nil, count: slotCount)
        waits = .allocate(capacity: max(1, nodeCount))
        for index in 0..<nodeCount {
            (waits + index).initialize(to: Atomic(plan.nodes[index].waits))
        }
    }

    deinit {
        values.deinitialize(count: slotCount)
        values.deallocate()
        waits.deinitialize(count: nodeCount)
        waits.deallocate()
    }

    subscript(slot: Int) -> (any Payload)? {
        get {
            precondition((0..<slotCount).contains(slot), "slot \(slot) of \(slotCount)")
            return values[slot]
        }
        set {
            precondition((0..<slotCount).contains(slot), "slot \(slot) of \(slotCount)")
            values[slot] = newValue
        }
    }

    /// Notes that one maker of a node is done.
    ///
    /// - Returns: whether it was the last one.
    func arrive(at node: Int) -> Bool {
        precondition((0..<nodeCount).contains(node), "node \(node) of \(nodeCount)")
        return waits[node].subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
}
