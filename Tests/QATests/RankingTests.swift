import Testing

@testable import QA

@Suite struct `Reciprocal rank fusion` {
    @Test func `agrees with the formula`() {
        let fused = reciprocalRankFusion([["a", "b"], ["b", "c"]], k: 60)
        #expect(fused.map(\.id) == ["b", "a", "c"])
        #expect(abs(fused[0].score - (1.0 / 62 + 1.0 / 61)) < 1e-12)
        #expect(abs(fused[1].score - 1.0 / 61) < 1e-12)
    }

    @Test func `ties keep the order of first appearance`() {
        #expect(reciprocalRankFusion([["x"], ["y"], ["z"]]).map(\.id) == ["x", "y", "z"])
    }

    @Test func `of nothing is nothing`() {
        #expect(reciprocalRankFusion([[String]]()).isEmpty)
        #expect(reciprocalRankFusion([[String](), []]).isEmpty)
    }

    @Test func `a list of weight zero changes no order`() {
        let fused = reciprocalRankFusion([["a", "b"], ["b", "a"]], weights: [1, 0])
        #expect(fused.map(\.id) == ["a", "b"])
    }
}

@Suite struct `Retrieval metrics` {
    @Test func `recall counts the relevant among the first k`() {
        #expect(RetrievalMetrics.recall(["a", "b", "c"], relevant: ["a", "c"], k: 2) == 0.5)
        #expect(RetrievalMetrics.recall(["a"], relevant: Set<String>(), k: 5) == 0)
    }

    @Test func `reciprocal rank is that of the first relevant one`() {
        #expect(RetrievalMetrics.reciprocalRank(["x", "a", "b"], relevant: ["a", "b"]) == 0.5)
        #expect(RetrievalMetrics.reciprocalRank(["x"], relevant: ["a"]) == 0)
    }

    /// Worked by hand: (3/log2 2 + 2/log2 3 + 0 + 1/log2 5) over (3 + 2/log2 3 + 1/log2 4).
    @Test func `nDCG agrees with a case worked by hand`() {
        let value = RetrievalMetrics.nDCG(["a", "b", "x", "c"], gains: ["a": 3, "b": 2, "c": 1], k: 10)
        #expect(abs(value - (3 + 1.2618595071 + 0.4306765581) / (3 + 1.2618595071 + 0.5)) < 1e-9)
    }

    @Test func `a perfect ranking has nDCG 1, an empty one 0`() {
        #expect(RetrievalMetrics.nDCG(["a", "b"], gains: ["a": 1, "b": 1], k: 10) == 1)
        #expect(RetrievalMetrics.nDCG([], gains: ["a": 1], k: 10) == 0)
        #expect(RetrievalMetrics.nDCG(["a"], gains: [String: Double](), k: 10) == 0)
    }
}
