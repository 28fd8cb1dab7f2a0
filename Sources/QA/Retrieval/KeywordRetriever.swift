import Concurrency
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

    /// Best first by BM25F; those with everything that the question names exactly say so.
    public func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        try rank(query, among: readable.bitmap(for: query.filter, in: snapshot))
    }

    /// The same among passages that are known to be readable, for which no snapshot is needed.
    func rank(_ query: RetrievalQuery, among allowed: IDBitmap) throws -> [RankedPassage] {
        try RequestTrace.immediatePart("search words") { span in
            let ranked = try ranked(query, among: allowed)
            span?.set("millrace.passages", ranked.count)
            return ranked
        }
    }

    private func ranked(
        _ query: RetrievalQuery, among allowed: IDBitmap
    ) throws(TextIndexError) -> [RankedPassage] {
        guard index.count > 0, !allowed.isEmpty else { return [] }
        let analysis = QueryAnalysis(query.text)
        let words = TextQuery(analysis)
        var matches = try index.search(words, limit: query.limit, filter: allowed)
        let exact = try exactMatches(analysis, allowed)
        let missing = exact.subtracting(matches.map(\.id))
        if !missing.isEmpty {
            // Many share the other words: whoever has the rare one is not to fall off the list's end for that.
            matches += try index.search(words, limit: query.limit, filter: IDBitmap(missing))
        }
        let bound = try index.bound(of: words)
        return matches.enumerated().map { offset, match in
            RankedPassage(
                id: Int64(clamping: match.id), keywordRank: offset + 1, keywordScore: match.score,
                keywordShare: bound > 0 ? min(match.score / bound, 1) : 0, isExact: exact.contains(match.id),
                score: match.score)
        }
    }

    /// Passages with all that the question names exactly; none if it names nothing that is rare.
    private func exactMatches(
        _ analysis: QueryAnalysis, _ allowed: IDBitmap
    ) throws(TextIndexError) -> Set<UInt64> {
        let names = try ExactNames(analysis, index)
        guard !names.isEmpty else { return [] }
        let matches = try index.search(names.query, limit: names.limit + 1, filter: allowed)
        return matches.count <= names.limit ? Set(matches.map(\.id)) : []
    }
}
