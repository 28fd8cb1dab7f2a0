import Concurrency
import Foundation
import Text
import Transport

/// An embedding model of Bedrock: Titan Text V1 and V2, Cohere Embed V3 and V4, Nova.
public struct BedrockEmbedder: Embedder {
    /// Which model, and how hard to drive it.
    public struct Configuration: Sendable, Equatable {
        /// A model id, an inference profile or an ARN.
        public var modelID: String
        /// Which of the known request formats the model takes; `nil` for what its id tells.
        public var family: BedrockEmbeddingFamily?
        /// Floats in a vector; `nil` for the family's own.
        public var dimension: Int?
        /// Whether vectors come in a byte a number, where the model can: a quarter of the answer's bytes.
        public var comesInBytes: Bool
        /// Calls under way at a time.
        public var maxConcurrency: Int
        /// What the account may ask in a minute; `nil` where it is not known, and is learnt by being throttled.
        public var quota: EmbeddingQuota?

        public init(
            modelID: String = "amazon.titan-embed-text-v2:0", family: BedrockEmbeddingFamily? = nil,
            dimension: Int? = nil, comesInBytes: Bool = false, maxConcurrency: Int = 8,
            quota: EmbeddingQuota? = nil
        ) {
            self.modelID = modelID
            self.family = family
            self.dimension = dimension
            self.comesInBytes = comesInBytes
            self.maxConcurrency = maxConcurrency
            self.quota = quota
        }
    }

    public let model: EmbeddingModel
    private let runtime: BedrockRuntime
    private let configuration: Configuration
    private let format: any BedrockEmbeddingFormat
    private let pace: EmbeddingPace
    private let meter: (any ModelUseMeter)?

    /// - Parameters:
    ///   - clock: what waits for the quota pass on.
    ///   - meter: is told what each answer used, by the model's id.
    /// - Throws: ``ModelsError/unusableModel(model:reason:)`` for a model of no known family, and for a dimension that
    ///   its family does not make.
    public init(
        _ runtime: BedrockRuntime, _ configuration: Configuration = Configuration(),
        clock: any Clock<Duration> = ContinuousClock(), meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        precondition(configuration.maxConcurrency > 0, "maxConcurrency \(configuration.maxConcurrency)")
        self.runtime = runtime
        self.meter = meter
        self.configuration = configuration
        guard let family = configuration.family ?? BedrockEmbeddingFamily(modelID: configuration.modelID)
        else {
            throw .unusableModel(
                model: configuration.modelID,
                reason: "its id tells none of the families \(BedrockEmbeddingFamily.names); name its family")
        }
        let dimension = configuration.dimension ?? family.dimensions[0]
        guard family.dimensions.contains(dimension) else {
            throw .unusableModel(
                model: configuration.modelID,
                reason: "it makes vectors of \(family.dimensions.map { "\($0)" }.joined(separator: ", ")) "
                    + "floats, not \(dimension)")
        }
        guard !configuration.comesInBytes || family.knowsBytes else {
            throw .unusableModel(model: configuration.modelID, reason: "its vectors do not come in bytes")
        }
        format = family.format(dimension: dimension, comesInBytes: configuration.comesInBytes)
        pace = EmbeddingPace(configuration.quota, clock: clock)
        model = EmbeddingModel(
            name: "\(family.name(of: configuration.modelID))/\(dimension)"
                + (configuration.comesInBytes ? "/int8" : ""),
            dimension: dimension, maxTokens: family.maxTokens)
    }

    /// Asks for as many texts a call as the model takes.
    ///
    /// A throttled call waits and is sent again, longer for passages than for a question that somebody waits for. What
    /// else fails is the runtime's to send again; whoever does it, no attempt begins before its turn.
    ///
    /// - Throws: ``ModelsError/emptyText(model:offset:)`` before any call is made, else the first failure, a
    ///   ``BedrockError``, which ends the batch.
    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        try ModelsError.checkVisible(texts, model: model.name)
        let calls = stride(from: 0, to: texts.count, by: format.textsPerCall).map {
            Array(texts[$0..<min($0 + format.textsPerCall, texts.count)])
        }
        return try await calls.boundedMap(width: configuration.maxConcurrency) { part in
            try await paced(part, purpose)
        }.flatMap(\.self)
    }

    /// One call, each attempt of it once its turn has come.
    private func paced(_ texts: [String], _ purpose: EmbeddingPurpose) async throws -> [[Float]] {
        let texts = texts.map { $0.firstScalars(format.maxCharacters) }
        let counter = EstimatedTokenCounter()
        let estimate = texts.reduce(0) { $0 + min(counter.count($1[...]), model.maxTokens) }
        var attempt = 0
        let turns = EmbeddingTurns(pace: pace, tokens: estimate, modelID: configuration.modelID)
        while true {
            do {
                let answer = try await runtime.invokeModel(
                    configuration.modelID, body: try format.body(texts, purpose), pace: turns)
                let counted = answer.inputTokens ?? format.inputTokens(of: answer.body)
                meter?.count(
                    ModelUse(
                        model: configuration.modelID, purpose: .init(purpose), tokens: counted ?? 0))
                await pace.passed(tokens: counted, estimate: estimate)
                return try vectors(answer, texts.count)
            } catch let error as BedrockError {
                attempt += 1
                guard error.isThrottling, attempt <= Self.patience(purpose) else { throw error }
                await pace.throttled(attempt: attempt)
            }
        }
    }

    private static func patience(_ purpose: EmbeddingPurpose) -> Int {
        purpose == .query ? 1 : 12
    }

    private func vectors(
        _ answer: BedrockRuntime.ModelAnswer, _ count: Int
    ) throws(BedrockError) -> [[Float]] {
        guard let vectors = format.vectors(of: answer.body) else {
            throw unexpected("it holds no embeddings", answer)
        }
        guard vectors.count == count else {
            throw unexpected("it holds \(vectors.count) embeddings for \(count) texts", answer)
        }
        var result: [[Float]] = []
        for vector in vectors {
            do throws(UnitVectors.Fault) {
                result.append(try UnitVectors.unit(vector, dimension: model.dimension))
            } catch {
                throw unexpected(error.reason, answer)
            }
        }
        return result
    }

    private func unexpected(_ reason: String, _ answer: BedrockRuntime.ModelAnswer) -> BedrockError {
        .unexpectedResponse(operation: "InvokeModel", reason: reason, requestID: answer.requestID)
    }
}
