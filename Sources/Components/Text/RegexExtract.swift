import Flow
import JSONValue

/// Finds a pattern in a text.
///
/// By code points, as Python counts them.
struct RegexExtract: ImmediateComponent {
    static let type = "RegexExtract"
    static let summary = "Takes out of a text whatever a regular expression finds in it."
    /// What the message says where nothing is found, as at Langflow.
    static let nothing = "No matches found"
    let text: Input<String>
    let givenPattern: OptionalInput<String>
    let pattern: Parameter<String>
    let message: Output<ChatMessage>
    let table: Output<Table>

    init(_ declare: inout Declaration) {
        text = declare.input("text", "The text.")
        givenPattern = declare.optionalInput("pattern", "The expression, instead of the parameter.")
        pattern = declare.text(
            "pattern", "", maxBytes: TextPattern.byteLimit,
            """
            The regular expression, by Python's rules. Its only group counts instead of all of a match; of several, each \
            match is a list. Back references, look-around, atomic groups, possessive repetitions and conditions are \
            refused, so that no text can make it slow.
            """)
        message = declare.output("message", "The matches, a line each; “\(Self.nothing)” without any.")
        table = declare.output("table", "A row for each match, as `match`. An empty one counts as none.")
    }

    func compute(_ step: Step) throws {
        let pattern = step[givenPattern] ?? step[pattern]
        let text = step[text]
        var found: [FoundText] = []
        if !pattern.isEmpty, !text.isEmpty {
            found = try TextPattern(pattern).found(in: text).filter { $0 != .text("") }
        }
        let lines = found.isEmpty ? Self.nothing : FoundText.lines(found)
        step.send(ChatMessage(lines, role: .assistant), to: message)
        step.send(Table(found.map { Record(["match": $0.json]) }, columns: ["match"]), to: table)
    }
}

extension FoundText {
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .groups(let groups): .array(groups.map { .string($0) })
        }
    }

    /// A line each; several groups stand as Python writes them.
    static func lines(_ found: [FoundText]) -> String {
        found.map { found in
            switch found {
            case .text(let text): text
            case .groups(let groups): "(" + groups.map(quoted).joined(separator: ", ") + ")"
            }
        }.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        let sign = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        var written = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r").replacing("\t", with: "\\t")
        if sign == "'" { written = written.replacing("'", with: "\\'") }
        return sign + written + sign
    }
}
