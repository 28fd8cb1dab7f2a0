import Foundation
import Models

/// The model that the tests of the native encoder run: fetched by `scripts/run` and `scripts/test`.
enum LocalModelFolder {
    static let url = LocalEmbedder.defaultDirectory()

    static func file(_ name: String) -> URL { url.appending(path: name) }

    /// One embedder for all tests; opening it takes a moment.
    static let embedder = Result { () throws(ModelsError) in
        try LocalEmbedder(modelDirectory: url, threads: 2)
    }
    static let tokenizer = Result { () throws(ModelsError) in
        try WordPieceTokenizer(vocabulary: file("vocab.txt"))
    }
}

/// A line of `fixtures/encoder/reference.jsonl`: what the reference makes of a text.
struct EncoderReference: Decodable {
    var text: String
    var ids: [Int32]
    /// Little-endian 32-bit floats in base64.
    private var vector: String

    var floats: [Float] {
        let bytes = [UInt8](Data(base64Encoded: vector) ?? Data())
        return stride(from: 0, to: bytes.count - 3, by: 4).map { i in
            Float(bitPattern: bytes[i..<(i + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
    }
}

/// The dot product, which for unit vectors is their cosine.
func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? 0 : .infinity
}
