import Flow
import JSONValue

/// What was said before in the run's conversation. There is no way to name another one.
struct Memory: Component {
    static let type = "Memory"
    static let summary = "Gives what was said before in the conversation."

    enum Order: String, Sendable, CaseIterable {
        case ascending, descending
    }

    enum Sender: String, Sendable, CaseIterable {
        case all, user, assistant
    }

    let message: OptionalInput<ChatMessage>
    let limit: Parameter<Int>
    let order: Parameter<Order>
    let sender: Parameter<Sender>
    let template: Parameter<String>
    let messages: Output<[ChatMessage]>
    let text: Output<ChatMessage>
    let table: Output<Table>

    init(_ declare: inout Declaration) {
        message = declare.optionalInput("message", "Is added to the conversation first.")
        limit = declare.integer(
            "limit", 100, in: 0...1_000, unit: "messages", "How many of the last ones are given.")
        order = declare.choice("order", Order.ascending, "Whether the oldest or the latest stands first.")
        sender = declare.choice("sender", Sender.all, "Whose messages are given.")
        template = declare.text(
            "template", "{sender_name}: {text}", "A message's line: {text}, {sender}, {sender_name}.")
        messages = declare.output("messages", "The messages.")
        text = declare.output("text", "The messages as text, one after another.")
        table = declare.output("table", "The messages as rows: text, sender, sender_name.")
    }

    func run(_ step: Step) async throws {
        let memory = try step.context.fact(ConversationMemory.self)
        if let said = step[message] { try await memory.add(said) }
        let template = try TextTemplate(step[self.template])
        var said = step[limit] > 0 ? try await memory.last(step[limit]) : []
        switch step[sender] {
        case .all: break
        case .user: said.removeAll { $0.role != .user }
        case .assistant: said.removeAll { $0.role != .assistant }
        }
        if step[order] == .descending { said.reverse() }
        step.note("messages", Double(said.count))
        step.send(said, to: messages)
        var lines = ""
        for (offset, said) in said.enumerated() {
            if offset > 0 { lines += "\n" }
            try template.fill(into: &lines) { name, place in
                let values = Self.values(of: said)
                guard let value = values[name] else {
                    throw TemplateError.unknownField(name: name, place: place, known: values.keys.sorted())
                }
                return value
            }
        }
        step.send(ChatMessage(lines), to: text)
        step.send(Table(said.map(Self.row), columns: ["text", "sender", "sender_name"]), to: table)
    }

    private static func values(of message: ChatMessage) -> [String: String] {
        ["text": message.text, "sender": message.role.rawValue, "sender_name": message.shownName]
    }

    private static func row(_ message: ChatMessage) -> Record {
        Record(values(of: message).mapValues { .string($0) })
    }
}

extension ChatMessage {
    /// Its name, or its role's as people are shown it.
    fileprivate var shownName: String {
        guard name.isEmpty else { return name }
        return switch role {
        case .user: "User"
        case .assistant: "AI"
        case .system: "System"
        case .tool: "Tool"
        }
    }
}
