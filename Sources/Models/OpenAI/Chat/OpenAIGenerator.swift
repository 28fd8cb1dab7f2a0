import Concurrency
import Foundation
import JSONValue
import Transport

/// Answers by a model behind OpenAI's interface (`POST /chat/completions`), streamed.
public struct OpenAIGenerator: Generator {
    /// How a model is brought to answer with JSON of a given schema; servers differ in what they can.
    public enum StructuredOutput: String, Sendable, CaseIterable {
        /// `response_format` with the schema, kept to strictly where the schema allows it: OpenAI, vLLM,
        /// Ollama, llama.cpp.
        case jsonSchema
        /// `response_format` without one: the schema stands in the instructions, and nothing enforces it.
        case jsonObject
        /// The answer is the input of a tool that must be called: most servers whose model knows tools.
        case tool
    }

    /// The field that limits an answer's tokens.
    public enum TokenLimitField: String, Sendable, CaseIterable {
        /// What nearly all servers know.
        case maxTokens = "max_tokens"
        /// What OpenAI's models that think want; thoughts count towards it.
        case maxCompletionTokens = "max_completion_tokens"
    }

    /// Which model, and what its server differs in.
    public struct Configuration: Sendable, Equatable {
        /// As the server calls it.
        public var model: String
        /// The name shown with the answer; the server's unless given.
        public var name: String
        /// How JSON of a given schema is asked for.
        public var structuredOutput: StructuredOutput = .jsonSchema
        /// Where ``GenerationRequest/maxTokens`` goes.
        public var tokenLimitField: TokenLimitField = .maxTokens
        /// Whether tokens are asked for (`stream_options`); old servers refuse that.
        public var asksForUsage = true
        /// OpenAI's models that think refuse any temperature.
        public var sendsTemperature = true
        /// Whether the model's thoughts go back to it before the calls that followed them, as
        /// `reasoning_content`; some models need that and some servers refuse it.
        public var returnsReasoning = false
        /// Whether the server begins each answer within a thought, without telling so: the answer is then
        /// what follows `</think>`.
        public var beginsInThought = false
        /// What the server takes beyond that, such as `reasoning_effort`; they replace ours of the same name.
        public var fields: [String: JSONValue] = [:]

        public init(model: String, name: String? = nil) {
            self.model = model
            self.name = name ?? model
        }
    }

    private let endpoint: OpenAIEndpoint
    private let configuration: Configuration

    public init(_ endpoint: OpenAIEndpoint, _ configuration: Configuration) {
        self.endpoint = endpoint
        self.configuration = configuration
    }

    public var name: String { configuration.name }

    /// The call begins with the first read of the stream, and goes as fast as the stream is read.
    ///
    /// The stream throws ``ModelsError`` for a request that no model can be sent, else ``OpenAIError``. An
    /// answer that ends without the server's own word that it is over is an error, never a short answer. What
    /// the model thinks comes as ``GenerationEvent/reasoning(_:)``, never as text, whether the server tells
    /// it apart or the answer begins with `<think>`.
    public func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [endpoint, configuration] in
            let body = try OpenAIChatRequest(request, configuration).body
            let (response, exchange) = try await endpoint.stream(
                "chat/completions", model: configuration.model, body)
            let isCall = request.outputFormat != .text && configuration.structuredOutput == .tool
            let answer = OpenAIChatAnswer(
                try await exchange.events(of: response), exchange, isStructured: isCall,
                beginsInThought: configuration.beginsInThought, stopSequences: request.stopSequences)
            return { try await answer.next() }
        })
    }
}

extension OpenAIExchange {
    /// Largest answer of a server that does not stream although it is asked to.
    private static let wholeLimitBytes = 8 << 20

    /// The events of a streamed answer; one event where the server answers with JSON instead.
    fileprivate func events(
        of response: HTTPStreamedResponse
    ) async throws(OpenAIError) -> PulledSequence<ServerSentEvent> {
        let type = response.head["content-type"]?.lowercased() ?? ""
        guard ["json", "html"].contains(where: type.contains) else { return response.serverSentEvents() }
        var text = Data()
        do {
            for try await piece in response.body {
                text += piece
                guard text.count <= Self.wholeLimitBytes else {
                    throw unexpected("it is no stream and longer than \(Self.wholeLimitBytes) bytes")
                }
            }
        } catch let error as TransportError {
            throw failure(error)
        } catch {
            throw error as? OpenAIError ?? failure(.cancelled)
        }
        if Task.isCancelled { throw failure(.cancelled) }
        let chunk = try decode(OpenAIChatChunk.self, from: text)
        guard chunk.isError || chunk.choices != nil else {
            throw unexpected("the answer is JSON of another shape")
        }
        return PulledSequence([ServerSentEvent(data: String(decoding: text, as: UTF8.self))])
    }
}
