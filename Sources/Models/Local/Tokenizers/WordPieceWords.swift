/// Up to 15 ASCII letters and digits in lower case, in two machine words, the first byte lowest.
struct ShortWord: Equatable {
    static let maxByteCount = 15

    var low: UInt64
    var high: UInt64

    /// The letters and digits from `offset` on; `nil` when there are more than 15 of them.
    @inline(__always)
    static func read(_ text: Span<UInt8>, at offset: Int) -> (word: ShortWord, byteCount: Int)? {
        let (low, high) = text.sixteenBytes(from: offset)
        let (lowOthers, highOthers) = (others(low), others(high))
        // Or-ing bit 5 makes capitals small and leaves small letters and digits as they are.
        let (small, ones) = (0x2020_2020_2020_2020 as UInt64, UInt64.max)
        if lowOthers != 0 {
            let count = lowOthers.trailingZeroBitCount >> 3
            return (ShortWord(low: (low | small) & ~(ones << UInt64(count * 8)), high: 0), count)
        }
        guard highOthers != 0 else { return nil }
        let count = highOthers.trailingZeroBitCount >> 3
        let word = ShortWord(low: low | small, high: (high | small) & ~(ones << UInt64(count * 8)))
        return (word, count + 8)
    }

    /// The top bit of each byte that is neither an ASCII letter nor a digit.
    ///
    /// A byte `b` below 0x80 is in `first...last` when adding `0x80 − first` sets its top bit and adding
    /// `0x7F − last` does not; no sum leaves its byte.
    @inline(__always)
    private static func others(_ bytes: UInt64) -> UInt64 {
        let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        let low = bytes & ~tops
        let small = low | ones &* 0x20
        let letters = (small &+ ones &* (0x80 - 0x61)) & ~(small &+ ones &* (0x7F - 0x7A))
        let digits = (low &+ ones &* (0x80 - 0x30)) & ~(low &+ ones &* (0x7F - 0x39))
        return ((letters | digits) & ~bytes & tops) ^ tops
    }
}

/// The pieces that are whole short words, so that the common word costs one look-up instead of one a byte.
///
/// Open addressing with linear probing; at most half of the slots are taken.
struct WordPieceWords: Sendable {
    private struct Slot {
        var word = ShortWord(low: 0, high: 0)
        var id: Int32 = -1
    }

    private var slots: [Slot]
    private let shift: UInt64

    /// - Parameter lines: the vocabulary; a piece's id is its position, and of equal pieces the last counts.
    init(lines: [[UInt8]]) {
        let bitCount = max(4, Int.bitWidth - (lines.count * 2).leadingZeroBitCount)
        shift = UInt64(64 - bitCount)
        slots = Array(repeating: Slot(), count: 1 << bitCount)
        for (id, line) in lines.enumerated() where (1...ShortWord.maxByteCount).contains(line.count) {
            guard let (word, byteCount) = ShortWord.read(line.span, at: 0), byteCount == line.count else {
                continue
            }
            // A piece with capitals is no word that is ever looked up.
            guard line.allSatisfy({ !(0x41...0x5A).contains($0) }) else { continue }
            slots[slot(of: word)] = Slot(word: word, id: Int32(id))
        }
    }

    /// The id of `word`, or -1.
    @inline(__always)
    func id(of word: ShortWord) -> Int32 { slots[slot(of: word)].id }

    /// Where `word` is, or would be put.
    @inline(__always)
    private func slot(of word: ShortWord) -> Int {
        let hash = (word.low ^ word.high &* 0xC2B2_AE3D_27D4_EB4F) &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(truncatingIfNeeded: hash >> shift)
        while slots[slot].id >= 0, slots[slot].word != word { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }
}

extension Span where Element == UInt8 {
    /// Sixteen bytes from `offset` on, the first one lowest; zeros stand for what is behind the end.
    @inline(__always)
    fileprivate func sixteenBytes(from offset: Int) -> (low: UInt64, high: UInt64) {
        precondition(offset >= 0 && offset < count)
        if offset &+ 16 <= count {
            // In bounds: `offset` is not negative, and sixteen bytes follow it.
            return (word(at: offset), word(at: offset &+ 8))
        }
        var bytes: UInt128 = 0
        if count >= 16 {
            // In bounds: the last sixteen bytes of at least as many.
            bytes = UInt128(word(at: count &- 8)) << 64 | UInt128(word(at: count &- 16))
            bytes >>= UInt128((offset &+ 16 &- count) &* 8)
        } else {
            for position in (offset..<count).reversed() { bytes = bytes << 8 | UInt128(self[position]) }
        }
        return (UInt64(truncatingIfNeeded: bytes), UInt64(truncatingIfNeeded: bytes >> 64))
    }

    /// The caller answers for the eight bytes at `offset`.
    @inline(__always)
    private func word(at offset: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).littleEndian
    }
}
