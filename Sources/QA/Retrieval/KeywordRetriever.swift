import Corpus
import Text
import TextIndex
import VectorIndex

/// Passages that share words with the question, by BM25F over title, headings, body and labels.
public struct KeywordRetriever: Retriever {
    let index: any TextStore
    let readable: ReadableChunks

    /// - Parameter index: of ``TextFormat/passages``, made of ``PassageText``.
    public init(index: any TextStore, readable: ReadableChunks) {
        self.index = index
        self.readable = readable
    }

    public func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        let words = TextQuery(QueryAnalysis(query.text))
        guard index.count > 0 else { return [] }
        let allowed = try readable.bitmap(for: query.filter, in: snapshot)
        guard !allowed.isEmpty else { return [] }
        return try index.search(words, limit: query.limit, filter: allowed).enumerated()
            .map { offset, match in
                RankedPassage(
                    id: Int64(clamping: match.id), keywordRank: offset + 1, keywordScore: match.score,
                    score: match.score)
            }
    }
}
