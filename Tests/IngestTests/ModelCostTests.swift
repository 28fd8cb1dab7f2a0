import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Testing

@testable import Ingest

/// An embedder whose provider counts a token a text and is paid for it, as far as a price is known.
private struct PaidEmbedder: Embedder {
    let base = HashingEmbedder()
    var price: Double? = 0.25

    var model: EmbeddingModel { base.model }

    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        let use = ModelUse(model: "paid", purpose: .passage, tokens: texts.count)
        ModelTally.current?.add(use, dollars: price.map { $0 * Double(texts.count) })
        return try await base.embed(texts, purpose: purpose)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The cost of an ingest` {
    @Test(arguments: StorageEngine.allCases)
    func `is what its own job asked for, and nothing when all is known`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(20) }
        let jobs = bench.jobs([source], embedder: PaidEmbedder())
        let first = try await jobs.submit(source: "wiki", scope: .site)
        let ended = try #require(await jobs.runNext(of: source))
        #expect(ended.id == first.id && ended.counts.embedded == 20)
        #expect(ended.counts.tokens == 20)
        #expect(ended.counts.dollars == 5)
        // As it is kept, not only as it was told.
        let kept = try await jobs.job(first.id)
        #expect(kept.counts.tokens == 20 && kept.counts.dollars == 5)
        _ = try await jobs.submit(source: "wiki", scope: .site)
        let again = try #require(await jobs.runNext(of: source))
        #expect(again.counts.embedded == 0)
        #expect(again.counts.tokens == nil && again.counts.dollars == nil)
    }

    @Test func `is none without a price, however many tokens were counted`() async throws {
        let bench = try JobBench(store: try await StorageEngine.sqlite.corpus())
        let source = ScriptedSource { _ in JobBench.pages(3) }
        let jobs = bench.jobs([source], embedder: PaidEmbedder(price: nil))
        _ = try await jobs.submit(source: "wiki", scope: .site)
        let ended = try #require(await jobs.runNext(of: source))
        #expect(ended.counts.tokens == 3 && ended.counts.dollars == nil)
    }

    @Test func `closes the summary, where there is one`() {
        var report = IngestReport(source: "wiki")
        func costs() -> [String] { report.summaryLines.filter { $0.hasPrefix("Models cost") } }
        #expect(costs().isEmpty)
        report.chunks.tokens = 1_234
        #expect(costs().isEmpty)
        report.chunks.dollars = 0
        #expect(costs().isEmpty)
        report.chunks.dollars = 0.0246
        #expect(costs() == ["Models cost $0.0246 for 1234 tokens, by the prices of the settings."])
        report.chunks.tokens = nil
        report.chunks.dollars = 0.00001
        #expect(costs() == ["Models cost less than $0.0001, by the prices of the settings."])
    }

    @Test func `of a job that an earlier version kept is not known`() throws {
        let kept = #"""
            {"seen":1,"stored":1,"unchanged":0,"readersChanged":0,"removed":0,"failed":0,"leftOut":0,"chunks":2,
             "embedded":2}
            """#
        let counts = try JSONDecoder().decode(IngestJob.Counts.self, from: Data(kept.utf8))
        #expect(counts.embedded == 2 && counts.tokens == nil && counts.dollars == nil)
    }
}
