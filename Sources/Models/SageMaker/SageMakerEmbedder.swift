import AWSServices
import Concurrency
import Foundation
import JSONValue
import Transport

/// An embedding model behind a SageMaker endpoint.
public struct SageMakerEmbedder: Embedder {
    /// Which model, and how it is asked.
    public struct Configuration: Sendable, Hashable {
        /// The endpoint, and the model on it where it has several.
        public var call: SageMakerCall
        public var form: SageMakerEmbeddingForm
        /// Under what vectors are kept; the endpoint's name with the model's on it, unless given. Endpoints
        /// of one model can share one; another model needs another.
        public var name: String
        /// Floats in a vector.
        public var dimension: Int
        /// Tokens of a text that the model reads. Endpoints refuse longer texts, or leave their end out.
        public var maxTokens: Int
        /// Put before a question: `query: `, say. Some models were trained so.
        public var queryPrefix = ""
        /// Put before a passage.
        public var passagePrefix = ""
        /// What `{{purpose}}` becomes for questions.
        public var queryWord = "query"
        /// What `{{purpose}}` becomes for passages.
        public var passageWord = "passage"
        /// Calls under way at a time, 1 or more.
        public var maxConcurrency = 4

        public init(
            call: SageMakerCall, form: SageMakerEmbeddingForm, name: String? = nil, dimension: Int,
            maxTokens: Int = 512
        ) {
            self.call = call
            self.form = form
            self.name = name ?? call.modelName
            self.dimension = dimension
            self.maxTokens = maxTokens
        }

        fileprivate var fault: String? {
            if name.isEmpty { return "it has no name" }
            if dimension < 1 { return "a vector of \(dimension) floats is none" }
            if maxTokens < 1 { return "it reads \(maxTokens) tokens" }
            if form.textsPerCall < 1 { return "\(form.textsPerCall) texts a call are none" }
            if maxConcurrency < 1 { return "\(maxConcurrency) calls at a time do no work" }
            return nil
        }
    }

    public let model: EmbeddingModel
    private let endpoint: SageMakerModel
    private let configuration: Configuration
    private let takesOne: Bool
    private let meter: (any ModelUseMeter)?

    /// - Parameter meter: is told of each answer, by the model's name. SageMaker tells of no tokens.
    /// - Throws: ``ModelsError/unusableModel(model:reason:)`` for a setting out of its range.
    public init(
        _ runtime: SageMakerRuntime, _ configuration: Configuration, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        if let fault = configuration.fault { throw .unusableModel(model: configuration.name, reason: fault) }
        endpoint = SageMakerModel(runtime: runtime, call: configuration.call)
        self.configuration = configuration
        self.meter = meter
        let placeholders = configuration.form.template.placeholders
        takesOne = placeholders.contains(.text)
        var marks = [configuration.passagePrefix]
        if placeholders.contains(.purpose) { marks.append(configuration.passageWord) }
        model = EmbeddingModel(
            configuration.name, dimension: configuration.dimension, maxTokens: configuration.maxTokens,
            passageMarks: marks)
    }

    /// Asks for as many texts a call as the form says, and for half as many where the model says that those
    /// are too many or too long together. Vectors are brought to length 1.
    ///
    /// - Throws: ``ModelsError/emptyText(model:offset:)`` before any call is made,
    ///   ``ModelsError/wrongCount(model:expected:actual:)``, else the first failure, a ``SageMakerError``,
    ///   which ends the batch.
    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        try ModelsError.checkVisible(texts, model: model.name)
        let calls = OpenAIBatch.calls(texts, of: takesOne ? 1 : configuration.form.textsPerCall)
        return try await calls.boundedMap(width: configuration.maxConcurrency) { part in
            try await SageMakerModel.halving(part) { try await vectors($0, purpose) }
        }.flatMap(\.self)
    }

    private func vectors(_ texts: [String], _ purpose: EmbeddingPurpose) async throws -> [[Float]] {
        let prefix = purpose == .query ? configuration.queryPrefix : configuration.passagePrefix
        let word = purpose == .query ? configuration.queryWord : configuration.passageWord
        let values = texts.map { JSONValue.string(prefix + $0) }
        var filled: [RequestTemplate.Placeholder: JSONValue] = [
            .texts: .array(values), .purpose: .string(word),
        ]
        filled[.text] = values.first
        let answer = try await endpoint.ask(configuration.form.template, filled)
        meter?.count(ModelUse(model: model.name, purpose: .init(purpose)))
        let vectors = try endpoint.look(answer) { () throws(ResponsePathError) in
            try configuration.form.vectors.vectors(in: answer.body)
        }
        guard vectors.count == texts.count else {
            throw ModelsError.wrongCount(model: model.name, expected: texts.count, actual: vectors.count)
        }
        return try vectors.map { try unit($0, answer.told) }
    }

    private func unit(_ vector: [Float], _ told: SageMakerRuntime.Told) throws(SageMakerError) -> [Float] {
        do throws(UnitVectors.Fault) {
            return try UnitVectors.unit(vector, dimension: model.dimension)
        } catch {
            throw endpoint.unexpected(error.reason, told)
        }
    }
}

extension SageMakerCall {
    /// The endpoint's name, with that of the model on it where it has several.
    var modelName: String {
        [endpoint, inferenceComponent ?? targetModel].compactMap(\.self).joined(separator: "/")
    }
}
