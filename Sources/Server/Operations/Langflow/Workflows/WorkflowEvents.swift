import Flow
import FlowService
import Foundation
import JSONValue

/// A run's events in the words of a stream protocol, without the frames that carry them: each is one JSON object, as
/// text in UTF-8.
///
/// `EncodingError` is thrown for a number that JSON cannot write, such as infinity.
protocol WorkflowEvents: Sendable {
    /// What is told before anything runs.
    mutating func began() throws -> [[UInt8]]
    mutating func events(_ progress: FlowProgress) throws -> [[UInt8]]
    /// What ends a stream that could not go on.
    mutating func failed(_ reason: String) throws -> [[UInt8]]
}

/// Langflow's own words: `{"event": …, "data": …}`.
struct LangflowWorkflowEvents: WorkflowEvents {
    private let input: String
    private var messages: LangflowMessageEvents
    private let tellsComponents: Bool

    /// - Parameter titles: what people call the components, by id.
    init(
        input: String, messages: LangflowMessages, titles: [String: String], tellsComponents: Bool,
        now: @escaping @Sendable () -> Date
    ) {
        self.input = input
        self.messages = LangflowMessageEvents(messages, titles: titles, now: now)
        self.tellsComponents = tellsComponents
    }

    func began() -> [[UInt8]] { messages.asked(input) }

    mutating func events(_ progress: FlowProgress) throws -> [[UInt8]] {
        messages.follow(progress.kind)
        if let (component, text) = progress.spoken { return try messages.piece(text, by: component) }
        switch progress.kind {
        case .stepBegan(let component, _):
            return tellsComponents ? [try event("build_start", ["id": .string(component)])] : []
        case .stepEnded(let trace):
            return tellsComponents ? [try event("build_end", ["id": .string(trace.component)])] : []
        case .message(let component, let message): return [messages.told(message, by: component)]
        case .finished(let response):
            let outputs = try response.outputs.map { output in
                var members = WorkflowDocument.component(output).object ?? [:]
                members["component_id"] = .string(output.component)
                return try event("output", .object(members))
            }
            return outputs + [try event("end", [:])]
        case .failed(let failure): return try failed(failure.reason)
        case .cancelled: return [try event("cancelled", ["reason": "The run was cancelled."])]
        case .text, .tool, .other, .restarted: return []
        }
    }

    func failed(_ reason: String) throws -> [[UInt8]] {
        [try event("error", ["error": .string(reason)])]
    }

    private func event(_ name: String, _ data: JSONValue) throws -> [UInt8] {
        try LangflowMessageEvents.event(name, data)
    }
}
