import Concurrency
import Foundation
import Transport

/// An embedding model behind OpenAI's interface (`POST /embeddings`).
public struct OpenAIEmbedder: Embedder {
    /// Which model, and how it is asked.
    public struct Configuration: Sendable, Equatable {
        /// As the server calls it.
        public var model: String
        /// Under what vectors are kept; the server's name unless given. The same model of two servers that
        /// call it differently can share one.
        public var name: String
        /// Floats in a vector.
        public var dimension: Int
        /// Whether the model is told to make vectors of ``dimension`` floats; few can.
        public var sendsDimensions = false
        /// Tokens of a text that the model reads. Servers refuse longer texts, or leave their end out.
        public var maxTokens: Int
        /// Put before a question: `query: `, say. Some models were trained so.
        public var queryPrefix = ""
        /// Put before a passage.
        public var passagePrefix = ""
        /// 1…2,048, OpenAI's limit. What a server takes less of is halved as it refuses more.
        public var textsPerCall = 96
        /// Calls under way at a time, 1 or more.
        public var maxConcurrency = 8

        public init(model: String, name: String? = nil, dimension: Int, maxTokens: Int = 512) {
            self.model = model
            self.name = name ?? model
            self.dimension = dimension
            self.maxTokens = maxTokens
        }

        fileprivate var fault: String? {
            if model.isEmpty || name.isEmpty { return "it has no name" }
            if dimension < 1 { return "a vector of \(dimension) floats is none" }
            if maxTokens < 1 { return "it reads \(maxTokens) tokens" }
            if !(1...2_048).contains(textsPerCall) {
                return "\(textsPerCall) texts a call are not in 1...2048"
            }
            if maxConcurrency < 1 { return "\(maxConcurrency) calls at a time do no work" }
            return nil
        }
    }

    public let model: EmbeddingModel
    private let endpoint: OpenAIEndpoint
    private let configuration: Configuration
    private let meter: (any ModelUseMeter)?

    /// - Parameter meter: is told what each answer used, by the name that the server has for the model.
    /// - Throws: ``ModelsError/unusableModel(model:reason:)`` for a setting out of its range.
    public init(
        _ endpoint: OpenAIEndpoint, _ configuration: Configuration, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        if let fault = configuration.fault { throw .unusableModel(model: configuration.model, reason: fault) }
        self.endpoint = endpoint
        self.configuration = configuration
        self.meter = meter
        model = EmbeddingModel(
            configuration.name, dimension: configuration.dimension, maxTokens: configuration.maxTokens,
            passageMarks: [configuration.passagePrefix])
    }

    /// Asks for ``Configuration/textsPerCall`` texts a call, and for half as many where the server says that
    /// those are too many or too long together. Vectors are brought to length 1.
    ///
    /// - Throws: ``ModelsError/emptyText(model:offset:)`` before any call is made,
    ///   ``ModelsError/wrongCount(model:expected:actual:)``, else the first failure, an ``OpenAIError``,
    ///   which ends the batch; of a text that is too long alone, ``OpenAIError/contextTooLong(_:_:)`` with
    ///   its offset.
    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        try ModelsError.checkVisible(texts, model: model.name)
        try Task.checkCancellation()
        let prefix = purpose == .query ? configuration.queryPrefix : configuration.passagePrefix
        let calls = OpenAIBatch.calls(texts, of: configuration.textsPerCall)
        return try await calls.boundedMap(width: configuration.maxConcurrency) { part in
            try await OpenAIBatch.results(part) { try await vectors($0.map { prefix + $0 }, purpose) }
        }.flatMap(\.self)
    }

    private func vectors(_ texts: [String], _ purpose: EmbeddingPurpose) async throws -> [[Float]] {
        let body = try JSONEncoder().encode(
            OpenAIEmbeddings.Request(
                model: configuration.model, input: texts,
                dimensions: configuration.sendsDimensions ? configuration.dimension : nil))
        let (answer, exchange) = try await endpoint.send(
            "embeddings", model: configuration.model, body, as: OpenAIEmbeddings.Answer.self)
        meter?.count(
            ModelUse(
                model: configuration.model, purpose: .init(purpose), tokens: answer.usage?.inputTokens ?? 0))
        let vectors = try OpenAIBatch.placed(
            answer.data.map { ($0.index, $0.embedding.floats) }, count: texts.count, model: model.name)
        return try vectors.map { vector in
            do throws(UnitVectors.Fault) {
                return try UnitVectors.unit(vector, dimension: model.dimension)
            } catch {
                throw exchange.unexpected(error.reason)
            }
        }
    }
}
