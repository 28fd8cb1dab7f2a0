/// Every way of ranking that one ``QuestionAnswering`` has, each remembering what it ranked.
struct CachedRetrievers: Sendable {
    /// By meaning and by words, as flows fuse them themselves.
    let dense: CachedRetriever
    let keyword: CachedRetriever
    private let relevant: CachedRetriever
    private let hybrid: CachedRetriever

    init(
        dense: DenseRetriever, keyword: KeywordRetriever, fusion: FusionParameters, cache: RetrievalCache?
    ) {
        self.dense = CachedRetriever(base: dense, ranking: .dense, cache: cache)
        self.keyword = CachedRetriever(base: keyword, ranking: .keyword, cache: cache)
        relevant = CachedRetriever(
            base: RelevantRetriever(dense: dense, keyword: keyword, floor: fusion.floor), ranking: .relevant,
            cache: cache)
        hybrid = CachedRetriever(
            base: HybridRetriever(dense: dense, keyword: keyword, fusion: fusion), ranking: .hybrid,
            cache: cache)
    }

    /// As searches rank.
    subscript(mode: SearchMode) -> CachedRetriever {
        switch mode {
        case .vector: relevant
        case .keyword: keyword
        case .hybrid: hybrid
        }
    }
}
