import Transport

/// Answers by a model of Bedrock, streamed.
public struct ConverseGenerator: Generator {
    /// Which model.
    public struct Configuration: Sendable, Equatable {
        /// A model id, an inference profile or an ARN.
        public var modelID: String
        /// The name shown with the answer; the model id unless given.
        public var name: String

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
    /// The stream throws ``BedrockError``. An answer that breaks off without Bedrock's own word that it is
    /// over is an error, never a short answer.
    public func generate(_ prompt: GroundedPrompt) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let words = ConversePrompt(prompt)
        let request = ConverseRequest(
            system: words.system, messages: [.init(role: .user, text: words.user)],
            maxTokens: prompt.maxTokens, temperature: prompt.temperature)
        let generation = ConverseGeneration(runtime, configuration.modelID, request)
        return AsyncThrowingStream(unfolding: { try await generation.next() })
    }
}

/// One answer under way, for the one stream over it.
private actor ConverseGeneration {
    private enum Step {
        case notStarted
        case reading(AsyncThrowingStream<ConverseEvent, any Error>.Iterator)
        case finished
    }

    private let runtime: BedrockRuntime
    private let modelID: String
    private let request: ConverseRequest
    private var step = Step.notStarted
    private var stopReason: String?
    private var usage: ConverseUsage?

    init(_ runtime: BedrockRuntime, _ modelID: String, _ request: ConverseRequest) {
        self.runtime = runtime
        self.modelID = modelID
        self.request = request
    }

    func next() async throws -> GenerationEvent? {
        do {
            return try await advance()
        } catch {
            step = .finished
            throw error
        }
    }

    private func advance() async throws -> GenerationEvent? {
        var events: AsyncThrowingStream<ConverseEvent, any Error>.Iterator
        switch step {
        case .finished: return nil
        case .reading(let iterator): events = iterator
        case .notStarted:
            events = try await runtime.converseStream(modelID, request).makeAsyncIterator()
        }
        while let event = try await events.next(isolation: self) {
            switch event {
            case .text(let text) where text.isEmpty: continue
            case .text(let text):
                step = .reading(events)
                return .text(text)
            case .stop(let reason): stopReason = reason
            case .usage(let counts): usage = counts
            }
        }
        step = .finished
        return try end()
    }

    private func end() throws -> GenerationEvent {
        if Task.isCancelled { throw BedrockError.transport(.cancelled) }
        guard let stopReason else {
            throw BedrockError.unexpectedResponse(
                operation: "ConverseStream", reason: "it ended without a messageStop event",
                requestID: "unknown")
        }
        return .finished(
            Self.meaning(of: stopReason), inputTokens: usage?.inputTokens, outputTokens: usage?.outputTokens)
    }

    private static func meaning(of reason: String) -> StopReason {
        switch reason {
        case "max_tokens", "model_context_window_exceeded": .maxTokens
        case "guardrail_intervened", "content_filtered": .filtered
        default: .complete
        }
    }
}
