import Components
import FlowService
import JSONValue

/// A conversation as OpenAI's clients send it: what was said before, and what the person says now.
struct OpenAIMessages: Sendable, Hashable {
    /// Oldest first.
    var history: [ChatMessage] = []
    /// The last thing that the person says; `nil` where only results of calls are sent, whose conversation is kept. What
    /// the model said behind it is nobody's to answer.
    var asked: ChatMessage?
    /// Calls of the request's tools since then, and what they returned.
    var tools = OpenAITurns()

    /// Parts that a message's content may have.
    static let partLimit = 1_000

    /// - Parameters:
    ///   - items: messages, and among those of Responses other items, which are passed over.
    ///   - field: names the list in refusals.
    ///   - readsCalls: whether calls and their results are looked at; else they are passed over.
    ///   - goesOn: whether a conversation that is kept may hold the calls whose results are sent.
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` with the place of what is wrong.
    init(
        _ items: [JSONValue], in field: String, readsCalls: Bool = true, goesOn: Bool = false
    ) throws(RequestFault) {
        var said: [ChatMessage] = []
        for (offset, item) in items.enumerated() {
            let place = "\(field)[\(offset)]"
            let message = try Self.message(item, at: place)
            if readsCalls { try take(item, message, at: place) }
            if let message { said.append(message) }
        }
        try tools.checkComplete()
        if !goesOn { try tools.checkCalls() }
        guard let last = said.lastIndex(where: { $0.role == .user }) else {
            guard !tools.strays.isEmpty else {
                throw .invalidField(
                    name: field, reason: "has no message of the user, to which a flow could answer")
            }
            history = Array(said.filter { $0.role != .tool }.suffix(FlowRequest.historyLimit))
            return
        }
        asked = said[last]
        history = Array(said[..<last].suffix(FlowRequest.historyLimit))
    }

    /// Notes what an item says of calls.
    private mutating func take(
        _ item: JSONValue, _ message: ChatMessage?, at place: String
    ) throws(RequestFault) {
        switch (item["type"]?.string ?? "message", item["role"]?.string) {
        case ("function_call", _):
            let call = try OpenAITurns.call(
                id: item["call_id"], at: "\(place).call_id", item, at: place)
            try tools.called([(call, "\(place).call_id")], saying: "")
        case ("function_call_output", _):
            let id = try OpenAITurns.id(item["call_id"], at: "\(place).call_id")
            try tools.returned(id, message?.text ?? "", at: "\(place).call_id")
        case ("message", "tool"):
            let id = try OpenAITurns.id(item["tool_call_id"], at: "\(place).tool_call_id")
            try tools.returned(id, message?.text ?? "", at: "\(place).tool_call_id")
        case ("message", "user"): tools.said()
        case ("message", "assistant"):
            let calls = item["tool_calls"] ?? .null
            guard calls != .null, calls != [] else { return tools.answered() }
            try tools.called(
                try OpenAITurns.calls(calls, at: "\(place).tool_calls"), saying: message?.text ?? "")
        default: return
        }
    }

    /// - Returns: `nil` for an item that says nothing, such as a model's thoughts.
    private static func message(_ item: JSONValue, at place: String) throws(RequestFault) -> ChatMessage? {
        guard item.object != nil else { throw .invalidField(name: place, reason: "must be an object") }
        switch item["type"]?.string {
        case nil, "message"?: break
        case "function_call_output"?:
            return ChatMessage(try text(item["output"], at: "\(place).output"), role: .tool)
        default: return nil
        }
        guard let name = item["role"]?.string, let role = role(name) else {
            throw .invalidField(
                name: "\(place).role", reason: "must be user, assistant, system, developer or tool")
        }
        return ChatMessage(
            try text(item["content"], at: "\(place).content"), role: role, name: try item.text("name") ?? "")
    }

    private static func role(_ name: String) -> ChatMessage.Role? {
        switch name {
        case "user": .user
        case "assistant": .assistant
        case "system", "developer": .system
        case "tool", "function": .tool
        default: nil
        }
    }

    /// The text of a content, its parts put together.
    private static func text(_ content: JSONValue?, at place: String) throws(RequestFault) -> String {
        switch content {
        // A message that only calls tools has none.
        case nil, .null?: return ""
        case .string(let text)?: return text
        case .array(let parts)?:
            guard parts.count <= partLimit else {
                throw .invalidField(
                    name: place, reason: "has \(parts.count) parts; at most \(partLimit) are taken")
            }
            var texts: [String] = []
            for (offset, part) in parts.enumerated() {
                switch part["type"]?.string {
                case "text"?, "input_text"?, "output_text"?:
                    guard let text = part["text"]?.string else {
                        throw .invalidField(name: "\(place)[\(offset)].text", reason: "must be a text")
                    }
                    texts.append(text)
                case "refusal"?: texts.append(part["refusal"]?.string ?? "")
                default:
                    throw .invalidField(
                        name: "\(place)[\(offset)].type",
                        reason: "must be text: flows are given no images, sounds and files this way")
                }
            }
            return texts.joined(separator: "\n")
        default: throw .invalidField(name: place, reason: "must be a text or a list of parts")
        }
    }
}
