import Corpus

/// A passage found for a question, and why.
public struct RetrievedChunk: Sendable, Hashable {
    public var chunk: StoredChunk
    /// 1-based among the passages nearest in meaning; `nil` when it is not among them.
    public var vectorRank: Int?
    /// Cosine similarity, at most 1.
    public var vectorScore: Double?
    /// 1-based among the passages that share words.
    public var keywordRank: Int?
    /// BM25.
    public var keywordScore: Double?
    /// What the list is ordered by; larger is better.
    public var score: Double
}

/// What is looked for.
public struct RetrievalQuery: Sendable {
    public var text: String
    /// The embedding of `text`, when it is known already.
    public var vector: [Float]?
    public var filter: ChunkFilter
    public var limit: Int

    /// - Throws: ``QAError`` when `text` is empty or too long, or `limit` is not in `1...1000`.
    public init(_ text: String, vector: [Float]? = nil, filter: ChunkFilter, limit: Int) throws(QAError) {
        try Question.check(text)
        guard (1...1_000).contains(limit) else {
            throw .limitOutOfRange(name: "limit", value: limit, allowed: 1...1_000)
        }
        self.text = text
        self.vector = vector
        self.filter = filter
        self.limit = limit
    }
}

/// Question to ranked passages, best first, none that the reader may not read.
public protocol Retriever: Sendable {
    func retrieve(_ query: RetrievalQuery) async throws -> [RetrievedChunk]
}

/// Which passages a search considers.
public enum SearchMode: String, Sendable, Codable, CaseIterable {
    case hybrid, vector, keyword
}
