import Corpus
import Foundation
import Models
import TestSupport
import Testing
import Text

@testable import QA

@Suite struct `Boosts by setting` {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func facts(
        space: String = "ENG", labels: [String] = [], title: String = "Quay failover", days: Double? = nil
    ) -> DocumentFacts {
        DocumentFacts(
            id: "1", kind: .page, spaceKey: space, spaceName: space, labels: labels, author: nil,
            title: title,
            updatedAt: days.map { Self.now - $0 * 86_400 })
    }

    private func factor(_ boosts: Boosts, _ facts: DocumentFacts, _ question: String = "quay") -> Double {
        boosts.factor(of: facts, words: SoughtWords(question), now: Self.now)
    }

    @Test func `change nothing unless told`() {
        #expect(Boosts().isNone)
        #expect(factor(Boosts(), facts(labels: ["old"], days: 3)) == 1)
        #expect(!Boosts(spaces: ["HR": 1]).isNone)
    }

    @Test func `spaces and labels multiply, in any case`() {
        let boosts = Boosts(spaces: ["eng": 2], labels: ["Archived": 0.5, "howto": 3])
        #expect(factor(boosts, facts()) == 2)
        #expect(factor(boosts, facts(space: "HR")) == 1)
        #expect(factor(boosts, facts(labels: ["archived", "howto", "other"])) == 3)
    }

    @Test func `a title counts by the share of the question's words`() {
        let boosts = Boosts(title: 3)
        #expect(factor(boosts, facts(), "failover of quay") == 3)
        #expect(factor(boosts, facts(), "failover of harbour") == 2)
        #expect(factor(boosts, facts(), "harbour") == 1)
        #expect(factor(boosts, facts(), "") == 1)
    }

    @Test func `recency fades by half in each half life`() {
        let boosts = Boosts(recency: 3, halfLifeDays: 10)
        #expect(factor(boosts, facts(days: 0)) == 3)
        #expect(factor(boosts, facts(days: 10)) == 2)
        #expect(abs(factor(boosts, facts(days: 20)) - 1.5) < 1e-12)
        // A date to come is no more than now; none is old.
        #expect(factor(boosts, facts(days: -5)) == 3)
        #expect(factor(boosts, facts()) == 1)
    }

    private func corpus() async throws -> TestCorpus {
        let corpus = try await TestCorpus()
        try await corpus.corpus.upsert(space: Space(key: "OLD", name: "Old"))
        for (id, space, labels) in [("1", "ENG", ["draft"]), ("2", "OLD", ["howto"])] {
            let text = "Restore the quay database from the nightly snapshot number \(id)."
            try await corpus.put(
                Document(
                    id: id, kind: .page, spaceKey: space, title: "Quay \(id)", labels: labels, text: text,
                    readers: .everybody), passages: [text])
        }
        return corpus
    }

    @Test(arguments: [
        (Boosts(spaces: ["OLD": 2]), ["2", "1"]), (Boosts(spaces: ["OLD": 0.5]), ["1", "2"]),
        (Boosts(labels: ["howto": 1.8]), ["2", "1"]), (Boosts(labels: ["draft": 2]), ["1", "2"]),
    ])
    func `order search and what the built-in flow reads`(boosts: Boosts, order: [String]) async throws {
        let corpus = try await corpus()
        let qa = try corpus.qa(boosts: boosts)
        for mode in SearchMode.allCases {
            let found = try await qa.search(
                SearchRequest("restore quay database snapshot", mode: mode), scope: corpus.scope())
            #expect(found.hits.map(\.passage.chunk.documentID) == order, "\(mode)")
        }
        let result = try await qa.run(
            Question("How do I restore the quay database snapshot?"), scope: corpus.scope())
        #expect(result.answer.passages.map(\.chunk.documentID) == order)
    }

    @Test func `make nothing relevant that is not`() async throws {
        let corpus = try await corpus()
        let qa = try corpus.qa(boosts: Boosts(spaces: ["ENG": 100, "OLD": 100]))
        let found = try await qa.search(SearchRequest("zwgbl frtnq"), scope: corpus.scope())
        #expect(found.hits.isEmpty)
    }

    @Test func `leave parts in turn and what is named exactly in front`() async throws {
        let corpus = try await corpus()
        let ids = try await corpus.corpus.withSnapshot(for: corpus.scope()) { snapshot in
            try snapshot.chunkIDs(
                matching: .everything, model: corpus.embedder.model.name, inDocuments: nil)
        }
        let exact = RankedPassage(id: ids[0], isExact: true, score: 2)
        let other = RankedPassage(id: ids[1], score: 1)
        let ordered = try await corpus.corpus.withSnapshot(for: corpus.scope()) { snapshot in
            try Boosts(spaces: ["OLD": 100]).ordered(
                [exact, other], for: "quay", in: snapshot, now: Self.now)
        }
        #expect(ordered.map(\.id) == ids)
        #expect(ordered.map(\.score) == [2, 100])
    }
}
