/// The `width` nearest candidates met so far, sorted, and which of them have been expanded: the set *W* and
/// the queue *C* of the paper's algorithm 2 in one array.
///
/// A candidate farther than the whole of *W* is never expanded, so *C* needs no more than *W* holds.
/// Inserting is a search without branches and one `memmove`, which for widths in the hundreds beats two heaps.
struct Beam {
    private var storage = AlignedBuffer<Candidate>(count: 128)
    private var width = 0
    private var equalLimit = Int.max
    private var stop = StopRule.none
    /// Everything before it is expanded.
    private var cursor = 0
    private(set) var count = 0
    /// Candidates not below it are refused.
    private var limit = Candidate.farthest
    /// The rule looks no farther than this.
    private var stopLimit = Candidate.farthest

    /// Empties the beam and sets its width.
    ///
    /// - Parameters:
    ///   - equalLimit: how many candidates of one and the same distance it takes, at least 1. They are copies
    ///     of one vector, which would otherwise crowd out everything else.
    ///   - stop: when ``popNearest()`` gives up before the beam is used up.
    mutating func reset(width: Int, equalLimit: Int = .max, stop: StopRule = .none) {
        precondition(width > 0, "a beam of width \(width)")
        if width > storage.count { storage = AlignedBuffer(count: width) }
        (self.width, self.equalLimit, self.stop) = (width, equalLimit, stop)
        (cursor, count, limit, stopLimit) = (0, 0, .farthest, .farthest)
    }

    subscript(position: Int) -> Candidate {
        assert(position < count, "candidate \(position) of \(count)")
        return storage.base[position]
    }

    /// Whether as many candidates were met as it can hold.
    var isFull: Bool { count == width }

    /// Inserts a candidate that was not offered before, unless `width` nearer ones are there or it is beyond
    /// what the rule still looks at.
    ///
    /// - Returns: whether it is now in the beam.
    @inline(__always)
    @discardableResult
    mutating func insert(_ candidate: Candidate) -> Bool {
        guard candidate < limit else { return false }
        let base = storage.base
        let position = firstNotNearer(than: candidate)
        if hasEqualsEnough(candidate, at: position) { return false }
        if count == width { count -= 1 }
        (base + position + 1).update(from: base + position, count: count - position)
        base[position] = candidate
        count += 1
        cursor = min(cursor, position)
        if count == width || position < stop.rank { renewLimit() }
        return true
    }

    /// A binary search whose steps are conditional moves: which way it goes cannot be predicted.
    @inline(__always)
    private func firstNotNearer(than candidate: Candidate) -> Int {
        guard count > 0 else { return 0 }
        let base = storage.base
        var low = 0
        var length = count
        while length > 1 {
            let half = length / 2
            low = base[low + half - 1] < candidate ? low + half : low
            length -= half
        }
        return base[low] < candidate ? low + 1 : low
    }

    @inline(__always)
    private mutating func renewLimit() {
        if count >= stop.rank {
            let farthest = max(storage.base[stop.rank - 1].distance, 0) * stop.factor
            stopLimit = Candidate(distance: farthest, slot: Candidate.largestSlot)
        }
        limit = count == width ? min(storage.base[count - 1], stopLimit) : stopLimit
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

    /// The nearest candidate not yet expanded, which counts as expanded from now on; `nil` if there is none
    /// or the rule says stop.
    @inline(__always)
    mutating func popNearest() -> UInt32? {
        let base = storage.base
        while cursor < count {
            defer { cursor += 1 }
            if !base[cursor].isExpanded {
                if cursor >= stop.rank, stopLimit < base[cursor] { return nil }
                base[cursor].markExpanded()
                return base[cursor].slot
            }
        }
        return nil
    }

    /// Copies the beam, nearest first, every candidate unexpanded.
    func candidates() -> [Candidate] {
        UnsafeBufferPointer(start: storage.base, count: count).map(\.unexpanded)
    }
}
