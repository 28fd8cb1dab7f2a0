import Foundation
import JSONValue

/// The messages of a ConverseStream response to its events, no faster than they are asked for.
///
/// One task reads at a time; a second reader is refused.
actor ConverseStreamReader {
    private let modelID: String
    private let messages: AWSEventReader
    private var isFinished = false
    /// Calls whose input is still coming, by their block's index.
    private var pending: [Int: PendingToolUse] = [:]
    /// Thoughts that are still coming, by their block's index.
    private var thoughts: [Int: ConverseReasoning] = [:]
    /// The tool that a call is of whose input cannot be read.
    private var unreadable: String?
    /// Events that came in one message behind the one given.
    private var waiting: [ConverseEvent] = []

    init(_ messages: AWSEventReader, modelID: String) {
        self.modelID = modelID
        self.messages = messages
    }

    /// - Returns: `nil` after the last event. After an error there are no more events.
    func next() async throws(BedrockError) -> ConverseEvent? {
        do throws(BedrockError) {
            if !waiting.isEmpty { return waiting.removeFirst() }
            while !isFinished {
                guard let message = try await nextMessage() else {
                    isFinished = true
                    return nil
                }
                if let event = try event(in: message) { return event }
            }
            return nil
        } catch {
            isFinished = true
            throw error
        }
    }

    private func nextMessage() async throws(BedrockError) -> EventStreamMessage? {
        do throws(AWSError) {
            return try await messages.next()
        } catch {
            throw BedrockError(error, modelID: modelID)
        }
    }

    private func event(in message: EventStreamMessage) throws(BedrockError) -> ConverseEvent? {
        switch message.eventType {
        case "contentBlockStart":
            let block = try decode(BlockStart.self, message)
            pending[block.contentBlockIndex] = block.start.toolUse
            return nil
        case "contentBlockDelta":
            if let text = Self.plainText(message.payload) { return .text(text) }
            let block = try decode(Delta.self, message)
            try add(block.delta.toolUse?.input ?? "", to: block.contentBlockIndex)
            if let thought = block.delta.reasoningContent { try add(thought, to: block.contentBlockIndex) }
            return block.delta.text.map(ConverseEvent.text)
        case "contentBlockStop":
            let block = try decode(BlockStop.self, message)
            if let thought = thoughts.removeValue(forKey: block.contentBlockIndex) {
                return .reasoning(thought)
            }
            return pending.removeValue(forKey: block.contentBlockIndex).flatMap(finished)
                .map(ConverseEvent.toolUse)
        case "messageStop":
            return .stop(reason: try checked(try decode(Stop.self, message).stopReason))
        case "metadata":
            let metadata = try decode(Metadata.self, message)
            waiting = metadata.trace?.guardrail.map { [.guardrail($0)] } ?? []
            return metadata.usage.map(ConverseEvent.usage) ?? waiting.popLast()
        default:
            return nil
        }
    }

    /// Reasons that leave a call unfinished: it is not made, and the reason says enough.
    private static let cuts: Set<String> = [
        "max_tokens", "model_context_window_exceeded", "guardrail_intervened", "content_filtered",
    ]

    /// - Throws: where the model wrote what is no answer: a call of a tool that cannot be read, say.
    private func checked(_ stopReason: String) throws(BedrockError) -> String {
        if stopReason.hasPrefix("malformed_") {
            throw failure(stopReason, "the model's own output could not be read")
        }
        if let unreadable, !Self.cuts.contains(stopReason) {
            throw failure(
                "malformed_tool_use",
                "the model called the tool “\(unreadable)” with an input that is not JSON")
        }
        return stopReason
    }

    private func failure(_ code: String, _ message: String) -> BedrockError {
        .modelFailed(
            BedrockError.Details(
                operation: "ConverseStream", modelID: modelID, status: 200, code: code, message: message,
                requestID: messages.requestID))
    }

    /// The text of a delta that has nothing else, which nearly all have; `nil` for any other, and for what is wrong.
    /// Foundation's decoder takes ten times as long, thousands of times an answer.
    private static func plainText(_ payload: Data) -> String? {
        guard let event = try? JSONValue(parsing: payload), event["contentBlockIndex"]?.integer != nil,
            let delta = event["delta"]?.object, delta.count == 1
        else { return nil }
        return delta["text"]?.string
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ message: EventStreamMessage
    ) throws(BedrockError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: message.payload)
        } catch {
            throw unexpected("an event \(message.eventType) has another shape")
        }
    }

    private func add(_ piece: String, to index: Int) throws(BedrockError) {
        guard pending[index] != nil else { return }
        pending[index]?.input += piece
        guard (pending[index]?.input.utf8.count ?? 0) <= Self.inputLimitBytes else {
            throw unexpected("the input of a tool call is longer than \(Self.inputLimitBytes) bytes")
        }
    }

    private func add(_ piece: Delta.Content.Thought, to index: Int) throws(BedrockError) {
        var thought = thoughts[index, default: ConverseReasoning()]
        thought.text += piece.text ?? ""
        if let signature = piece.signature { thought.signature = (thought.signature ?? "") + signature }
        if let redacted = piece.redactedContent { thought.redacted = (thought.redacted ?? Data()) + redacted }
        guard thought.text.utf8.count + (thought.redacted?.count ?? 0) <= Self.inputLimitBytes else {
            throw unexpected("what the model thought is longer than \(Self.inputLimitBytes) bytes")
        }
        thoughts[index] = thought
    }

    /// A call without arguments comes without any input at all.
    ///
    /// - Returns: `nil` for one that cannot be read; why the model stopped, which comes later, tells what that means.
    private func finished(_ use: PendingToolUse) -> ConverseToolUse? {
        guard let input = try? JSONValue(parsing: use.input.isEmpty ? "{}" : use.input) else {
            unreadable = unreadable ?? String(use.name.prefix(64))
            return nil
        }
        return ConverseToolUse(toolUseId: use.toolUseId, name: use.name, input: input)
    }

    private func unexpected(_ reason: String) -> BedrockError {
        .unexpectedResponse(
            operation: "ConverseStream", reason: reason, requestID: messages.requestID)
    }

    /// Largest input of a call that is put together.
    private static let inputLimitBytes = 1 << 20

    private struct PendingToolUse: Decodable {
        var toolUseId: String
        var name: String
        var input = ""

        private enum CodingKeys: String, CodingKey {
            case toolUseId, name
        }
    }

    private struct BlockStart: Decodable {
        struct Start: Decodable {
            var toolUse: PendingToolUse?
        }
        var contentBlockIndex: Int
        var start: Start
    }

    private struct BlockStop: Decodable {
        var contentBlockIndex: Int
    }

    private struct Delta: Decodable {
        struct Content: Decodable {
            struct ToolUse: Decodable {
                var input: String
            }
            struct Thought: Decodable {
                var text: String?
                var signature: String?
                var redactedContent: Data?
            }
            var text: String?
            var toolUse: ToolUse?
            var reasoningContent: Thought?
        }
        var contentBlockIndex: Int
        var delta: Content
    }

    private struct Stop: Decodable {
        var stopReason: String
    }

    private struct Metadata: Decodable {
        struct Trace: Decodable {
            var guardrail: JSONValue?
        }
        var usage: ConverseUsage?
        var trace: Trace?
    }
}
