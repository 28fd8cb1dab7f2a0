/// A chunk found by its words.
public struct KeywordMatch: Hashable, Sendable {
    public var chunkID: Int64
    /// BM25; larger is better.
    public var score: Double

    public init(chunkID: Int64, score: Double) {
        self.chunkID = chunkID
        self.score = score
    }
}
