/// A text with named places for values.
///
/// It is read once and filled in one pass: what is put in is never looked at for places again.
struct TextTemplate: Sendable, Hashable {
    /// How a place is written.
    enum Syntax: String, Sendable, CaseIterable {
        /// `{name}`; `{{` and `}}` stand for one brace, as in Python's `str.format`.
        case braces
        /// `{{name}}`; single braces are text. None of Mustache's sections, partials and comments.
        case mustache
    }

    enum Piece: Sendable, Hashable {
        case text(String)
        /// - Parameter place: where it begins, counted in characters from 1.
        case field(String, place: Int)
    }

    /// Bytes that a filled text may have.
    static let byteLimit = 16 << 20

    let pieces: [Piece]

    init(_ text: String, syntax: Syntax = .braces) throws(TemplateError) {
        var reader = TemplateReader(text)
        pieces = try syntax == .braces ? reader.braces() : reader.mustache()
    }

    /// The names of its places, each once, in the order in which they first stand.
    var fields: [String] {
        var seen: Set<String> = []
        return pieces.compactMap { piece in
            if case .field(let name, _) = piece, seen.insert(name).inserted { name } else { nil }
        }
    }

    /// Fills it behind what `text` has.
    ///
    /// - Parameter value: what stands for a name at a place.
    /// - Throws: what `value` throws, or ``TemplateError/tooLong(limit:)``.
    func fill(into text: inout String, _ value: (String, Int) throws -> String) throws {
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .field(let name, let place): text += try value(name, place)
            }
            guard text.utf8.count <= Self.byteLimit else {
                throw TemplateError.tooLong(limit: Self.byteLimit)
            }
        }
    }
}

/// Why a template cannot be read or filled. Places are counted in characters from 1.
enum TemplateError: Error, Sendable, Hashable {
    case loneBrace(Character, place: Int)
    case unclosed(place: Int)
    case noName(String, place: Int)
    /// Sections and the like of Mustache.
    case beyondVariables(String, place: Int)
    /// A format behind the name, as Python has them.
    case format(String, place: Int)
    case tooManyVariables(limit: Int)
    case noValue(name: String, place: Int)
    case valuesNoObject(kind: String)
    /// A field that no row of a table has.
    case unknownField(name: String, place: Int, known: [String])
    case tooLong(limit: Int)
}

extension TemplateError: CustomStringConvertible {
    var description: String {
        switch self {
        case .loneBrace(let brace, let place):
            """
            the template has a “\(brace)” at character \(place) that belongs to no variable. Write “\(brace)\(brace)” \
            for a brace that is text.
            """
        case .unclosed(let place):
            """
            the template opens a brace at character \(place) and does not close it. Write “{{” for a brace that is text.
            """
        case .noName(let name, let place):
            """
            the template has “{\(name.prefix(60))}” at character \(place), which is no variable: a name has letters, \
            digits, “_” and “-”. Write “{{” and “}}” for braces that are text.
            """
        case .beyondVariables(let text, let place):
            """
            the template has “\(text.prefix(60))” at character \(place); between double braces only the name of a \
            variable may stand.
            """
        case .format(let name, let place):
            """
            the template has “{\(name.prefix(60))}” at character \(place); a format behind “:” or “!” is not had. \
            Write the name alone.
            """
        case .tooManyVariables(let limit): "the template has more than \(limit) variables."
        case .noValue(let name, let place):
            """
            nothing gives the variable “\(name)” of the template (character \(place)) a value. Connect its input, or \
            set it in `values`.
            """
        case .valuesNoObject(let kind):
            "`values` must be an object of variables and their values; it is a value of the kind \(kind)."
        case .unknownField(let name, let place, let known):
            """
            no row has the field “\(name.prefix(60))” of the template (character \(place)); the rows have \
            \(known.isEmpty ? "none" : known.prefix(30).map { "“\($0)”" }.joined(separator: ", ")).
            """
        case .tooLong(let limit): "the text would have more than \(limit) bytes. Give it less, or in parts."
        }
    }
}
