import Flow
import JSONValue

/// Cuts texts into chunks at a separator.
struct SplitText: ImmediateComponent {
    /// On which side of a chunk a kept separator stands.
    enum SeparatorSide: String, Sendable, CaseIterable {
        case start, end
    }

    static let type = "SplitText"
    static let summary = "Cuts texts into overlapping chunks at a separator, a row for each."
    let input: Input<JSONValue>
    let size: Parameter<Int>
    let overlap: Parameter<Int>
    let separator: Parameter<String>
    let keepSeparator: Parameter<Bool>
    let separatorSide: Parameter<SeparatorSide>
    let textKey: Parameter<String>
    let cleanOutput: Parameter<Bool>
    let chunks: Output<Table>

    init(_ declare: inout Declaration) {
        input = declare.input("input", "A text, a message, a record or a table.")
        size = declare.integer(
            "chunk_size", 1_000, in: 1...1_000_000, unit: "characters",
            "How long a chunk may be. Cut is at separators alone: what has none may be longer.")
        overlap = declare.integer(
            "chunk_overlap", 200, in: 0...1_000_000, unit: "characters",
            "How much of a chunk's end the next one begins with, at most.")
        separator = declare.text(
            "separator", "\n", maxBytes: 1_024,
            "Where it may be cut; \\n and \\t may be written. Empty for anywhere.")
        keepSeparator = declare.flag(
            "keep_separator", false, "Whether chunks keep the separators at which they are cut.")
        separatorSide = declare.choice(
            "separator_side", SeparatorSide.start, "Where a kept separator stands: at a piece's start or end."
        )
        textKey = declare.text(
            "text_key", Record.textKey, maxBytes: 1_024, "The member or column that holds the text.")
        cleanOutput = declare.flag(
            "clean_output", false,
            "Whether a chunk's row has the text alone, without its record's other values.")
        chunks = declare.output("chunks", "A row for each chunk, its column `text` first.")
    }

    func compute(_ step: Step) throws {
        let splitter = try TextSplitter(
            separator: Self.separator(step[separator]), size: step[size], overlap: step[overlap],
            kept: step[keepSeparator] ? step[separatorSide] : nil)
        let records = Self.records(step[input])
        let key = step[textKey]
        guard records.isEmpty || records.contains(where: { $0.values[key] != nil }) else {
            let known = Set(records.flatMap(\.values.keys)).sorted()
            throw SplitError.noText(key: key, known: known)
        }
        var room = TextSplitter.Room()
        var rows: [Record] = []
        for record in records {
            var others = step[cleanOutput] ? [:] : record.values
            others[key] = nil
            for chunk in try splitter.chunks(of: record.values[key]?.plainText ?? "", room: &room) {
                others[Record.textKey] = .string(chunk)
                rows.append(Record(others))
            }
        }
        step.note("chunks", Double(rows.count))
        step.send(Table(rows, columns: [Record.textKey]), to: chunks)
    }

    /// `/n` and `/t` alone are what people write who mean a backslash.
    private static func separator(_ written: String) -> String {
        switch written {
        case "/n": "\n"
        case "/t": "\t"
        default: written.unescapingBreaks
        }
    }

    private static func records(_ value: JSONValue) -> [Record] {
        if let message = value.message { return [Record([Record.textKey: .string(message.text)])] }
        return value.array == nil ? [Record(any: value)] : Table(any: value).rows
    }
}

/// Why a text cannot be cut.
enum SplitError: Error, Sendable, Hashable, CustomStringConvertible {
    case overlapAboveSize(overlap: Int, size: Int)
    case noText(key: String, known: [String])
    case tooMuch(chunks: Int, bytes: Int)

    var description: String {
        switch self {
        case .overlapAboveSize(let overlap, let size):
            """
            chunks cannot overlap by \(overlap) characters when they have \(size) at most. Make chunk_overlap less \
            than chunk_size.
            """
        case .noText(let key, let known):
            """
            nothing has “\(key.prefix(60))” to cut; there is \
            \(known.isEmpty ? "nothing" : known.prefix(30).map { "“\($0)”" }.joined(separator: ", ")). Set text_key.
            """
        case .tooMuch(let chunks, let bytes):
            """
            the chunks would be more than \(chunks), or have more than \(bytes) bytes together. Make chunk_size larger, \
            chunk_overlap smaller, or give it less.
            """
        }
    }
}
