import Foundation

/// The JSON of `POST /embeddings`.
enum OpenAIEmbeddings {
    struct Request: Encodable {
        var model: String
        var input: [String]
        /// Every server knows it; `base64` only some.
        var encoding_format = "float"
        var dimensions: Int?
    }

    struct Answer: Decodable {
        struct Item: Decodable {
            var index: Int?
            var embedding: Vector
        }
        var data: [Item]
        var usage: OpenAIReadUsage?
    }

    /// Numbers, or the bytes of little-endian floats in Base64, which some servers send unasked.
    struct Vector: Decodable {
        var floats: [Float]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let text = try? container.decode(String.self) else {
                floats = try container.decode([Float].self)
                return
            }
            guard let bytes = Data(base64Encoded: text), bytes.count % 4 == 0 else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "not the Base64 of floats")
            }
            floats = stride(from: bytes.startIndex, to: bytes.endIndex, by: 4).map { offset in
                let bits = bytes[offset..<(offset + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                return Float(bitPattern: bits)
            }
        }
    }
}
