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
    private let meter: (any ModelUseMeter)?

    /// - Parameter meter: is told what the guardrail looked at, as its trace tells it. The model's own tokens are events.
    public init(
        _ runtime: BedrockRuntime, _ configuration: Configuration, meter: (any ModelUseMeter)? = nil
    ) {
        self.runtime = runtime
        self.configuration = configuration
        self.meter = meter
    }

    public var name: String { configuration.name }

    /// The call begins with the first read of the stream, and goes as fast as the stream is read.
    ///
    /// The stream throws ``ModelsError`` for a request that no model can be sent, else ``BedrockError``. An
    /// answer that breaks off without Bedrock's own word that it is over is an error, never a short answer.
    public func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [runtime, configuration, meter] in
            let conversation = try ConverseConversation(request, configuration)
            let stream = try await runtime.openConverseStream(configuration.modelID, conversation.request)
            let isCall = request.outputFormat != .text && !configuration.knowsSchemas
            let answer = ConverseAnswer(
                stream.events, requestID: stream.requestID, guardrail: configuration.guardrail,
                isStructured: isCall, meter: meter)
            return { try await answer.next() }
        })
    }
}
