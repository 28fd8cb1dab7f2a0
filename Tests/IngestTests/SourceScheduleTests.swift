import Corpus
import EngineSupport
import Foundation
import Models
import Sourcing
import Synchronization
import TestSupport
import Testing

@testable import Ingest

/// A clock that stands still until it is moved.
private final class Clock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_790_000_000))

    var now: Date { time.withLock { $0 } }

    func advance(by seconds: Double) { time.withLock { $0 += seconds } }
}

@Suite(.timeLimit(.minutes(1))) struct `The schedule of a source` {
    private let clock = Clock()

    private func made(
        _ source: ScriptedSource, _ engine: StorageEngine
    ) async throws -> (jobs: IngestJobs, schedules: SourceSchedules) {
        let bench = try await JobBench(engine)
        let clock = clock
        let jobs = IngestJobs(
            store: bench.store, sources: [source], logger: JobBench.logger, now: { clock.now }
        ) { _ in
            IngestPipeline(
                store: bench.store, index: bench.index, words: bench.words, embedder: bench.embedder,
                counter: QuarterWordCounter(), logger: JobBench.logger)
        }
        return (jobs, SourceSchedules(jobs: jobs, logger: JobBench.logger, now: { clock.now }))
    }

    private func waiting(_ jobs: IngestJobs) async throws -> Int {
        try await jobs.jobs(source: "wiki", states: [.queued], before: nil, limit: 9).count
    }

    @Test(arguments: StorageEngine.allCases)
    func `asks at once for what was never synced, and then an interval after each end`(engine: StorageEngine)
        async throws
    {
        let source = ScriptedSource { _ in JobBench.pages(1) }
        let (jobs, schedules) = try await made(source, engine)
        try await schedules.set("wiki", every: .seconds(600))
        await schedules.askForDue()
        #expect(try await waiting(jobs) == 1)
        #expect(schedules.next(of: "wiki") == nil)
        await schedules.askForDue()
        #expect(try await waiting(jobs) == 1)
        schedules.ended(try #require(await jobs.runNext(of: source)))
        #expect(schedules.next(of: "wiki") == clock.now + 600)
        clock.advance(by: 599)
        await schedules.askForDue()
        #expect(try await waiting(jobs) == 0)
        clock.advance(by: 1)
        await schedules.askForDue()
        #expect(try await waiting(jobs) == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `waits twice as long after each failure in a row, and no longer than a day`(engine: StorageEngine)
        async throws
    {
        let source = ScriptedSource { _ in throw ListedSource.Broken() }
        let (jobs, schedules) = try await made(source, engine)
        try await schedules.set("wiki", every: .seconds(600))
        var pauses: [TimeInterval] = []
        for _ in 0..<10 {
            await schedules.askForDue()
            schedules.ended(try #require(await jobs.runNext(of: source)))
            let next = try #require(schedules.next(of: "wiki"))
            pauses.append(next.timeIntervalSince(clock.now))
            clock.advance(by: next.timeIntervalSince(clock.now))
        }
        #expect(Array(pauses.prefix(3)) == [1_200, 2_400, 4_800])
        #expect(pauses.last == 86_400)
        #expect(schedules.failures(of: "wiki") == 10)
        // The next process knows of them.
        let later = SourceSchedules(jobs: jobs, logger: JobBench.logger, now: { [clock] in clock.now })
        try await later.set("wiki", every: .seconds(600))
        #expect(later.failures(of: "wiki") == 10)
        #expect(later.next(of: "wiki") == clock.now)
    }

    @Test(arguments: StorageEngine.allCases)
    func `ends with the source's interval`(engine: StorageEngine) async throws {
        let source = ScriptedSource { _ in JobBench.pages(1) }
        let (jobs, schedules) = try await made(source, engine)
        try await schedules.set("wiki", every: .seconds(600))
        try await schedules.set("wiki", every: nil)
        await schedules.askForDue()
        #expect(try await waiting(jobs) == 0)
        #expect(schedules.next(of: "wiki") == nil)
    }
}
