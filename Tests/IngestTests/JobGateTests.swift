import Corpus
import EngineSupport
import Foundation
import Sourcing
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(1))) struct `The gate of a job` {
    private func job(_ state: IngestJob.State, revision: Int) -> IngestJob {
        var job = IngestJob(id: "1", source: "wiki", scope: .site, createdAt: Date(timeIntervalSince1970: 0))
        job.state = state
        job.revision = revision
        return job
    }

    @Test func `stays open when a pause that was overtaken comes after the resumption`() async throws {
        let gate = JobGate()
        gate.follow(job(.running, revision: 3))
        gate.follow(job(.paused, revision: 2))
        try await gate.pass()
    }

    @Test func `closes for a pause and opens for what is stored after it`() async throws {
        let gate = JobGate()
        gate.follow(job(.paused, revision: 2))
        let diary = Diary()
        let passing = Task {
            try await gate.pass()
            diary.write("passed")
        }
        diary.write("resumed")
        gate.follow(job(.running, revision: 3))
        try await passing.value
        #expect(diary.lines == ["resumed", "passed"])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Sources that come and go` {
    @Test(arguments: StorageEngine.allCases)
    func `are read while jobs are carried out, and no more once they are removed`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let jobs = bench.jobs()
        let running = Task { await jobs.run() }
        jobs.add(ScriptedSource(id: "late") { _ in JobBench.pages(3) })
        let id = try await jobs.submit(source: "late", scope: .site).id
        #expect(try await jobs.end(of: id).state == .finished)
        #expect(try await bench.documentCount == 3)
        jobs.remove(source: "late")
        await #expect(throws: IngestJobError.noSuchSource(id: "late", known: [])) {
            try await jobs.submit(source: "late", scope: .site)
        }
        #expect(jobs.sources.isEmpty)
        running.cancel()
        await running.value
    }

    @Test(arguments: StorageEngine.allCases)
    func `are replaced by one of the same id`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let first = ScriptedSource { _ in JobBench.pages(1) }
        let jobs = bench.jobs(first)
        jobs.add(ScriptedSource { _ in JobBench.pages(2) })
        #expect(jobs.sources.map(\.id) == ["wiki"])
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let running = Task { await jobs.run() }
        #expect(try await jobs.end(of: id).counts.stored == 2)
        running.cancel()
        await running.value
    }
}
