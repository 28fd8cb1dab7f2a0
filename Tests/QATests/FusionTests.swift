import Corpus
import Models
import Testing

@testable import QA

@Suite struct `Fusion by score` {
    private func meaning(_ id: Int64, _ similarity: Double) -> RankedPassage {
        RankedPassage(id: id, vectorRank: 1, vectorScore: similarity, score: similarity)
    }

    private func words(_ id: Int64, _ share: Double, isExact: Bool = false) -> RankedPassage {
        RankedPassage(
            id: id, keywordRank: 1, keywordScore: 10 * share, keywordShare: share, isExact: isExact,
            score: 10 * share)
    }

    private let fusion = FusionParameters(
        vectorWeight: 1, keywordWeight: 1, floor: RelevanceFloor(score: 0))

    @Test func `adds similarity and the share of words`() {
        let fused = fusion.fuse(
            vector: [meaning(1, 0.6), meaning(2, 0.5)], keyword: [words(2, 0.4), words(3, 0.3)], limit: 10)
        #expect(fused.map(\.id) == [2, 3, 1])
        #expect(abs(fused[0].score - 0.9) < 1e-12)
        // At most as near as the last of the list by meaning.
        #expect(abs(fused[1].score - 0.8) < 1e-12)
        #expect(fused[0].keywordShare == 0.4)
        #expect(fused[0].vectorScore == 0.5)
    }

    @Test func `puts what is named exactly before whatever is near`() {
        let fused = fusion.fuse(
            vector: [meaning(1, 0.99), meaning(2, 0.1)],
            keyword: [words(1, 0.9), words(3, 0.05, isExact: true)], limit: 10)
        #expect(fused.map(\.id) == [3, 1, 2])
    }

    @Test func `parts of a question take turns whatever their scores`() {
        var first = [meaning(1, 0.9), meaning(2, 0.8), meaning(3, 0.7)]
        var second = [meaning(4, 0.3), meaning(5, 0.2)]
        for place in first.indices { first[place].part = 0 }
        for place in second.indices { second[place].part = 1 }
        let fused = fusion.fuse(vector: first + second, keyword: [], limit: 4)
        #expect(fused.map(\.id) == [1, 4, 2, 5])
    }

    @Test func `a part that is answered in other words is not measured by the plainer one`() {
        var (plain, other) = (meaning(1, 1), meaning(2, 0.3))
        (plain.part, other.part) = (0, 1)
        let fused = FusionParameters().fuse(vector: [plain, other], keyword: [words(1, 1)], limit: 4)
        #expect(fused.map(\.id) == [1, 2])
    }

    @Test func `similarity below zero counts as none`() {
        let fused = fusion.fuse(vector: [meaning(1, -0.4)], keyword: [words(1, 0.5)], limit: 1)
        #expect(fused.map(\.score) == [0.5])
    }

    @Test func `of nothing is nothing`() {
        #expect(fusion.fuse(vector: [], keyword: [], limit: 10).isEmpty)
    }
}

@Suite struct `What counts as relevant` {
    private func passage(_ id: Int64, _ score: Double, isExact: Bool = false) -> RankedPassage {
        RankedPassage(id: id, isExact: isExact, score: score)
    }

    private let floor = RelevanceFloor(score: 0.25, share: 0.4)

    @Test func `is above the floor and near enough to the best`() {
        let ranked = [passage(1, 1), passage(2, 0.4), passage(3, 0.39), passage(4, 0.1)]
        #expect(floor.kept(ranked, knowsWords: true).map(\.id) == [1, 2])
        #expect(floor.kept([passage(1, 0.3), passage(2, 0.24)], knowsWords: true).map(\.id) == [1])
    }

    @Test func `must be nearer where no word of the question is known`() {
        #expect(floor.kept([passage(1, 0.42)], knowsWords: false).isEmpty)
        #expect(floor.kept([passage(1, 0.43)], knowsWords: false).map(\.id) == [1])
    }

    @Test func `includes what the question names exactly, and that lifts the floor of nothing else`() {
        let ranked = [passage(1, 3.2, isExact: true), passage(2, 0.5)]
        #expect(floor.kept(ranked, knowsWords: true).map(\.id) == [1, 2])
    }

    @Test func `is everything without a floor`() {
        let ranked = [passage(1, 1), passage(2, 0)]
        #expect(RelevanceFloor(score: 0).kept(ranked, knowsWords: false).map(\.id) == [1, 2])
    }
}

/// Says of a passage what its text begins with.
private struct NumberReranker: Reranker {
    let name = "numbers"

    func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        passages.map { text in
            Double(text.split(separator: "\n").last?.split(separator: " ").first ?? "") ?? 0
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A cross-encoder` {
    @Test func `orders the passages that an answer rests on`() async throws {
        let corpus = try await TestCorpus()
        for number in 1...5 {
            try await corpus.put(
                "\(number)", "Berth \(number)",
                "\(number) boats may lie at the berth when the harbour is open.")
        }
        let qa = try QuestionAnswering(
            corpus: corpus.corpus, index: corpus.index, words: corpus.words, embedder: corpus.embedder,
            generator: QuotingGenerator(), reranker: NumberReranker())
        let result = try await qa.run(
            try Question("How many boats may lie at a berth while the harbour is open?"),
            scope: corpus.scope())
        #expect(
            result.answer.citations.map(\.passage.chunk.title) == (1...5).reversed().map { "Berth \($0)" })
    }
}
