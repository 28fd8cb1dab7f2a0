import Corpus
import EngineSupport
import Foundation
import Models
import QA
import Synchronization
import TestSupport
import Testing

@testable import Server

/// Pages of a site that is asked who may read them, and what searches them.
private struct AskedSite {
    private let fixture: ServerFixture
    let verifier = ReadVerifier(limit: .seconds(20))
    let corpus: VerifiedCorpus
    let qa: QuestionAnswering
    let ann = Reader([.user("ann")])
    let bob = Reader([.user("bob")])

    init(_ engine: StorageEngine) async throws {
        fixture = try await ServerFixture(engine: engine)
        corpus = VerifiedCorpus(fixture.corpus, verifier: verifier)
        qa = try QuestionAnswering(
            corpus: corpus, index: fixture.index, words: fixture.words, embedder: fixture.embedder,
            generator: fixture.generator,
            configuration: QAConfiguration(fusion: FusionParameters(floor: RelevanceFloor(score: 0))))
        verifier.note(space: "ENG", ofLedger: "wiki")
        // Ann may read both pages of the space, and Bob only the one.
        verifier.set({ document, account in account == "ann" || document == "1" }, forLedger: "wiki")
    }

    func found(_ reader: Reader) async throws -> (documents: Set<String>, count: Int, facets: Int) {
        let results = try await qa.search(
            SearchRequest("certificate deploys"), scope: corpus.scope(for: reader))
        return (
            Set(results.hits.map(\.passage.chunk.documentID)), results.count,
            results.facets.spaces.reduce(0) { $0 + $1.count }
        )
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Searches and answers of a source that is asked` {
    @Test(arguments: StorageEngine.allCases)
    func `show and count what the site allows each caller`(engine: StorageEngine) async throws {
        let site = try await AskedSite(engine)
        #expect(try await site.found(site.ann) == (["1", "3"], 2, 2))
        #expect(try await site.found(site.bob) == (["1"], 1, 1))
        #expect(try await site.found(.anonymous) == ([], 0, 0))
        // What one has searched is nothing for the other.
        #expect(try await site.found(site.ann) == (["1", "3"], 2, 2))
        #expect(try await site.found(site.bob) == (["1"], 1, 1))
    }

    @Test(arguments: StorageEngine.allCases)
    func `are not shared by callers who satisfy the same rules`(engine: StorageEngine) async throws {
        let site = try await AskedSite(engine)
        let question = try Question("How do I rotate a certificate?")
        let first = try await site.qa.run(question, scope: site.corpus.scope(for: site.ann))
        #expect(first.answer.passages.contains { $0.chunk.documentID == "3" })
        let second = try await site.qa.run(question, scope: site.corpus.scope(for: site.bob))
        #expect(!second.answer.passages.contains { $0.chunk.documentID == "3" })
        #expect(!second.answer.text.contains("vault renew"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `change with the site, without any sync`(engine: StorageEngine) async throws {
        let site = try await AskedSite(engine)
        #expect(try await site.found(site.bob).documents == ["1"])
        site.verifier.set({ _, _ in false }, forLedger: "wiki")
        #expect(try await site.found(site.bob).documents.isEmpty)
        #expect(try await site.found(site.ann).documents.isEmpty)
    }
}
