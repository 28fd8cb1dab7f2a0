/// A slot and its distance in one comparable word: nearer first, ties by slot, so that every search is
/// deterministic.
///
/// | bits | meaning |
/// |---|---|
/// | 63…32 | the distance's bits, changed so that unsigned order is numeric order |
/// | 31…1 | slot |
/// | 0 | whether a beam search has expanded it |
struct Candidate: BitwiseCopyable, Comparable, Sendable {
    private(set) var word: UInt64

    @inline(__always)
    init(distance: Float, slot: UInt32) {
        let bits = distance.bitPattern
        let ordered = bits ^ (bits >> 31 == 1 ? UInt32.max : 1 << 31)
        word = UInt64(ordered) << 32 | UInt64(slot) << 1
    }

    /// Not below any other.
    static let farthest = Candidate(word: .max)
    /// The largest slot number that fits.
    static let largestSlot = UInt32(Int32.max)

    private init(word: UInt64) {
        self.word = word
    }

    @inline(__always)
    var distance: Float {
        let ordered = UInt32(truncatingIfNeeded: word >> 32)
        return Float(bitPattern: ordered ^ (ordered >> 31 == 1 ? 1 << 31 : UInt32.max))
    }

    @inline(__always)
    var slot: UInt32 { UInt32(truncatingIfNeeded: word) >> 1 }

    @inline(__always)
    func isAsFar(as other: Candidate) -> Bool { (word ^ other.word) >> 32 == 0 }

    @inline(__always)
    var isExpanded: Bool { word & 1 == 1 }

    @inline(__always)
    mutating func markExpanded() { word |= 1 }

    /// The same candidate as if no search had expanded it.
    var unexpanded: Candidate {
        var copy = self
        copy.word &= ~1
        return copy
    }

    @inline(__always)
    static func < (left: Candidate, right: Candidate) -> Bool { left.word < right.word }
}
