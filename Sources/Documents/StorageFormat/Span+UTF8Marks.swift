/// Looking for what matters in a page's bytes, eight at a time.
extension Span where Element == UInt8 {
    /// The first position from `start` on that holds `<`, `>`, `&`, EF or a byte below 0x20; `count` when none
    /// does.
    ///
    /// A byte `b` of a word is zero if `(b − 1) & ~b` has its top bit set; a borrow can only spoil bytes above
    /// a zero one (Warren, "Hacker's Delight", 6–1), and of those the lowest is taken.
    func firstMark(from start: Int) -> Int {
        var position = start
        let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        precondition(position >= 0)
        while position &+ 8 <= count {
            // In bounds: `position` is not negative and eight bytes follow it.
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
                .littleEndian
            // `<` and `>` differ in one bit.
            let angle = (word | ones &* 2) ^ (ones &* 0x3E)
            let ampersand = word ^ (ones &* 0x26)
            let high = word ^ (ones &* 0xEF)
            let found =
                ((angle &- ones) & ~angle) | ((ampersand &- ones) & ~ampersand) | ((high &- ones) & ~high)
                | ((word &- ones &* 0x20) & ~word)
            if found & tops != 0 { return position &+ (found & tops).trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < count {
            let byte = self[position]
            if byte < 0x20 || byte | 2 == 0x3E || byte == 0x26 || byte == 0xEF { return position }
            position &+= 1
        }
        return count
    }

    /// Goes on from `start` over text whose white space is single spaces, and stops within eight bytes before
    /// what is not, or before the end.
    ///
    /// Not stepped over: bytes below 0x20, a space after a space, and C2, E2 and EF, with which other kinds of
    /// white space begin.
    ///
    /// - Parameter endsInSpace: whether a space stands before `start`; then, whether one stands before the
    ///   result.
    func skippingCollapsed(from start: Int, endsInSpace: inout Bool) -> Int {
        var position = start
        let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        precondition(position >= 0)
        while position &+ 8 <= count {
            // In bounds: `position` is not negative and eight bytes follow it.
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
                .littleEndian
            let (two, three, high) = (word ^ (ones &* 0xC2), word ^ (ones &* 0xE2), word ^ (ones &* 0xEF))
            let special =
                ((two &- ones) & ~two) | ((three &- ones) & ~three) | ((high &- ones) & ~high)
                | ((word &- ones &* 0x20) & ~word)
            // Exact in each byte: only zero has neither its top bit set nor one after adding 0x7F.
            let other = word ^ (ones &* 0x20)
            let spaces = ~(((other & ~tops) &+ ~tops) | other) & tops
            let doubled = spaces & (spaces << 8 | (endsInSpace ? 0x80 : 0))
            if (special & tops) | doubled != 0 { return position }
            endsInSpace = spaces >> 63 != 0
            position &+= 8
        }
        return position
    }

    /// Whether `byte` stands anywhere.
    func contains(_ byte: UInt8) -> Bool {
        var position = 0
        let (ones, tops) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
        while position &+ 8 <= count {
            // In bounds: `position` is not negative and eight bytes follow it.
            let word = bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: position, as: UInt64.self)
            let other = word ^ (ones &* UInt64(byte))
            if (other &- ones) & ~other & tops != 0 { return true }
            position &+= 8
        }
        while position < count {
            if self[position] == byte { return true }
            position &+= 1
        }
        return false
    }

    /// Whether `text` stands at `position`.
    func holds(_ text: StaticString, at position: Int) -> Bool {
        text.withUTF8Buffer { wanted in
            guard position + wanted.count <= count else { return false }
            for offset in 0..<wanted.count where self[position + offset] != wanted[offset] { return false }
            return true
        }
    }

    /// Whether each byte is a character by itself: ASCII, and no carriage return, which joins a line feed.
    var isPlainASCII: Bool {
        for position in 0..<count where self[position] >= 0x80 || self[position] == 0x0D { return false }
        return true
    }

    /// Whether `text` stands anywhere.
    func holds(_ text: StaticString) -> Bool {
        first(text, from: 0) != nil
    }

    /// Where `text` stands first from `start` on.
    func first(_ text: StaticString, from start: Int) -> Int? {
        let first = text.withUTF8Buffer { $0[0] }
        var position = start
        while position < count {
            if self[position] == first, holds(text, at: position) { return position }
            position += 1
        }
        return nil
    }
}
