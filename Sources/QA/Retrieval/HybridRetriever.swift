import Corpus

/// How two ranked lists become one. The standard values were the best of a grid on the handbook questions
/// in `fixtures/`: the first ranks count more than with `k = 60`, and words a little less than meaning.
public struct FusionParameters: Sendable, Hashable, Codable {
    /// Passages taken from each list.
    public var depth: Int
    /// Reciprocal rank fusion's constant.
    public var k: Double
    public var vectorWeight: Double
    public var keywordWeight: Double

    public init(depth: Int = 100, k: Double = 10, vectorWeight: Double = 1, keywordWeight: Double = 0.7) {
        self.depth = depth
        self.k = k
        self.vectorWeight = vectorWeight
        self.keywordWeight = keywordWeight
    }

    /// Both lists as one, best first, each passage with both of its ranks and scores.
    public func fuse(vector: [RankedPassage], keyword: [RankedPassage], limit: Int) -> [RankedPassage] {
        let byMeaning = Dictionary(vector.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let byWords = Dictionary(keyword.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let fused = reciprocalRankFusion(
            [vector.map(\.id), keyword.map(\.id)], k: k, weights: [vectorWeight, keywordWeight])
        let passages = fused.map { entry in
            let (meaning, words) = (byMeaning[entry.id], byWords[entry.id])
            return RankedPassage(
                id: entry.id, vectorRank: meaning?.vectorRank, vectorScore: meaning?.vectorScore,
                keywordRank: words?.keywordRank, keywordScore: words?.keywordScore,
                isExact: words?.isExact ?? false, score: entry.score)
        }
        return Array((Self.exactFirst(passages)).prefix(limit))
    }

    /// What the question names exactly stands before what is only near, each in their order.
    private static func exactFirst(_ passages: [RankedPassage]) -> [RankedPassage] {
        guard let best = passages.first?.score, passages.contains(where: \.isExact) else { return passages }
        return passages.filter(\.isExact).map { passage in
            var passage = passage
            passage.score += best
            return passage
        } + passages.filter { !$0.isExact }
    }
}

/// Both: by meaning and by words, fused by rank.
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
        return fusion.fuse(
            vector: try dense.rank(deep, in: snapshot), keyword: try keyword.rank(deep, in: snapshot),
            limit: query.limit)
    }
}
