import Foundation

/// Ranked passages as they are kept for other processes: ids and scores, a column each; no texts.
struct SharedRanking: Codable, Hashable, Sendable {
    private var ids: [Int64]
    private var scores: [Double]
    private var vectorRanks: [Int?]
    private var vectorScores: [Double?]
    private var keywordRanks: [Int?]
    private var keywordScores: [Double?]
    private var keywordShares: [Double?]
    private var exact: [Bool]
    private var parts: [Int?]

    private enum CodingKeys: String, CodingKey {
        case ids = "i"
        case scores = "s"
        case vectorRanks = "vr"
        case vectorScores = "vs"
        case keywordRanks = "kr"
        case keywordScores = "ks"
        case keywordShares = "kp"
        case exact = "x"
        case parts = "p"
    }

    init(_ ranked: [RankedPassage]) {
        ids = ranked.map(\.id)
        scores = ranked.map(\.score)
        vectorRanks = ranked.map(\.vectorRank)
        vectorScores = ranked.map(\.vectorScore)
        keywordRanks = ranked.map(\.keywordRank)
        keywordScores = ranked.map(\.keywordScore)
        keywordShares = ranked.map(\.keywordShare)
        exact = ranked.map(\.isExact)
        parts = ranked.map(\.part)
    }

    var count: Int { ids.count }

    /// `nil` when the columns do not fit each other.
    var passages: [RankedPassage]? {
        let counts = [
            scores.count, vectorRanks.count, vectorScores.count, keywordRanks.count, keywordScores.count,
            keywordShares.count, exact.count, parts.count,
        ]
        guard counts.allSatisfy({ $0 == ids.count }) else { return nil }
        return ids.indices.map { place in
            var passage = RankedPassage(
                id: ids[place], vectorRank: vectorRanks[place], vectorScore: vectorScores[place],
                keywordRank: keywordRanks[place], keywordScore: keywordScores[place],
                keywordShare: keywordShares[place], isExact: exact[place], score: scores[place])
            passage.part = parts[place]
            return passage
        }
    }

    /// `nil` for scores that are no numbers.
    static func data(_ ranked: [RankedPassage]) -> Data? { try? JSONEncoder().encode(SharedRanking(ranked)) }

    /// `nil` for anything but what ``data(_:)`` makes of a list of at most `limit`.
    static func passages(_ data: Data, limit: Int) -> [RankedPassage]? {
        guard let ranking = try? JSONDecoder().decode(SharedRanking.self, from: data) else { return nil }
        return ranking.count <= limit ? ranking.passages : nil
    }
}
