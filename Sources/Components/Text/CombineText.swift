import Flow

/// Puts texts behind each other.
struct CombineText: ImmediateComponent {
    static let type = "CombineText"
    static let summary = "Puts texts behind each other, in the order of their edges."
    let texts: InputList<String>
    let delimiter: Parameter<String>
    let message: Output<ChatMessage>

    init(_ declare: inout Declaration) {
        texts = declare.inputList("texts", "The texts.")
        delimiter = declare.text(
            "delimiter", "\n", maxBytes: 1_024, "Between them; \\n and \\t may be written.")
        message = declare.output("message", "All of them.")
    }

    func compute(_ step: Step) throws {
        let texts = step[texts]
        let delimiter = step[delimiter].unescapingBreaks
        // No overflow: the texts and, in a list of at most a graph's edges, a delimiter for each are in memory's size.
        let bytes = texts.reduce(0) { $0 + $1.utf8.count + delimiter.utf8.count }
        guard bytes <= TextTemplate.byteLimit else {
            throw TextsTooLong(bytes: bytes, limit: TextTemplate.byteLimit)
        }
        step.send(ChatMessage(texts.joined(separator: delimiter), role: .assistant), to: message)
    }
}

/// Texts that are too long together.
struct TextsTooLong: Error, Hashable, CustomStringConvertible {
    var bytes: Int
    var limit: Int

    var description: String {
        "the texts have \(bytes) bytes together; at most \(limit) are put behind each other. Give it less."
    }
}
