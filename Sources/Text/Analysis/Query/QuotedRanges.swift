/// What stands in pairs of double quotes of any country's kind. A quote without its fellow is nothing.
enum QuotedRanges {
    /// UTF-8 ranges between the quotes, in order.
    static func all(in text: String) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var open: (closers: Set<Unicode.Scalar>, offset: Int)?
        var offset = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            if let started = open, started.closers.contains(scalar) {
                if started.offset < offset { result.append(started.offset..<offset) }
                open = nil
            } else if open == nil, let closers = closers[scalar] {
                open = (closers, offset + width)
            }
            offset += width
        }
        return result
    }

    private static let closers: [Unicode.Scalar: Set<Unicode.Scalar>] = [
        "\"": ["\""], "“": ["”", "“", "\""], "”": ["”"], "„": ["“", "”", "\""], "«": ["»"], "»": ["«"],
        "「": ["」"], "『": ["』"], "＂": ["＂"],
    ]
}
