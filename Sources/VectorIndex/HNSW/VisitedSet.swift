/// Which slots a search has met. Forgetting all of them is one addition: a slot counts as met while its mark
/// equals the current epoch. One byte a slot, so the set of 1M slots stays in the processor's cache; every
/// 255 searches the marks are cleared.
struct VisitedSet {
    private var marks: AlignedBuffer<UInt8>
    private(set) var epoch: UInt8 = 0

    init(capacity: Int) {
        marks = AlignedBuffer(count: capacity)
    }

    var capacity: Int { marks.count }

    /// The marks, for a loop that is too hot for anything else.
    var base: UnsafeMutablePointer<UInt8> { marks.base }

    /// Forgets every slot, and makes room for `capacity` of them: all that the index could get while it is
    /// searched, for links to new slots may be met at any time.
    mutating func reset(capacity: Int) {
        if capacity > marks.count {
            marks = AlignedBuffer(count: capacity)
            epoch = 0
        }
        if epoch == .max {
            marks.base.update(repeating: 0, count: marks.count)
            epoch = 0
        }
        epoch += 1
    }

    /// Whether a slot is marked.
    func contains(_ slot: UInt32) -> Bool { marks.base[Int(slot)] == epoch }

    /// Marks a slot.
    ///
    /// - Returns: whether it was unmarked.
    @inline(__always)
    func insert(_ slot: UInt32) -> Bool {
        assert(slot < marks.count, "slot \(slot) of \(marks.count)")
        let isNew = marks.base[Int(slot)] != epoch
        marks.base[Int(slot)] = epoch
        return isNew
    }
}
