/// How two ranked lists become one: by what their scores mean, not by rank.
///
/// With *c* the similarity in meaning (a cosine) and *s* the share of the question's words that a passage has, weighed
/// by how rare they are (``RankedPassage/keywordShare``),
///
///     score = vectorWeight · max(c, 0) + keywordWeight · s
///
/// Both are 1 for a passage that says nothing but the question, so scores can be compared between questions, and a
/// passage that is only the least bad of a list stays one (Bruch, Gai & Ingber, “An Analysis of Fusion Functions for
/// Hybrid Retrieval”, TOIS 2023: a convex combination of scores with known bounds does better than ranks, and a
/// weight carries over to other collections). What is missing in the list by meaning is at most as near as its last.
public struct FusionParameters: Sendable, Hashable, Codable {
    /// Passages taken from each list.
    public var depth: Int
    public var vectorWeight: Double
    public var keywordWeight: Double
    public var floor: RelevanceFloor

    public init(
        depth: Int = 100, vectorWeight: Double = 1, keywordWeight: Double = 1.2,
        floor: RelevanceFloor = RelevanceFloor()
    ) {
        self.depth = depth
        self.vectorWeight = vectorWeight
        self.keywordWeight = keywordWeight
        self.floor = floor
    }

    /// Both lists as one, best first, each passage with both of its ranks and scores; only what is relevant.
    ///
    /// What the question names exactly stands before what is only near. Of a question of several parts each part's
    /// passages take turns.
    public func fuse(vector: [RankedPassage], keyword: [RankedPassage], limit: Int) -> [RankedPassage] {
        let scored = scored(vector: vector, keyword: keyword)
        let parts = Set(scored.map(\.part)).sorted { ($0 ?? .max) < ($1 ?? .max) }
        // A part is measured by its own best: another one may be answered in plainer words.
        let lists = parts.map { part in
            floor.kept(scored.filter { $0.part == part }, knowsWords: !keyword.isEmpty)
        }
        return Array(RankedPassage.interleaved(lists).prefix(limit))
    }

    private func scored(vector: [RankedPassage], keyword: [RankedPassage]) -> [RankedPassage] {
        var known = Dictionary(vector.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let farthest = max(vector.last?.vectorScore ?? 0, 0)
        for words in keyword {
            var both = known[words.id] ?? words
            both.takeWords(of: words)
            both.part = both.part ?? words.part
            known[words.id] = both
        }
        return known.values.map { passage in
            var passage = passage
            let meaning = max(passage.vectorScore ?? farthest, 0)
            passage.score = vectorWeight * meaning + keywordWeight * (passage.keywordShare ?? 0)
            // More than any other can have.
            if passage.isExact { passage.score += vectorWeight + keywordWeight }
            return passage
        }.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }
    }
}
