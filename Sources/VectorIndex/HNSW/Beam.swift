/// The `width` nearest candidates met so far, sorted, and which of them have been expanded: the set *W* and
/// the queue *C* of the paper's algorithm 2 in one array.
///
/// A candidate farther than the whole of *W* is never expanded, so *C* needs no more than *W* holds.
/// Inserting is a binary search and one `memmove`, which for widths in the hundreds beats two heaps.
struct Beam {
    private var storage = AlignedBuffer<Candidate>(count: 128)
    private var width = 0
    private var equalLimit = Int.max
    /// Everything before it is expanded.
    private var cursor = 0
    private(set) var count = 0

    /// Empties the beam and sets its width.
    ///
    /// - Parameter equalLimit: how many candidates of one and the same distance it takes, at least 1. They
    ///   are copies of one vector, which would otherwise crowd out everything else.
    mutating func reset(width: Int, equalLimit: Int = .max) {
        precondition(width > 0, "a beam of width \(width)")
        if width > storage.count { storage = AlignedBuffer(count: width) }
        (self.width, self.equalLimit) = (width, equalLimit)
        (cursor, count) = (0, 0)
    }

    subscript(position: Int) -> Candidate {
        assert(position < count, "candidate \(position) of \(count)")
        return storage.base[position]
    }

    /// Inserts a candidate that was not offered before, unless `width` nearer ones are there.
    ///
    /// - Returns: whether it is now in the beam.
    @inline(__always)
    @discardableResult
    mutating func insert(_ candidate: Candidate) -> Bool {
        let base = storage.base
        let isFull = count == width
        if isFull, candidate >= base[count - 1] { return false }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if base[middle] < candidate { low = middle + 1 } else { high = middle }
        }
        if hasEqualsEnough(candidate, at: low) { return false }
        if isFull { count -= 1 }
        (base + low + 1).update(from: base + low, count: count - low)
        base[low] = candidate
        count += 1
        cursor = min(cursor, low)
        return true
    }

    /// Whether the candidates around `position` that are as far as this one are as many as may be.
    @inline(__always)
    private func hasEqualsEnough(_ candidate: Candidate, at position: Int) -> Bool {
        let base = storage.base
        var first = position
        while first > 0, base[first - 1].isAsFar(as: candidate) { first -= 1 }
        var end = position
        while end < count, base[end].isAsFar(as: candidate) { end += 1 }
        return end - first >= equalLimit
    }

    /// The nearest candidate not yet expanded, which counts as expanded from now on.
    @inline(__always)
    mutating func popNearest() -> UInt32? {
        while cursor < count {
            defer { cursor += 1 }
            if !storage.base[cursor].isExpanded {
                storage.base[cursor].markExpanded()
                return storage.base[cursor].slot
            }
        }
        return nil
    }

    /// Copies the beam, nearest first, every candidate unexpanded.
    func candidates() -> [Candidate] {
        UnsafeBufferPointer(start: storage.base, count: count).map(\.unexpanded)
    }
}
