/// A range within a text as JavaScript, Java and C# count: in UTF-16 code units, written `[start, end]`.
struct UTF16Range: Sendable, Hashable, Encodable {
    var start: Int
    var end: Int

    /// `nil` unless `range` lies within `text`.
    ///
    /// - Parameter range: bytes of `text` in UTF-8. A bound inside a character counts as that character's start.
    init?(_ range: Range<Int>, in text: String) {
        let utf8 = text.utf8
        guard range.lowerBound >= 0, range.upperBound <= utf8.count else { return nil }
        let lower = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let upper = utf8.index(lower, offsetBy: range.count)
        start = text.utf16.distance(from: text.startIndex, to: lower)
        end = start + text.utf16.distance(from: lower, to: upper)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        try container.encode(start)
        try container.encode(end)
    }

    /// Ranges in the order given; those outside `text` are left out.
    static func all(_ ranges: [Range<Int>], in text: String) -> [UTF16Range] {
        ranges.compactMap { UTF16Range($0, in: text) }
    }
}
