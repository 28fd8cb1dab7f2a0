/// Below what a passage is not relevant, however few others there are: something is always nearest, also to nonsense.
///
/// Chosen on the development half of the questions in `fixtures/`: with these values one in a hundred of the pages
/// that answer falls below, and of random syllables nothing stays.
public struct RelevanceFloor: Sendable, Hashable, Codable {
    /// The least score, in ``FusionParameters``' measure. 0 keeps everything.
    public var score: Double
    /// The least score where no passage has a word of the question: then only a clear nearness speaks for one.
    public var scoreWithoutWords: Double
    /// The least score as a share of the best one's.
    public var share: Double

    public init(score: Double = 0.25, share: Double = 0.4) {
        self.score = score
        scoreWithoutWords = score * 1.7
        self.share = score > 0 ? share : 0
    }

    /// What is relevant of a ranking, in its order.
    ///
    /// - Parameter knowsWords: whether any passage has a word of the question.
    func kept(_ ranked: [RankedPassage], knowsWords: Bool) -> [RankedPassage] {
        let least = least(ranked, knowsWords: knowsWords)
        return ranked.filter { $0.isExact || $0.score >= least }
    }

    /// What a passage's score has to reach.
    func least(_ ranked: [RankedPassage], knowsWords: Bool) -> Double {
        let best = ranked.lazy.filter { !$0.isExact }.map(\.score).max() ?? 0
        return max(knowsWords ? score : scoreWithoutWords, share * best)
    }
}
