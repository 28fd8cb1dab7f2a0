import Models
import Synchronization
import Text

/// An embedder that needs no model: a text's words, hashed, are its vector.
///
/// Honest in what it promises (unit vectors, equal texts to equal vectors, texts that share words near each
/// other); no judge of meaning. It remembers what it was asked, and can be told to fail.
public final class HashingEmbedder: Embedder {
    public let model: EmbeddingModel
    private let failure: @Sendable (String) -> Bool
    private let delay: Duration
    private let remembersTexts: Bool
    private let embedded = Mutex<[String]>([])

    /// - Parameters:
    ///   - delay: how long each call takes.
    ///   - remembersTexts: `false` where the texts would be the most of a process's memory.
    ///   - failure: a text for which this holds takes its whole call down.
    public init(
        name: String = "hashing", dimension: Int = 64, delay: Duration = .zero, remembersTexts: Bool = true,
        failingOn failure: @escaping @Sendable (String) -> Bool = { _ in false }
    ) {
        model = EmbeddingModel(name: name, dimension: dimension, maxTokens: 256)
        self.delay = delay
        self.remembersTexts = remembersTexts
        self.failure = failure
    }

    /// What ``embed(_:purpose:)`` throws on purpose.
    public struct Refusal: Error, CustomStringConvertible {
        public var description: String { "the test told the embedder to fail" }
    }

    /// Every text that was embedded, in order.
    public var texts: [String] { embedded.withLock { $0 } }

    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        if delay > .zero { try await Task.sleep(for: delay) }
        if texts.contains(where: failure) { throw Refusal() }
        if remembersTexts { embedded.withLock { $0 += texts } }
        return texts.map { vector(of: $0) }
    }

    private func vector(of text: String) -> [Float] {
        var sums = [Float](repeating: 0, count: model.dimension)
        for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let hash = Self.hash(word)
            sums[Int(hash % UInt64(model.dimension))] += hash >> 63 == 0 ? 1 : -1
        }
        let length = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard length > 0 else {
            sums[0] = 1
            return sums
        }
        return sums.map { $0 / length }
    }

    /// FNV-1a, 64 bits: the same in every process, unlike `Hasher`; the last step mixes its weak high bits.
    private static func hash(_ word: Substring) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
    }
}

/// Counts a word of up to four letters as one token, and one more for each four letters further.
///
/// Like WordPiece it adds up over white space, and a long word costs more than a short one.
public struct QuarterWordCounter: TokenCounter {
    public init() {}

    public func count(_ text: Substring) -> Int {
        var tokens = 0
        var letters = 0
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace {
                letters = 0
            } else {
                if letters.isMultiple(of: 4) { tokens += 1 }
                letters += 1
            }
        }
        return tokens
    }
}
