/// Reads the pieces of a template.
///
/// By scalars, as Python does: a mark that combines with a brace leaves it a brace.
struct TemplateReader {
    private let scalars: [Unicode.Scalar]
    private var offset = 0
    private var literal = String.UnicodeScalarView()
    private var pieces: [TextTemplate.Piece] = []

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    /// `{name}`, with `{{` and `}}` for braces.
    mutating func braces() throws(TemplateError) -> [TextTemplate.Piece] {
        while let next = peek() {
            switch next {
            case "{", "}":
                if peek(1) == next {
                    literal.append(next)
                    offset += 2
                } else if next == "{" {
                    try field()
                } else {
                    throw .loneBrace("}", place: offset + 1)
                }
            default:
                literal.append(next)
                offset += 1
            }
        }
        closeLiteral()
        return pieces
    }

    private mutating func field() throws(TemplateError) {
        let start = offset
        offset += 1
        while let next = peek(), next != "}" {
            guard next != "{" else { throw .unclosed(place: start + 1) }
            offset += 1
        }
        guard peek() == "}" else { throw .unclosed(place: start + 1) }
        let name = text(scalars[(start + 1)..<offset])
        guard !name.isEmpty else { throw .noName("", place: start + 1) }
        append(name, at: start)
        offset += 1
    }

    /// `{{name}}`, with spaces or none; double braces that are never closed are text.
    mutating func mustache() throws(TemplateError) -> [TextTemplate.Piece] {
        var mayClose = true
        while let next = peek() {
            guard mayClose, next == "{", peek(1) == "{" else {
                literal.append(next)
                offset += 1
                continue
            }
            guard let end = closing(from: offset + 2) else {
                // No later place finds a closing either; without this a long row of braces would be read for each.
                mayClose = false
                continue
            }
            let words = text(scalars[(offset + 2)..<end]).split(separator: " ")
            let isTriple = end + 2 < scalars.count && scalars[end + 2] == "}"
            guard words.count == 1, let name = words.first.map(String.init), Self.isName(name), !isTriple
            else {
                throw .beyondVariables(text(scalars[offset..<(end + 2)]), place: offset + 1)
            }
            append(name, at: offset)
            offset = end + 2
        }
        closeLiteral()
        return pieces
    }

    /// Whether a text may name a variable, and with it a port.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.isWordScalar || $0 == "-" }
    }

    private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        offset + distance < scalars.count ? scalars[offset + distance] : nil
    }

    /// Where the next `}}` begins.
    private func closing(from start: Int) -> Int? {
        var place = start
        while place + 1 < scalars.count {
            if scalars[place] == "}", scalars[place + 1] == "}" { return place }
            place += 1
        }
        return nil
    }

    private func text(_ part: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: part)
        return String(view)
    }

    private mutating func append(_ name: String, at start: Int) {
        closeLiteral()
        pieces.append(.field(name, place: start + 1))
    }

    private mutating func closeLiteral() {
        guard !literal.isEmpty else { return }
        pieces.append(.text(String(literal)))
        literal = String.UnicodeScalarView()
    }
}

extension Unicode.Scalar {
    /// A letter, digit or underscore of any script: `\w` of Python's patterns.
    var isWordScalar: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .decimalNumber, .letterNumber, .otherNumber:
            true
        default: self == "_"
        }
    }
}
