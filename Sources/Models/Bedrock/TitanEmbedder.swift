import Foundation
import Transport

/// Amazon Titan Text Embeddings V2 through Bedrock.
public struct TitanEmbedder: Embedder {
    /// Which Titan, and how hard to drive it.
    public struct Configuration: Sendable, Equatable {
        /// The lengths that Titan V2 makes.
        public enum Dimension: Int, Sendable, CaseIterable, Codable {
            case d256 = 256
            case d512 = 512
            case d1024 = 1024
        }

        /// The model id, or the ARN of provisioned throughput for it.
        public var modelID: String
        public var dimension: Dimension
        /// Calls under way at a time; Titan takes one text a call.
        public var maxConcurrency: Int

        public init(
            modelID: String = "amazon.titan-embed-text-v2:0", dimension: Dimension = .d1024,
            maxConcurrency: Int = 8
        ) {
            self.modelID = modelID
            self.dimension = dimension
            self.maxConcurrency = maxConcurrency
        }
    }

    public let model: EmbeddingModel
    private let runtime: BedrockRuntime
    private let configuration: Configuration

    /// Titan refuses longer texts; by ``EmbeddingModel/maxTokens`` what follows is not seen.
    static let maxCharacters = 50_000

    public init(_ runtime: BedrockRuntime, _ configuration: Configuration = Configuration()) {
        precondition(configuration.maxConcurrency > 0, "maxConcurrency \(configuration.maxConcurrency)")
        self.runtime = runtime
        self.configuration = configuration
        let dimension = configuration.dimension.rawValue
        model = EmbeddingModel(
            name: "amazon.titan-embed-text-v2:0/\(dimension)", dimension: dimension, maxTokens: 8192)
    }

    /// Passages and questions are embedded alike.
    ///
    /// - Throws: ``ModelsError/emptyText(model:offset:)`` before any call is made, else the first failure, a
    ///   ``BedrockError``, which ends the batch.
    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        for (offset, text) in texts.enumerated() where text.allSatisfy(\.isWhitespace) {
            throw ModelsError.emptyText(model: "Titan", offset: offset)
        }
        var vectors = [[Float]](repeating: [], count: texts.count)
        try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (offset, text) in texts.enumerated() {
                if offset >= configuration.maxConcurrency, let (done, vector) = try await group.next() {
                    vectors[done] = vector
                }
                group.addTask { (offset, try await embed(text)) }
            }
            for try await (done, vector) in group { vectors[done] = vector }
        }
        return vectors
    }

    private struct Request: Encodable {
        var inputText: String
        var dimensions: Int
        var normalize = true
    }

    private struct Response: Decodable {
        var embedding: [Float]
    }

    private func embed(_ text: String) async throws -> [Float] {
        let request = Request(
            inputText: String(text.prefix(Self.maxCharacters)), dimensions: model.dimension)
        let answer = try await runtime.invokeModel(
            configuration.modelID, body: try JSONEncoder().encode(request))
        guard let response = try? JSONDecoder().decode(Response.self, from: answer.body) else {
            throw unexpected("it holds no embedding", answer.requestID)
        }
        let vector = response.embedding
        guard vector.count == model.dimension else {
            throw unexpected(
                "the embedding has \(vector.count) floats, not \(model.dimension)", answer.requestID)
        }
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length.isFinite, length > 0 else {
            throw unexpected("the embedding has the length \(length)", answer.requestID)
        }
        return vector.map { $0 / length }
    }

    private func unexpected(_ reason: String, _ requestID: String) -> BedrockError {
        .unexpectedResponse(operation: "InvokeModel", reason: reason, requestID: requestID)
    }
}
