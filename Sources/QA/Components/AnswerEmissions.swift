import Corpus
import Flow
import JSONValue

/// The passages that the answer will rest on, numbered from 1 in this order.
struct PassagesEmission: Emission {
    static let emissionName = "passages"
    var passages: [RetrievedChunk]

    var byteCount: Int {
        passages.reduce(0) { $0 + $1.chunk.text.utf8.count + $1.chunk.title.utf8.count + 256 }
    }

    var json: JSONValue {
        .array(passages.map { ["chunk": .integer(Int($0.chunk.id)), "score": .number($0.score)] })
    }
}

/// The next piece of the text.
struct TokenEmission: Emission {
    static let emissionName = "token"
    var text: String
    var byteCount: Int { text.utf8.count }
    var json: JSONValue { .string(text) }
}

/// A citation's number, as the text shows it.
struct CitationEmission: Emission {
    static let emissionName = "citation"
    /// Consecutive in the answer.
    var number: Int
    /// The passage's 1-based marker.
    var passage: Int
    var byteCount: Int { 16 }
    var json: JSONValue { ["number": .integer(number), "passage": .integer(passage)] }
}
