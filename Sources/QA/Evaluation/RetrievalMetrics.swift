import Foundation

/// How well one ranking serves one question. Ranks are 1-based.
public enum RetrievalMetrics {
    /// The share of the relevant ones among the first `k`. With none relevant there is nothing to find: 0.
    public static func recall<ID: Hashable>(_ ranking: [ID], relevant: Set<ID>, k: Int) -> Double {
        guard !relevant.isEmpty else { return 0 }
        return Double(Set(ranking.prefix(k)).intersection(relevant).count) / Double(relevant.count)
    }

    /// 1 over the rank of the first relevant one; 0 when none is ranked.
    public static func reciprocalRank<ID: Hashable>(_ ranking: [ID], relevant: Set<ID>) -> Double {
        ranking.firstIndex { relevant.contains($0) }.map { 1 / Double($0 + 1) } ?? 0
    }

    /// Discounted cumulative gain of the first `k`, `Σ gain(i) / log2(i + 1)`, over that of the best ranking
    /// (Järvelin & Kekäläinen 2002, with linear gains as `trec_eval` and BEIR use them).
    public static func nDCG<ID: Hashable>(_ ranking: [ID], gains: [ID: Double], k: Int) -> Double {
        let ideal = discounted(gains.values.filter { $0 > 0 }.sorted(by: >).prefix(k))
        guard ideal > 0 else { return 0 }
        return discounted(ranking.prefix(k).map { gains[$0] ?? 0 }) / ideal
    }

    private static func discounted(_ gains: some Sequence<Double>) -> Double {
        gains.enumerated().reduce(0) { $0 + $1.element / log2(Double($1.offset + 2)) }
    }
}

/// Means over a set of questions.
public struct RetrievalScores: Sendable, Hashable, Codable {
    public var questions = 0
    public var recallAt1 = 0.0
    public var recallAt5 = 0.0
    public var recallAt10 = 0.0
    /// Mean reciprocal rank.
    public var mrr = 0.0
    public var nDCGAt10 = 0.0

    /// Chosen so that a reader who turns `snake_case` back gets the same keys.
    enum CodingKeys: String, CodingKey {
        case questions, recallAt1, recallAt5, recallAt10, mrr
        case nDCGAt10 = "ndcgAt10"
    }

    public init() {}

    /// One question's.
    public init<ID: Hashable>(_ ranking: [ID], gains: [ID: Double]) {
        add(ranking, gains: gains)
    }

    /// Means over questions, of each question's own.
    public init(meanOf questions: [RetrievalScores]) {
        for one in questions {
            self.questions += 1
            recallAt1 += one.recallAt1
            recallAt5 += one.recallAt5
            recallAt10 += one.recallAt10
            mrr += one.mrr
            nDCGAt10 += one.nDCGAt10
        }
        self = finish()
    }

    /// Adds one question's ranking; ``finish()`` makes means of the sums.
    public mutating func add<ID: Hashable>(_ ranking: [ID], gains: [ID: Double]) {
        let relevant = Set(gains.filter { $0.value > 0 }.keys)
        questions += 1
        recallAt1 += RetrievalMetrics.recall(ranking, relevant: relevant, k: 1)
        recallAt5 += RetrievalMetrics.recall(ranking, relevant: relevant, k: 5)
        recallAt10 += RetrievalMetrics.recall(ranking, relevant: relevant, k: 10)
        mrr += RetrievalMetrics.reciprocalRank(ranking, relevant: relevant)
        nDCGAt10 += RetrievalMetrics.nDCG(ranking, gains: gains, k: 10)
    }

    public func finish() -> RetrievalScores {
        guard questions > 0 else { return self }
        var means = self
        let count = Double(questions)
        means.recallAt1 /= count
        means.recallAt5 /= count
        means.recallAt10 /= count
        means.mrr /= count
        means.nDCGAt10 /= count
        return means
    }
}
