import Concurrency
import Corpus

/// Both: by meaning and by words, fused by score.
public struct HybridRetriever: Retriever {
    let dense: DenseRetriever
    let keyword: KeywordRetriever
    let fusion: FusionParameters

    public init(
        dense: DenseRetriever, keyword: KeywordRetriever, fusion: FusionParameters = FusionParameters()
    ) {
        self.dense = dense
        self.keyword = keyword
        self.fusion = fusion
    }

    public func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery {
        try await dense.prepare(query)
    }

    public func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        var deep = query
        deep.limit = max(query.limit, fusion.depth)
        // Words are looked up beside it: they need nothing of the snapshot but who may read what.
        let allowed = try keyword.readable.bitmap(for: deep.filter, in: snapshot)
        let span = RequestTrace.current
        let (nearest, sharing) = SideBySide.run {
            Result { try dense.rank(deep, in: snapshot) }
        } beside: { [keyword, deep] in
            RequestTrace.immediately(within: span) {
                Result { try keyword.rank(deep, among: allowed) }
            }
        }
        return fusion.fuse(vector: try nearest.get(), keyword: try sharing.get(), limit: query.limit)
    }
}

/// By meaning, without what is not relevant.
struct RelevantRetriever: Retriever {
    let dense: DenseRetriever
    let keyword: KeywordRetriever
    let floor: RelevanceFloor

    func prepare(_ query: RetrievalQuery) async throws -> RetrievalQuery {
        try await dense.prepare(query)
    }

    func rank(_ query: RetrievalQuery, in snapshot: any CorpusSnapshot) throws -> [RankedPassage] {
        var words = query
        words.limit = 1
        return floor.kept(
            try dense.rank(query, in: snapshot), knowsWords: try !keyword.rank(words, in: snapshot).isEmpty)
    }
}
