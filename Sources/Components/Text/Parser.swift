import Flow
import JSONValue

/// Writes records as text by a template.
struct Parser: ImmediateComponent {
    static let type = "Parser"
    static let summary = "Writes each record or row as a text by a template, or all of it as it is."
    let input: Input<JSONValue>
    let template: Parameter<String>
    let separator: Parameter<String>
    let stringify: Parameter<Bool>
    let codeBlock: Parameter<Bool>
    let message: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        input = declare.input("input", "A record, a table, a message or a text.")
        template = declare.text(
            "template", "{text}",
            """
            What is written for each row: {name} stands for a member, {name[0]} and {name.inner} for what is in it, \
            {{ and }} for braces. {text} of a row without one is all of the row.
            """)
        separator = declare.text(
            "separator", "\n", maxBytes: 1_024, "Between rows; \\n and \\t may be written.")
        stringify = declare.flag("stringify", false, "Whether all is written as it is, without the template.")
        codeBlock = declare.flag(
            "code_block", false, "With stringify: whether a record stands as a block of indented JSON.")
        message = declare.output("message", "The text.")
    }

    func compute(_ step: Step) throws {
        let value = step[input]
        let text =
            step[stringify]
            ? Self.whole(value, inBlock: step[codeBlock]) : try filled(value, step)
        step.send(ChatMessage(text, role: .assistant), to: message)
    }

    private func filled(_ value: JSONValue, _ step: Step) throws -> String {
        let template = try TextTemplate(step[template])
        let paths = Dictionary(uniqueKeysWithValues: template.fields.map { ($0, FieldPath($0)) })
        let rows = Self.rows(of: value)
        // One record may lack what another run's has; a name that no row of a table has is a slip of the pen.
        let isTable = value.array != nil && !rows.isEmpty
        let known = isTable ? Set(rows.flatMap(\.values.keys)) : []
        let separator = step[separator].unescapingBreaks
        var text = ""
        for (number, row) in rows.enumerated() {
            if number > 0 { text += separator }
            try template.fill(into: &text) { name, place in
                guard let path = paths[name] else { return "" }
                if let value = path.value(in: row) { return value.plainText }
                guard !path.hasFormat else { throw TemplateError.format(name, place: place) }
                guard !isTable || path.stands(in: known) else {
                    throw TemplateError.unknownField(name: name, place: place, known: known.sorted())
                }
                return ""
            }
        }
        return text
    }

    private static func rows(of value: JSONValue) -> [Record] {
        value.array?.map(row) ?? [row(value)]
    }

    private static func row(_ value: JSONValue) -> Record {
        Record(value.object ?? [Record.textKey: .string(value.plainText), "value": value])
    }

    /// A message's text, a table as Markdown, a record as JSON.
    private static func whole(_ value: JSONValue, inBlock: Bool) -> String {
        if let message = value.message { return message.text }
        if inBlock, value.object != nil { return "```json\n\(value.indented)\n```" }
        return value.object == nil ? value.asText : value.plainText
    }
}

extension String {
    /// The text with `\n`, `\t` and `\r` that were written with a backslash as what they stand for: in a field of one
    /// line there is no other way to write them.
    var unescapingBreaks: String {
        guard utf8.contains(UInt8(ascii: "\\")) else { return self }
        return replacing("\\n", with: "\n").replacing("\\t", with: "\t").replacing("\\r", with: "\r")
    }
}
