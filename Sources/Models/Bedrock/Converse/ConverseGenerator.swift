import Concurrency
import JSONValue
import Transport

/// Answers by a model of Bedrock, streamed.
public struct ConverseGenerator: Generator {
    /// Which model.
    public struct Configuration: Sendable, Equatable {
        /// A model id, an inference profile or an ARN.
        public var modelID: String
        /// The name shown with the answer; the model id unless given.
        public var name: String
        /// What checks each prompt and answer on AWS's side.
        public var guardrail: ConverseRequest.Guardrail?
        /// Whether instructions and tools are kept for later calls by the model; not every model can.
        public var cachesPrompt = false
        /// Whether the model itself keeps to a JSON Schema; others are made to call a tool.
        public var knowsSchemas = false
        /// Tokens that the model may think with before it answers, 1,024 or more; `nil` for models that do not.
        public var thinkingTokens: Int?
        /// What the model takes beyond Converse's own fields: an object.
        public var modelFields: JSONValue?

        public init(modelID: String, name: String? = nil) {
            self.modelID = modelID
            self.name = name ?? modelID
        }
    }

    private let runtime: BedrockRuntime
    private let configuration: Configuration

    public init(_ runtime: BedrockRuntime, _ configuration: Configuration) {
        self.runtime = runtime
        self.configuration = configuration
    }

    public var name: String { configuration.name }

    /// The call begins with the first read of the stream, and goes as fast as the stream is read.
    ///
    /// The stream throws ``ModelsError`` for a request that no model can be sent, else ``BedrockError``. An
    /// answer that breaks off without Bedrock's own word that it is over is an error, never a short answer.
    public func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [runtime, configuration] in
            let conversation = try ConverseConversation(request, configuration)
            let events = try await runtime.converseStream(configuration.modelID, conversation.request)
            let isCall = request.outputFormat != .text && !configuration.knowsSchemas
            let answer = ConverseAnswer(events, isStructured: isCall)
            return { try await answer.next() }
        })
    }
}

/// One answer under way.
private final class ConverseAnswer {
    private var events: PulledSequence<ConverseEvent>.AsyncIterator
    /// The answer is the input of the one call that the model was made to make.
    private let isStructured: Bool
    private var stopReason: String?
    private var isFinished = false

    init(_ events: PulledSequence<ConverseEvent>, isStructured: Bool) {
        self.events = events.makeAsyncIterator()
        self.isStructured = isStructured
    }

    func next() async throws -> GenerationEvent? {
        while !isFinished {
            switch try await nextEvent() {
            case .text(let text) where text.isEmpty || isStructured: continue
            case .text(let text): return .text(text)
            case .toolUse(let use) where isStructured: return .text(try use.input.text())
            case .toolUse(let use):
                return .toolCall(ToolCall(id: use.toolUseId, name: use.name, arguments: use.input))
            case .reasoning(let thought):
                return .reasoning(
                    Reasoning(
                        text: thought.text, signature: thought.signature, redacted: thought.redacted))
            case .guardrail: continue
            case .stop(let reason): stopReason = reason
            case .usage(let counts):
                return .usage(TokenUsage(counts))
            case nil:
                isFinished = true
                return try end()
            }
        }
        return nil
    }

    private func nextEvent() async throws -> ConverseEvent? {
        do {
            return try await events.next()
        } catch {
            isFinished = true
            throw error
        }
    }

    private func end() throws -> GenerationEvent {
        if Task.isCancelled { throw BedrockError.transport(.cancelled) }
        guard let stopReason else {
            throw BedrockError.unexpectedResponse(
                operation: "ConverseStream", reason: "it ended without a messageStop event",
                requestID: "unknown")
        }
        return .finished(meaning(of: stopReason))
    }

    private func meaning(of reason: String) -> StopReason {
        switch reason {
        case "max_tokens", "model_context_window_exceeded": .maxTokens
        case "guardrail_intervened", "content_filtered": .filtered
        case "tool_use": isStructured ? .complete : .toolCalls
        case "stop_sequence": .stopSequence
        default: .complete
        }
    }
}

extension TokenUsage {
    fileprivate init(_ counts: ConverseUsage) {
        self.init(
            inputTokens: counts.inputTokens, outputTokens: counts.outputTokens,
            cacheReadTokens: counts.cacheReadInputTokens ?? 0,
            cacheWriteTokens: counts.cacheWriteInputTokens ?? 0)
    }
}
