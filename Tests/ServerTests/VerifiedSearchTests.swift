import Corpus
import Foundation
import Models
import QA
import Synchronization
import TestSupport
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Searches and answers of a source that is asked` {
    private let fixture: ServerFixture
    private let verifier = ReadVerifier(limit: .seconds(20))
    private let corpus: VerifiedCorpus
    private let qa: QuestionAnswering
    private let ann = Reader([.user("ann")])
    private let bob = Reader([.user("bob")])

    init() async throws {
        fixture = try await ServerFixture()
        corpus = VerifiedCorpus(fixture.corpus, verifier: verifier)
        qa = try QuestionAnswering(
            corpus: corpus, index: fixture.index, words: fixture.words, embedder: fixture.embedder,
            generator: fixture.generator,
            configuration: QAConfiguration(fusion: FusionParameters(floor: RelevanceFloor(score: 0))))
        verifier.note(space: "ENG", ofLedger: "wiki")
        // Ann may read both pages of the space, and Bob only the one.
        verifier.set({ document, account in account == "ann" || document == "1" }, forLedger: "wiki")
    }

    private func found(_ reader: Reader) async throws -> (documents: Set<String>, count: Int, facets: Int) {
        let results = try await qa.search(
            SearchRequest("certificate deploys"), scope: corpus.scope(for: reader))
        return (
            Set(results.hits.map(\.passage.chunk.documentID)), results.count,
            results.facets.spaces.reduce(0) { $0 + $1.count }
        )
    }

    @Test func `show and count what the site allows each caller`() async throws {
        #expect(try await found(ann) == (["1", "3"], 2, 2))
        #expect(try await found(bob) == (["1"], 1, 1))
        #expect(try await found(.anonymous) == ([], 0, 0))
        // What one has searched is nothing for the other.
        #expect(try await found(ann) == (["1", "3"], 2, 2))
        #expect(try await found(bob) == (["1"], 1, 1))
    }

    @Test func `are not shared by callers who satisfy the same rules`() async throws {
        let question = try Question("How do I rotate a certificate?")
        let first = try await qa.run(question, scope: corpus.scope(for: ann))
        #expect(first.answer.passages.contains { $0.chunk.documentID == "3" })
        let second = try await qa.run(question, scope: corpus.scope(for: bob))
        #expect(!second.answer.passages.contains { $0.chunk.documentID == "3" })
        #expect(!second.answer.text.contains("vault renew"))
    }

    @Test func `change with the site, without any sync`() async throws {
        #expect(try await found(bob).documents == ["1"])
        verifier.set({ _, _ in false }, forLedger: "wiki")
        #expect(try await found(bob).documents.isEmpty)
        #expect(try await found(ann).documents.isEmpty)
    }
}
