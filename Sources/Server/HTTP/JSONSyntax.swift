/// Finds where a text stops being JSON (RFC 8259).
///
/// Foundation's decoder says only that it does; a person with a broken request needs the place. Run after a
/// failure, never before: it decides nothing.
struct JSONSyntax {
    /// Levels that the decoder reads.
    static let depthLimit = 512

    private enum Expected: String {
        case value = "a value"
        case valueOrEnd = "a value or “]”"
        case key = "a name in quotes"
        case keyOrEnd = "a name in quotes or “}”"
        case colon = "“:”"
        case commaOrEnd = "“,” or the end of the list or object"
        case nothing = "nothing more"
    }

    private let bytes: [UInt8]
    private var index = 0
    private var open: [UInt8] = []
    private var expected = Expected.value

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The first fault of `bytes` with its line and column (both from 1, in bytes), or `nil`.
    static func fault(in bytes: some Sequence<UInt8>) -> String? {
        var scanner = JSONSyntax(Array(bytes))
        while let found = scanner.step() {
            guard found.isEmpty else { return scanner.place(found) }
        }
        return nil
    }

    /// Reads one token: `nil` at the end, empty when it was right, else what is wrong.
    private mutating func step() -> String? {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
        guard index < bytes.count else {
            return expected == .nothing ? nil : "the text ends, where \(expected.rawValue) is expected"
        }
        let byte = bytes[index]
        switch (expected, byte) {
        case (.value, _),
            (.valueOrEnd, _) where byte != UInt8(ascii: "]"):
            return value(byte)
        case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
            expected = .colon
            return string()
        case (.colon, UInt8(ascii: ":")):
            expected = .value
        case (.commaOrEnd, UInt8(ascii: ",")):
            expected = open.last == UInt8(ascii: "{") ? .key : .value
        case (.valueOrEnd, _), (.keyOrEnd, UInt8(ascii: "}")),
            (.commaOrEnd, _) where open.last.map { $0 + 2 } == byte:
            // “]” and “}” lie two behind their opening ones in ASCII.
            open.removeLast()
            expected = open.isEmpty ? .nothing : .commaOrEnd
        default:
            return unexpected()
        }
        index += 1
        return ""
    }

    private mutating func value(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard open.count < Self.depthLimit else { return "more than \(Self.depthLimit) levels deep" }
            open.append(byte)
            expected = byte == UInt8(ascii: "{") ? .keyOrEnd : .valueOrEnd
            index += 1
            return ""
        case UInt8(ascii: "\""):
            expected = open.isEmpty ? .nothing : .commaOrEnd
            return string()
        default:
            let word = bytes[index...].prefix { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
            let text = String(decoding: word, as: UTF8.self)
            guard ["true", "false", "null"].contains(text) || Self.isNumber(text) else { return unexpected() }
            expected = open.isEmpty ? .nothing : .commaOrEnd
            index += word.count
            return ""
        }
    }

    private static func isNumber(_ text: String) -> Bool {
        text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
    }

    private mutating func string() -> String {
        index += 1
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return ""
            case UInt8(ascii: "\\"): index += 2
            case ..<0x20: return "a control character in a text; write it as an escape"
            default: index += 1
            }
        }
        index = bytes.count
        return "the text ends within quotes"
    }

    private func unexpected() -> String {
        "\(expected.rawValue) is expected"
    }

    private func place(_ what: String) -> String {
        "\(Self.place(of: index, in: bytes)): \(what)."
    }

    /// The line and the column of a byte, both from 1.
    static func place(of offset: Int, in bytes: some Collection<UInt8>) -> String {
        let before = Array(bytes.prefix(offset))
        let line = before.count { $0 == 0x0A } + 1
        let column = offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return "line \(line), column \(column)"
    }
}
