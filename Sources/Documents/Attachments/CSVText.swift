/// Comma-separated values (RFC 4180) as one table whose first row is its header.
///
/// The separator is the one of comma, semicolon, tab and bar that the first lines hold most evenly. Quoted
/// fields may hold separators, line ends and doubled quotes. A quote that is never closed is a character like
/// any other.
enum CSVText {
    static func markup(_ text: String, into writer: MarkupWriter) throws -> MarkupWriter {
        var writer = writer
        let bytes = Array(text.utf8)
        var rows = CSVRows(bytes, separator: separator(of: bytes))
        var isFirst = true
        while !writer.isFull, let fields = rows.next() {
            guard fields.contains(where: { $0.contains { !$0.isWhitespace } }) else { continue }
            if isFirst { writer.openTable() }
            let cells = fields.prefix(columnLimit).map {
                TableRow.Cell(markup: InlineMarkup($0.trimmed).markup)
            }
            if fields.count > columnLimit {
                writer.note("only the first \(columnLimit) columns were taken in")
            }
            // A table of one row has no header, but a row.
            writer.add(TableRow(cells: cells, isHeader: isFirst && rows.hasMore))
            isFirst = false
        }
        if !isFirst { writer.closeTable() }
        return writer
    }

    private static let columnLimit = 1_000

    private static func separator(of bytes: [UInt8]) -> UInt8 {
        // Of equals the comma comes last: it is a decimal sign as well.
        let candidates: [UInt8] = [0x3B, 0x09, 0x7C, 0x2C]
        var best: UInt8 = 0x2C
        var bestScore = 0
        for candidate in candidates {
            var rows = CSVRows(Array(bytes.prefix(16_384)), separator: candidate)
            var counts: [Int] = []
            while counts.count < 8, let fields = rows.next() {
                if fields != [""] { counts.append(fields.count - 1) }
            }
            // The last line of a sample may be cut short.
            if counts.count > 2, bytes.count > 16_384 { counts.removeLast() }
            guard let least = counts.min(), least > 0 else { continue }
            let isEven = counts.allSatisfy { $0 == least }
            let score = least * (isEven ? 4 : 1)
            if score > bestScore { (best, bestScore) = (candidate, score) }
        }
        return best
    }
}

/// Cuts bytes into rows of fields.
private struct CSVRows {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var index = 0
    private static let quote = UInt8(ascii: "\"")

    init(_ bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
    }

    /// Whether there is anything but line ends left.
    var hasMore: Bool { bytes[index...].contains { $0 > 0x20 } }

    mutating func next() -> [String]? {
        guard index < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(field())
            guard index < bytes.count else { return fields }
            let byte = bytes[index]
            index += 1
            if byte == separator {
                if index == bytes.count { return fields + [""] }
                continue
            }
            if byte == 0x0D, index < bytes.count, bytes[index] == 0x0A { index += 1 }
            return fields
        }
    }

    /// Reads up to the separator or line end, which stays.
    private mutating func field() -> String {
        if index < bytes.count, bytes[index] == Self.quote, let quoted = quotedField() { return quoted }
        let start = index
        while index < bytes.count, bytes[index] != separator, bytes[index] != 0x0A, bytes[index] != 0x0D {
            index += 1
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func quotedField() -> String? {
        var content: [UInt8] = []
        var place = index + 1
        while place < bytes.count, content.count < 1 << 20 {
            if bytes[place] != Self.quote {
                content.append(bytes[place])
                place += 1
            } else if place + 1 < bytes.count, bytes[place + 1] == Self.quote {
                content.append(Self.quote)
                place += 2
            } else {
                // What stands behind the closing quote belongs to the field, as spreadsheets read it.
                index = place + 1
                let rest = field()
                return String(decoding: content, as: UTF8.self) + rest
            }
        }
        return nil
    }
}

extension String {
    /// Without white space at its ends.
    fileprivate var trimmed: Substring {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return self[first...last]
    }
}
