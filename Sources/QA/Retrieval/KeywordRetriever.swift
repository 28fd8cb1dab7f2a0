import Corpus

/// Passages that share words with the question, by BM25.
public struct KeywordRetriever: Retriever {
    public init() {}

    public func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        try snapshot.keywordSearch(QueryTerms(query.text), limit: query.limit, filter: query.filter)
            .enumerated().map { offset, match in
                RankedPassage(
                    id: match.chunkID, keywordRank: offset + 1, keywordScore: match.score, score: match.score)
            }
    }
}
