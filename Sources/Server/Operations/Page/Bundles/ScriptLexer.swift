/// Cuts a JavaScript file into tokens, as far as it takes to tell code from comments, texts and regular expressions
/// (ECMA-262, section 12).
///
/// Whether a slash divides or begins a regular expression depends on the grammar. Here the token before decides:
/// after a name, a number, a text and a closing bracket it divides. So a statement does not begin with a regular
/// expression, nor is one the body of an `if` without braces.
struct ScriptLexer {
    private let file: String
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var gap = ScriptToken.Gap.none
    /// The open brackets; a back quote stands for `${`.
    private var open: [UInt8] = []
    private var tokens: [ScriptToken] = []

    private init(_ bytes: [UInt8], _ file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// - Throws: ``ModuleFault`` for a text, comment or bracket that does not end.
    static func tokens(of bytes: [UInt8], in file: String) throws(ModuleFault) -> [ScriptToken] {
        var lexer = ScriptLexer(bytes, file)
        while lexer.offset < bytes.count { try lexer.step() }
        guard lexer.open.isEmpty else { throw lexer.fault("a bracket is still open at the end") }
        return lexer.tokens
    }

    private func fault(_ reason: String) -> ModuleFault { ModuleFault(file, line: line, reason) }

    private func byte(after count: Int = 0) -> UInt8? {
        offset + count < bytes.count ? bytes[offset + count] : nil
    }

    private mutating func step() throws(ModuleFault) {
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: "\n"):
            gap = .newline
            line += 1
            offset += 1
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            if gap == .none { gap = .blank }
            offset += 1
        case UInt8(ascii: "/") where self.byte(after: 1) == UInt8(ascii: "/"):
            while let next = self.byte(), next != UInt8(ascii: "\n") { offset += 1 }
        case UInt8(ascii: "/") where self.byte(after: 1) == UInt8(ascii: "*"): try skipComment()
        default: try token(byte)
        }
    }

    /// Adds the token that begins with `byte`.
    private mutating func token(_ byte: UInt8) throws(ModuleFault) {
        let (start, first, depth) = (offset, line, open.count)
        let kind = try read(byte)
        tokens.append(
            ScriptToken(
                kind: kind, range: start..<min(offset, bytes.count), line: first,
                depth: min(depth, open.count), gap: gap))
        gap = .none
    }

    /// Moves over the token that begins with `byte`.
    private mutating func read(_ byte: UInt8) throws(ModuleFault) -> ScriptToken.Kind {
        switch byte {
        case UInt8(ascii: "/") where beginsExpression:
            try regularExpression()
            return .regularExpression
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            try string(byte)
            return .string
        case UInt8(ascii: "`"):
            try template()
            return .template
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            run { Self.isWord($0) || $0 == UInt8(ascii: ".") }
            return .number
        case _ where Self.isWord(byte):
            run(Self.isWord)
            return .word
        default: return try sign(byte)
        }
    }

    /// Whether an operand is expected here, and no operator.
    private var beginsExpression: Bool {
        guard let last = tokens.last else { return true }
        switch last.kind {
        case .number, .string, .regularExpression: return false
        // One that ends in `${` is followed by an expression.
        case .template: return bytes[last.range.upperBound - 1] == UInt8(ascii: "{")
        case .word: return Self.operators.contains(String(decoding: bytes[last.range], as: UTF8.self))
        case .sign:
            let sign = bytes[last.range.lowerBound]
            return last.range.count == 1 && !Self.closing.contains(sign)
        }
    }

    /// Keywords after which an operand comes.
    private static let operators: Set<String> = [
        "return", "typeof", "instanceof", "in", "of", "new", "delete", "void", "throw", "case", "do", "else",
        "yield", "await",
    ]
    private static let closing: Set<UInt8> = [UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}")]

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "#"),
            0x80...:
            true
        default: false
        }
    }

    private mutating func run(_ belongs: (UInt8) -> Bool) {
        while let next = byte(), belongs(next) { offset += 1 }
    }

    private mutating func skipComment() throws(ModuleFault) {
        if gap == .none { gap = .blank }
        offset += 2
        while let next = byte() {
            if next == UInt8(ascii: "*"), byte(after: 1) == UInt8(ascii: "/") {
                offset += 2
                return
            }
            if next == UInt8(ascii: "\n") {
                gap = .newline
                line += 1
            }
            offset += 1
        }
        throw fault("a comment does not end")
    }

    private mutating func string(_ quote: UInt8) throws(ModuleFault) {
        offset += 1
        while let next = byte(), next != UInt8(ascii: "\n") {
            offset += next == UInt8(ascii: "\\") ? 2 : 1
            if next == quote { return }
        }
        throw fault("a text in quotes does not end on its line")
    }

    private mutating func regularExpression() throws(ModuleFault) {
        offset += 1
        var isInClass = false
        while let next = byte(), next != UInt8(ascii: "\n") {
            offset += next == UInt8(ascii: "\\") ? 2 : 1
            if next == UInt8(ascii: "[") { isInClass = true }
            if next == UInt8(ascii: "]") { isInClass = false }
            if next == UInt8(ascii: "/"), !isInClass { return run(Self.isWord) }
        }
        throw fault("a regular expression does not end on its line")
    }

    /// From a back quote, or the `}` of an expression in the template.
    private mutating func template() throws(ModuleFault) {
        offset += 1
        while let next = byte() {
            if next == UInt8(ascii: "\n") { line += 1 }
            if next == UInt8(ascii: "$"), byte(after: 1) == UInt8(ascii: "{") {
                offset += 2
                open.append(UInt8(ascii: "`"))
                return
            }
            offset += next == UInt8(ascii: "\\") ? 2 : 1
            if next == UInt8(ascii: "`") { return }
        }
        throw fault("a template does not end")
    }

    private mutating func sign(_ byte: UInt8) throws(ModuleFault) -> ScriptToken.Kind {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): open.append(byte)
        case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
            let opening = open.popLast()
            if opening == UInt8(ascii: "`"), byte == UInt8(ascii: "}") {
                try template()
                return .template
            }
            guard let opening, Self.pairs[opening] == byte else {
                throw fault("a bracket closes that is not open")
            }
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            if self.byte(after: 1) == byte { offset += 1 }
        case UInt8(ascii: "\\"): throw fault("a name with an escape in it; write the letter itself")
        default: break
        }
        offset += 1
        return .sign
    }

    private static let pairs = [
        UInt8(ascii: "("): UInt8(ascii: ")"), UInt8(ascii: "["): UInt8(ascii: "]"),
        UInt8(ascii: "{"): UInt8(ascii: "}"),
    ]
}
