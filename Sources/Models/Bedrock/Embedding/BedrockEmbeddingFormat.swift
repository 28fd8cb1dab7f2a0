import Foundation

/// How an embedding model of Bedrock is asked, and how it answers.
protocol BedrockEmbeddingFormat: Sendable {
    var textsPerCall: Int { get }
    /// Unicode scalars. Longer texts are refused; by ``EmbeddingModel/maxTokens`` what follows is not seen.
    var maxCharacters: Int { get }

    func body(_ texts: [String], _ purpose: EmbeddingPurpose) throws -> Data

    /// - Returns: `nil` when the answer has another shape.
    func vectors(of answer: Data) -> [[Float]]?

    /// Tokens that the model read, where its answer tells them beside the header that AWS gives all answers.
    func inputTokens(of answer: Data) -> Int?
}

extension BedrockEmbeddingFormat {
    func inputTokens(of answer: Data) -> Int? { nil }
}

/// Amazon Titan Text Embeddings: one text a call, passages and questions alike.
struct TitanFormat: BedrockEmbeddingFormat {
    /// `nil` for V1, which makes one length and leaves vectors as long as they are.
    let dimension: Int?
    let textsPerCall = 1
    let maxCharacters = 50_000

    private struct Request: Encodable {
        var inputText: String
        var dimensions: Int?
        var normalize: Bool?
    }

    private struct Answer: Decodable {
        var embedding: [Float]
    }

    func body(_ texts: [String], _ purpose: EmbeddingPurpose) throws -> Data {
        try JSONEncoder().encode(
            Request(
                inputText: texts[0], dimensions: dimension, normalize: dimension == nil ? nil : true))
    }

    func vectors(of answer: Data) -> [[Float]]? {
        (try? JSONDecoder().decode(Answer.self, from: answer)).map { [$0.embedding] }
    }

    private struct Count: Decodable {
        var inputTextTokenCount: Int
    }

    func inputTokens(of answer: Data) -> Int? {
        (try? JSONDecoder().decode(Count.self, from: answer))?.inputTextTokenCount
    }
}

/// Cohere Embed: 96 texts a call; a question is embedded unlike a passage.
struct CohereFormat: BedrockEmbeddingFormat {
    /// `nil` for V3, which makes one length.
    let dimension: Int?
    let maxCharacters: Int
    let comesInBytes: Bool
    let textsPerCall = 96

    private struct Request: Encodable {
        var texts: [String]
        var inputType: String
        /// The end of a text that is too long is left out, as other models do.
        var truncate: String
        var embeddingTypes: [String]
        var outputDimension: Int?

        private enum CodingKeys: String, CodingKey {
            case texts, truncate
            case inputType = "input_type"
            case embeddingTypes = "embedding_types"
            case outputDimension = "output_dimension"
        }
    }

    private struct Answer: Decodable {
        struct Embeddings: Decodable {
            var float: [[Float]]?
            var int8: [[Int8]]?
        }
        var embeddings: Embeddings
    }

    func body(_ texts: [String], _ purpose: EmbeddingPurpose) throws -> Data {
        try JSONEncoder().encode(
            Request(
                texts: texts, inputType: purpose == .query ? "search_query" : "search_document",
                truncate: dimension == nil ? "END" : "RIGHT",
                embeddingTypes: [comesInBytes ? "int8" : "float"], outputDimension: dimension))
    }

    func vectors(of answer: Data) -> [[Float]]? {
        guard let embeddings = try? JSONDecoder().decode(Answer.self, from: answer).embeddings else {
            return nil
        }
        return comesInBytes
            ? embeddings.int8?.map { $0.map { Float($0) / 127 } } : embeddings.float
    }
}

/// Amazon Nova Multimodal Embeddings, for texts: one a call.
struct NovaFormat: BedrockEmbeddingFormat {
    let dimension: Int
    let textsPerCall = 1
    let maxCharacters = 50_000

    private struct Request: Encodable {
        struct Single: Encodable {
            struct Text: Encodable {
                var truncationMode = "END"
                var value: String
            }
            var embeddingPurpose: String
            var embeddingDimension: Int
            var text: Text
        }
        var schemaVersion = "nova-multimodal-embed-v1"
        var taskType = "SINGLE_EMBEDDING"
        var singleEmbeddingParams: Single
    }

    private struct Answer: Decodable {
        struct Embedding: Decodable {
            var embedding: [Float]
        }
        var embeddings: [Embedding]
    }

    func body(_ texts: [String], _ purpose: EmbeddingPurpose) throws -> Data {
        try JSONEncoder().encode(
            Request(
                singleEmbeddingParams: .init(
                    embeddingPurpose: purpose == .query ? "TEXT_RETRIEVAL" : "GENERIC_INDEX",
                    embeddingDimension: dimension, text: .init(value: texts[0]))))
    }

    func vectors(of answer: Data) -> [[Float]]? {
        (try? JSONDecoder().decode(Answer.self, from: answer))?.embeddings.map(\.embedding)
    }
}
