/// Text in the making that closes the gaps of what is left out of it.
struct MendedText {
    private(set) var content = ""
    let lineBreak: String
    /// Whether nothing is left out.
    let keepsStruck: Bool
    private var hasGap = false

    init(lineBreak: String, keepsStruck: Bool) {
        self.lineBreak = lineBreak
        self.keepsStruck = keepsStruck
    }

    /// Says that something stood here.
    mutating func leaveOut() {
        hasGap = true
    }

    mutating func append(_ run: String) {
        guard hasGap else {
            content += run
            return
        }
        var rest = run[...]
        let before = content.unicodeScalars.last
        let isParted = before.map { $0.value <= 0x20 || "([{“„«".unicodeScalars.contains($0) } ?? true
        if isParted { rest = rest.drop { $0 == " " } }
        guard let next = rest.unicodeScalars.first else { return }
        hasGap = false
        if isParted {
            // A mark that followed what is gone follows what was before it.
            if ",.;:!?)".unicodeScalars.contains(next) {
                dropTrailingSpace()
                // `a, b, c` without its `b` is `a, c`.
                if let last = content.utf8.last, ",;".utf8.contains(last) {
                    content.unicodeScalars.removeLast()
                }
            }
        } else if let last = before, last.isWord, next.isWord,
            last.isDigit || next.isDigit
        {
            // `colour` may have lost its `u`; two numbers, or a word and a number, are not one.
            content += " "
        }
        content += rest
    }

    mutating func breakLine() {
        guard hasGap else {
            content += lineBreak
            return
        }
        // A line of which nothing is left is no line.
        dropTrailingSpace()
        if let last = content.utf8.last, last != UInt8(ascii: "\n") { content += lineBreak }
    }

    consuming func finish() -> String {
        if hasGap {
            while let last = content.utf8.last, last <= 0x20 { content.unicodeScalars.removeLast() }
        }
        return content
    }

    private mutating func dropTrailingSpace() {
        while content.utf8.last == UInt8(ascii: " ") { content.unicodeScalars.removeLast() }
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { properties.numericType == .decimal }
}
