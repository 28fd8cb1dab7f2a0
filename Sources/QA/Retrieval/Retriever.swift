import Corpus

/// What is looked for.
public struct RetrievalQuery: Sendable {
    public var text: String
    /// The embedding of `text`, when it is known already.
    public var vector: [Float]?
    public var filter: ChunkFilter
    public var limit: Int

    /// - Throws: ``QAError`` when `text` is empty or too long, or `limit` is not in `1...1000`.
    public init(
        _ text: String, vector: [Float]? = nil, filter: ChunkFilter = .everything, limit: Int
    ) throws(QAError) {
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

/// Question to ranked passages, best first, none that the caller may not read.
///
/// Ranks ids and loads no text: what is shown of them is loaded afterwards, in the same snapshot.
public protocol Retriever: Sendable {
    /// Adds what must be known before the corpus is looked at, such as the question's vector.
    func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery

    /// - Parameter query: as ``prepare(_:)`` gave it.
    func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage]
}

extension Retriever {
    public func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery { query }

    /// What is found for a question and its parts, as one list of at most the first query's limit.
    ///
    /// - Parameter queries: the question's, then those of its parts if it has several.
    func rank(_ queries: [RetrievalQuery], in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        guard let limit = queries.first?.limit else { return [] }
        return RankedPassage.inTurn(try queries.map { try rank($0, in: snapshot) }, limit: limit)
    }
}

/// Which passages a search considers.
public enum SearchMode: String, Sendable, Codable, CaseIterable {
    case hybrid, vector, keyword
}
