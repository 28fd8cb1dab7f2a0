import Crypto
import Foundation
import Text
import TextIndex
import VectorIndex

/// What an index depends on besides the database, as a name: indexes of different ones cannot go on from each other.
public struct SnapshotFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// Sixteen hexadecimal digits.
    public let text: String
    /// By name.
    let model: String

    /// - Parameters:
    ///   - rules: how passages are cut into terms.
    ///   - hnsw: how the graph is built.
    public init(model: String, dimension: Int, rules: String, hnsw: HNSWParameters = .standard) {
        let facts = [
            "model \(model)", "dimension \(dimension)", "metric \(Metric.cosine)", "M \(hnsw.M)",
            "format \(hnsw.format)", "vectors \(LocalVectorStore.snapshotVersion)", "rules \(rules)",
            "words \(LocalTextStore.formatVersion)",
            // Files are in the byte order of the machine that wrote them.
            "order \(Int(littleEndian: 1) == 1 ? "little" : "big")",
        ]
        let digest = SHA256.hash(data: Data(facts.joined(separator: "\n").utf8))
        text = String(SnapshotObject.hexadecimal(digest).prefix(16))
        self.model = model
    }

    public var description: String { text }
}
