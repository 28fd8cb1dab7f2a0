import Crypto
import Foundation

extension EmbeddingModel {
    /// A model that is told what it embeds, under a name of its own for what passages are sent with: that makes other
    /// vectors. What questions are sent with does not: their vectors are not kept.
    ///
    /// - Parameter passageMarks: prefix and words, in an order of their own; one that is empty is none.
    init(_ name: String, dimension: Int, maxTokens: Int, passageMarks: [String]) {
        var name = "\(name)/\(dimension)"
        if passageMarks != [""] {
            let hash = SHA256.hash(data: Data(passageMarks.joined(separator: "\0").utf8))
            name += "#\(hash.prefix(6).hexadecimal)"
        }
        self.init(name: name, dimension: dimension, maxTokens: maxTokens)
    }
}
