import Corpus
import EngineSupport
import Foundation
import Sourcing
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(1))) struct `Ingest jobs after a restart` {
    private let source = ScriptedSource { _ in JobBench.pages(20) }

    /// Works until the job has ended.
    private func carryOut(_ id: String, _ jobs: IngestJobs) async throws -> IngestJob {
        let running = Task { await jobs.run() }
        let ended = try await jobs.end(of: id)
        running.cancel()
        await running.value
        return ended
    }

    @Test(arguments: StorageEngine.allCases)
    func `that waited are carried out by the next process`(engine: StorageEngine) async throws {
        let open = try engine.corpusOfProcesses()
        var id = ""
        do {
            let store = try await open()
            id = try await JobBench(store: store).jobs(source).submit(source: "wiki", scope: .site).id
        }
        let bench = try JobBench(store: await open())
        let ended = try await carryOut(id, bench.jobs(source))
        #expect(ended.id == id)
        #expect(ended.state == .finished)
        #expect(ended.attempts == 1)
        #expect(try await bench.documentCount == 20)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that ran when their process was told to end go on in the next one`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let checkpoint = Checkpoint()
        let held = ScriptedSource { _ in
            JobBench.pages(60) { if $0 == 40 { await checkpoint.pass() } }
        }
        let before = bench.jobs(held)
        let id = try await before.submit(source: "wiki", scope: .site).id
        let running = Task { await before.run() }
        await checkpoint.arrival()
        running.cancel()
        await running.value
        let left = try await before.job(id)
        #expect(left.state == .queued)
        #expect(left.attempts == 0)
        let stored = try await bench.documentCount
        #expect(stored >= 8)
        #expect(try await bench.isLevel)
        let told = left.position
        let after = bench.jobs(ScriptedSource { _ in JobBench.pages(60) })
        let ended = try await carryOut(id, after)
        #expect(ended.state == .finished)
        #expect(ended.counts.unchanged == stored)
        #expect(ended.counts.stored == 60 - stored)
        // Whoever read the events of the first process misses none of the second's.
        let events = try await after.allEvents(of: id, after: told)
        #expect(events.last?.job.state == .finished)
        #expect(events.contains { $0.kind == .state && $0.job.state == .running })
        #expect(zip(events, events.dropFirst()).allSatisfy { $0.position < $1.position })
    }

    @Test(arguments: StorageEngine.allCases)
    func `that were killed are begun again, and given up when that goes on`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let id = try await bench.jobs(source).submit(source: "wiki", scope: .site).id
        // As a process leaves it that is killed: taken, and never ended.
        for attempt in 1..<IngestJobs.attemptLimit {
            let taken = try await bench.store.takeIngestJob(source: "wiki", at: Date())
            #expect(taken?.attempts == attempt)
            let jobs = bench.jobs(source)
            await jobs.recover()
            #expect(try await jobs.job(id).state == .queued)
        }
        _ = try await bench.store.takeIngestJob(source: "wiki", at: Date())
        let jobs = bench.jobs(source)
        await jobs.recover()
        let given = try await jobs.job(id)
        #expect(given.state == .interrupted)
        #expect(given.reason?.contains("\(IngestJobs.attemptLimit) times") == true)
        #expect(given.endedAt != nil)
        #expect(try await jobs.end(of: id).state == .interrupted)
    }

    /// Some sources have titles with a U+0000 in them, and any title may look like a member of the job.
    @Test(arguments: StorageEngine.allCases)
    func `are begun again whatever the title that they had come to`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let id = try await bench.jobs(source).submit(source: "wiki", scope: .site).id
        _ = try await bench.store.changeIngestJob(id) { job in
            job.currentTitle = "Page\0 \"heldUntil\":9e300,"
            return true
        }
        let taken = try #require(try await bench.store.takeIngestJob(source: "wiki", at: Date()))
        #expect(taken.id == id && taken.currentTitle.hasSuffix("9e300,"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `that were being cancelled are cancelled, and paused ones stay paused`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let first = bench.jobs(source)
        let one = try await first.submit(source: "wiki", scope: .site).id
        let two = try await first.submit(source: "wiki", scope: .space("OPS")).id
        _ = try await bench.store.takeIngestJob(source: "wiki", at: Date())
        #expect(try await first.cancel(one).state == .cancelling)
        try await first.pause(two)
        let next = bench.jobs(source)
        await next.recover()
        #expect(try await next.job(one).state == .cancelled)
        #expect(try await next.job(two).state == .paused)
        #expect(await next.runNext(of: source) == nil)
        try await next.resume(two)
        #expect(await next.runNext(of: source)?.state == .finished)
    }

    @Test(arguments: StorageEngine.allCases)
    func `of a source that the settings no longer name are told as interrupted`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let id = try await bench.jobs(source).submit(source: "wiki", scope: .site).id
        let jobs = bench.jobs(ScriptedSource(id: "other") { _ in JobBench.pages(1) })
        await jobs.recover()
        let job = try await jobs.job(id)
        #expect(job.state == .interrupted)
        #expect(job.reason?.contains("wiki") == true)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that ended before tell their end to whoever asks`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let first = bench.jobs(source)
        let id = try await first.submit(source: "wiki", scope: .site).id
        await first.runNext(of: source)
        let all = try await first.allEvents(of: id)
        let next = bench.jobs(source)
        let told = try await next.allEvents(of: id, after: 0)
        #expect(told.map(\.position) == [all.count - 1])
        #expect(told.first?.job == all.last?.job)
        #expect(try await next.allEvents(of: id, after: all.count - 1).isEmpty)
    }
}
