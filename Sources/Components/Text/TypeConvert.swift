import Flow
import JSONValue

/// One value as a message, as a record and as a table.
struct TypeConvert: ImmediateComponent {
    static let type = "TypeConvert"
    static let summary = "Gives a value as a message, as data and as a table."
    let input: Input<JSONValue>
    let autoParse: Parameter<Bool>
    let message: Output<ChatMessage>
    let data: Output<Record>
    let table: Output<Table>

    init(_ declare: inout Declaration) {
        input = declare.input("input", "A message, a text, a record or a table.")
        autoParse = declare.flag(
            "auto_parse", false,
            """
            Whether a text that is JSON, an object or a list of objects, is read as such, and one of several lines with a \
            comma in the first as CSV.
            """)
        message = declare.output("message", "As a message: a table in Markdown, a record's text or its JSON.")
        data = declare.output("data", "As a record: a text as `text`, a table's rows as `results`.")
        table = declare.output(
            "table", "As a table: a record as one row, or the rows that are all that it holds.")
    }

    func compute(_ step: Step) {
        let value = step[input]
        step.send(value.asMessage, to: message)
        // A message is its text here: who said it is no data.
        let text = value.string ?? value.message?.text
        let parsed = step[autoParse] ? text.flatMap(Self.structure) : nil
        let read = parsed ?? text.map { .string($0) } ?? value
        step.send(Record(any: read), to: data)
        step.send(Table(any: read), to: table)
    }

    /// The object or the list of objects that a text writes, as JSON or as CSV; `nil` for any other text.
    private static func structure(_ text: String) -> JSONValue? {
        guard let value = try? JSONValue(parsing: text) else { return rows(of: text) }
        let isRows = value.array?.allSatisfy { $0.object != nil } ?? false
        return value.object != nil || isRows ? value : Optional.none
    }

    /// The rows of a text that looks like CSV, and is.
    private static func rows(of text: String) -> JSONValue? {
        let lines = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline)
        guard lines.count > 1, lines[0].contains(",") else { return nil }
        let table = try? CSV.table(from: lines.joined(separator: "\n"), readsNumbers: true)
        return table.flatMap { $0.rows.isEmpty ? nil : $0.json }
    }
}
