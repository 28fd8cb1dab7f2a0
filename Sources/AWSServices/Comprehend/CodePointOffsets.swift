/// Turns offsets that count Unicode code points into UTF-8 byte ranges of a text.
struct CodePointOffsets {
    let text: String
    /// Where each code point begins, and the text's end; `nil` where every code point is one byte.
    private let starts: [Int]?
    private let count: Int

    init(_ text: String) {
        self.text = text
        let bytes = text.utf8.count
        guard text.unicodeScalars.count != bytes else {
            starts = nil
            count = bytes
            return
        }
        var starts: [Int] = []
        starts.reserveCapacity(bytes + 1)
        var offset = 0
        for scalar in text.unicodeScalars {
            starts.append(offset)
            offset += UTF8.width(scalar)
        }
        starts.append(offset)
        self.starts = starts
        count = starts.count - 1
    }

    /// - Returns: `nil` for offsets that are not of this text.
    func bytes(_ begin: Int, _ end: Int) -> Range<Int>? {
        guard begin >= 0, begin <= end, end <= count else { return nil }
        guard let starts else { return begin..<end }
        return starts[begin]..<starts[end]
    }

    /// What stands in a byte range that ``bytes(_:_:)`` gave.
    func content(_ range: Range<Int>) -> String {
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        let end = text.utf8.index(start, offsetBy: range.count)
        return String(text[start..<end])
    }
}
