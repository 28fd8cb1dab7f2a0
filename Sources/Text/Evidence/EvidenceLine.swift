extension EvidenceReader {
    /// A line of a passage and what it looks like.
    struct Line {
        enum Form: Equatable {
            case empty, plain, row
            /// `|---|:-:|`
            case rule
            /// Ends with a colon.
            case announcement
            /// The item behind its bullet or number.
            case item(body: Range<Int>, step: Int?)
        }

        var form: Form
        /// UTF-8 byte range in the passage, without white space at its ends.
        var range: Range<Int>
        var text: String

        /// The lines of `bytes`, in order, empty ones too.
        static func all(of bytes: [UInt8]) -> [Line] {
            var lines: [Line] = []
            var start = 0
            for offset in 0...bytes.count where offset == bytes.count || bytes[offset] == UInt8(ascii: "\n") {
                lines.append(Line(start..<offset, of: bytes))
                start = offset + 1
            }
            return lines
        }

        private init(_ whole: Range<Int>, of bytes: [UInt8]) {
            range = WhiteSpace.trimmed(whole, of: bytes)
            text = String(decoding: bytes[range], as: UTF8.self)
            if range.isEmpty {
                form = .empty
            } else if Self.isRule(bytes[range]) {
                form = .rule
            } else if Self.isRow(bytes[range]) {
                form = .row
            } else if let (body, step) = Self.item(range, bytes) {
                form = .item(body: body, step: step)
            } else if bytes[range.upperBound - 1] == UInt8(ascii: ":") || text.hasSuffix("：") {
                form = .announcement
            } else {
                form = .plain
            }
        }

        /// Bars, colons and dashes, two of these side by side: a row of dashes for nothing has one in each cell.
        private static func isRule(_ line: ArraySlice<UInt8>) -> Bool {
            guard line.contains(UInt8(ascii: "|")), line.allSatisfy({ "|:- ".utf8.contains($0) }) else {
                return false
            }
            return zip(line, line.dropFirst()).contains { $0 == UInt8(ascii: "-") && $1 == $0 }
        }

        /// Whether it begins and ends with a bar.
        var isBarred: Bool { text.hasPrefix("| ") && text.hasSuffix(" |") }

        /// A table's cells stand between ` | `; the first may be empty.
        private static func isRow(_ line: ArraySlice<UInt8>) -> Bool {
            if line.starts(with: [UInt8(ascii: "|"), UInt8(ascii: " ")]) { return true }
            var previous: (UInt8, UInt8) = (0, 0)
            for byte in line {
                if previous == (UInt8(ascii: " "), UInt8(ascii: "|")), byte == UInt8(ascii: " ") {
                    return true
                }
                previous = (previous.1, byte)
            }
            return line.reversed().starts(with: [UInt8(ascii: "|"), UInt8(ascii: " ")])
        }

        /// The texts between the bars.
        var cells: [String] {
            var cells: [String] = []
            var current = ""
            for part in text.split(separator: " ", omittingEmptySubsequences: false) {
                if part == "|" {
                    cells.append(current)
                    current = ""
                } else {
                    current += current.isEmpty ? String(part) : " " + part
                }
            }
            return cells + [current]
        }

        /// What stands behind a bullet, a check box or a number.
        private static func item(_ range: Range<Int>, _ bytes: [UInt8]) -> (body: Range<Int>, step: Int?)? {
            var offset = range.lowerBound
            var step: Int?
            if [UInt8(ascii: "-"), UInt8(ascii: "*")].contains(bytes[offset]) {
                offset += 1
            } else {
                var number = 0
                let first = offset
                while offset < range.upperBound, offset - first < 3,
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset])
                {
                    number = number * 10 + Int(bytes[offset] - UInt8(ascii: "0"))
                    offset += 1
                }
                guard offset > first, offset < range.upperBound,
                    [UInt8(ascii: "."), UInt8(ascii: ")")].contains(bytes[offset])
                else { return nil }
                offset += 1
                step = number
            }
            guard offset < range.upperBound, bytes[offset] == UInt8(ascii: " ") else { return nil }
            offset += 1
            let box = bytes[offset..<range.upperBound].prefix(4)
            if box.count == 4, box.first == UInt8(ascii: "["), box.last == UInt8(ascii: " "),
                box[box.startIndex + 2] == UInt8(ascii: "]"),
                [UInt8(ascii: " "), UInt8(ascii: "x")].contains(box[box.startIndex + 1])
            {
                offset += 4
            }
            let body = WhiteSpace.trimmed(offset..<range.upperBound, of: bytes)
            return body.isEmpty ? nil : (body, step)
        }
    }
}
