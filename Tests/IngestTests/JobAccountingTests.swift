import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Testing

@testable import Ingest

/// Where a test sees that work is counted.
private enum Counted {
    @TaskLocal static var account: Diary?
}

/// An embedder that says when it is asked.
private struct TellingEmbedder: Embedder {
    let base = HashingEmbedder()

    var model: EmbeddingModel { base.model }

    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        Counted.account?.write("embedded \(texts.count)")
        return try await base.embed(texts, purpose: purpose)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The account of an ingest` {
    private func accounting(_ diary: Diary) -> IngestJobs.Accounting {
        { job, work in
            let account = job.account
            diary.write("begin \(account?.tenant ?? "-") \(account?.caller ?? "-") \(account?.key ?? "-")")
            await Counted.$account.withValue(diary) { await work() }
            diary.write("end")
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `is of whoever asked for it, also where another process carries it out`(
        engine: StorageEngine
    ) async throws {
        let bench = try await JobBench(engine)
        let (asked, others) = (Diary(), Diary())
        let source = ScriptedSource { _ in JobBench.pages(3) }
        let first = bench.jobs([source], accounting: accounting(asked))
        let job = try await first.submit(
            source: "wiki", scope: .site, by: "key mr_1",
            for: IngestJob.Account(tenant: "default", caller: "user:ann", key: "mr_1"))
        let second = bench.jobs([source], embedder: TellingEmbedder(), accounting: accounting(others))
        let ended = try #require(await second.runNext(of: source))
        #expect(ended.id == job.id && ended.state == .finished)
        #expect(asked.lines.isEmpty)
        #expect(others.lines == ["begin default user:ann mr_1", "embedded 3", "end"])
    }

    @Test func `has every attempt, and nobody's name where a schedule asked`() async throws {
        let bench = try JobBench(store: try await StorageEngine.sqlite.corpus())
        let diary = Diary()
        let source = ScriptedSource { _ in JobBench.pages(1) }
        let jobs = bench.jobs([source], accounting: accounting(diary))
        for _ in 0..<2 {
            _ = try await jobs.submit(source: "wiki", scope: .site, by: "schedule")
            _ = await jobs.runNext(of: source)
        }
        #expect(diary.lines == ["begin - - -", "end", "begin - - -", "end"])
    }

    @Test func `is not among what jobs of before have`() throws {
        let job = IngestJob(id: "1", source: "wiki", scope: .site, createdAt: Date(timeIntervalSince1970: 0))
        let text = String(decoding: try JSONEncoder().encode(job), as: UTF8.self)
        #expect(!text.contains("account"))
        #expect(try JSONDecoder().decode(IngestJob.self, from: Data(text.utf8)) == job)
    }
}
