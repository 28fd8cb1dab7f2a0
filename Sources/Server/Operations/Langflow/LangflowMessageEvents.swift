import Components
import FlowService
import Foundation
import JSONValue

/// What a stream in Langflow's words tells of messages, each event one JSON object as text in UTF-8.
///
/// A message that was written piece by piece keeps the id that its pieces had.
struct LangflowMessageEvents: Sendable {
    private let messages: LangflowMessages
    /// What people call the components, by id.
    private let titles: [String: String]
    private let now: @Sendable () -> Date
    /// The messages that are being written.
    private var open = OpenMessages()

    init(_ messages: LangflowMessages, titles: [String: String], now: @escaping @Sendable () -> Date) {
        self.messages = messages
        self.titles = titles
        self.now = now
    }

    /// Takes in what a run tells of the components that write; before what is told of it.
    mutating func follow(_ kind: FlowProgress.Kind) { open.follow(kind) }

    /// What the person said; nothing where they said nothing.
    func asked(_ input: String) -> [[UInt8]] {
        guard !input.isEmpty else { return [] }
        return [
            messages.added(
                ChatMessage(input, role: .user), id: "\(messages.run)-input", component: "", title: "User")
        ]
    }

    /// A piece of a message, and its beginning before the first one.
    ///
    /// - Throws: `EncodingError`.
    mutating func piece(_ text: String, by component: String) throws -> [[UInt8]] {
        var events: [[UInt8]] = []
        if open.write(text, by: component) {
            events.append(added(ChatMessage("", role: .assistant), of: component, by: component))
        }
        events.append(
            try Self.event(
                "token",
                [
                    "chunk": .string(text), "id": .string(id(component)),
                    "timestamp": .string(LangflowTime.text(now())),
                ]))
        return events
    }

    /// A message as it stands.
    mutating func told(_ message: ChatMessage, by component: String) -> [UInt8] {
        added(message, of: open.close(message.text) ?? component, by: component)
    }

    private func added(_ message: ChatMessage, of writer: String, by component: String) -> [UInt8] {
        messages.added(
            message, id: id(writer), component: component, title: titles[component] ?? component)
    }

    private func id(_ component: String) -> String { "\(messages.run)-\(component)" }

    /// - Throws: `EncodingError` for a number that JSON cannot write.
    static func event(_ name: String, _ data: JSONValue) throws -> [UInt8] {
        try (["event": .string(name), "data": data] as JSONValue).utf8()
    }
}
