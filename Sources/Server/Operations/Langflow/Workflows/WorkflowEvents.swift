import Components
import Flow
import FlowService
import Foundation
import JSONValue

/// A run's events in the words of a stream protocol, without the frames that carry them.
protocol WorkflowEvents: Sendable {
    /// What is told before anything runs.
    mutating func began() -> [JSONValue]
    mutating func events(_ progress: FlowProgress) -> [JSONValue]
    /// What ends a stream that could not go on.
    mutating func failed(_ reason: String) -> [JSONValue]
}

/// Langflow's own words: `{"event": …, "data": …}`.
struct LangflowWorkflowEvents: WorkflowEvents {
    private let input: String
    private let messages: LangflowMessages
    private let titles: [String: String]
    private let tellsComponents: Bool
    private let now: @Sendable () -> Date
    /// The messages that are being written.
    private var open = OpenMessages()

    /// - Parameter titles: what people call the components, by id.
    init(
        input: String, messages: LangflowMessages, titles: [String: String], tellsComponents: Bool,
        now: @escaping @Sendable () -> Date
    ) {
        self.input = input
        self.messages = messages
        self.titles = titles
        self.tellsComponents = tellsComponents
        self.now = now
    }

    func began() -> [JSONValue] {
        guard !input.isEmpty else { return [] }
        return [
            event(
                "add_message",
                messages.event(
                    ChatMessage(input), id: "\(messages.run)-input", component: "", title: "User"))
        ]
    }

    mutating func events(_ progress: FlowProgress) -> [JSONValue] {
        open.follow(progress.kind)
        if let (component, text) = progress.spoken { return write(text, by: component) }
        switch progress.kind {
        case .stepBegan(let component, _):
            return tellsComponents ? [event("build_start", ["id": .string(component)])] : []
        case .stepEnded(let trace):
            return tellsComponents ? [event("build_end", ["id": .string(trace.component)])] : []
        case .message(let component, let message):
            let id = id(open.close(message.text) ?? component)
            return [event("add_message", told(message, id: id, component: component))]
        case .finished(let response):
            let outputs = response.outputs.map { output -> JSONValue in
                var members = WorkflowDocument.component(output).object ?? [:]
                members["component_id"] = .string(output.component)
                return event("output", .object(members))
            }
            return outputs + [event("end", [:])]
        case .failed(let failure): return failed(failure.reason)
        case .cancelled: return [event("cancelled", ["reason": "The run was cancelled."])]
        case .text, .tool, .other, .restarted: return []
        }
    }

    func failed(_ reason: String) -> [JSONValue] { [event("error", ["error": .string(reason)])] }

    private mutating func write(_ text: String, by component: String) -> [JSONValue] {
        var events: [JSONValue] = []
        if open.write(text, by: component) {
            let begun = ChatMessage("", role: .assistant)
            events.append(event("add_message", told(begun, id: id(component), component: component)))
        }
        events.append(
            event(
                "token",
                [
                    "chunk": .string(text), "id": .string(id(component)),
                    "timestamp": .string(LangflowTime.text(now())),
                ]))
        return events
    }

    private func id(_ component: String) -> String { "\(messages.run)-\(component)" }

    private func told(_ message: ChatMessage, id: String, component: String) -> JSONValue {
        messages.event(message, id: id, component: component, title: titles[component] ?? component)
    }

    private func event(_ name: String, _ data: JSONValue) -> JSONValue {
        ["event": .string(name), "data": data]
    }
}
