import Foundation
import JSONValue

/// Vectors in OpenAI's form.
struct OpenAIEmbeddingDocument: ResponseDocument {
    /// A vector as numbers, or as its 32-bit floats, least significant byte first, in base64.
    enum Vector: Encodable, Sendable {
        case floats([Float])
        case base64(String)

        init(_ floats: [Float], as encoding: OpenAIEmbeddingRequest.Encoding) {
            switch encoding {
            case .float: self = .floats(floats)
            case .base64:
                var bytes = Data(capacity: floats.count * 4)
                for float in floats {
                    withUnsafeBytes(of: float.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
                }
                self = .base64(bytes.base64EncodedString())
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .floats(let floats): try container.encode(floats)
            case .base64(let text): try container.encode(text)
            }
        }
    }

    struct Item: Encodable, Sendable {
        let object = "embedding"
        var index: Int
        var embedding: Vector
    }

    struct Usage: Encodable, Sendable {
        var promptTokens: Int
        var totalTokens: Int
    }

    let object = "list"
    var model: String
    var data: [Item]
    var usage: Usage

    static var schema: JSONSchema {
        let vector = JSONSchema([
            "anyOf": [["type": "array", "items": ["type": "number"]], ["type": "string"]]
        ])
        return .object(required: [
            "object": .constant("list"), "model": .text,
            "data": .list(
                of: .object(required: [
                    "object": .constant("embedding"), "index": .integer, "embedding": vector,
                ])),
            "usage": .object(required: [
                "prompt_tokens": JSONSchema.integer.described("estimated: a quarter of the bytes"),
                "total_tokens": .integer,
            ]),
        ]).named("OpenAIEmbeddings")
    }

    init(_ vectors: [[Float]], of request: OpenAIEmbeddingRequest, model: String) {
        self.model = model
        data = vectors.enumerated().map { offset, vector in
            Item(index: offset, embedding: Vector(vector, as: request.encoding))
        }
        // Embedders do not tell what they counted.
        let tokens = request.texts.reduce(0) { $0 + ($1.utf8.count + 3) / 4 }
        usage = Usage(promptTokens: tokens, totalTokens: tokens)
    }
}
