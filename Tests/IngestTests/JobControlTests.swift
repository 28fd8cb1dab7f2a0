import Corpus
import EngineSupport
import Foundation
import Sourcing
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(1))) struct `An ingest job that is cancelled` {
    @Test(arguments: StorageEngine.allCases)
    func `in the middle keeps what it stored, and the next one goes on from there`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let checkpoint = Checkpoint()
        let isFirst = Diary()
        let source = ScriptedSource { _ in
            isFirst.write("read")
            guard isFirst.lines.count == 1 else { return JobBench.pages(60) }
            return JobBench.pages(60) { if $0 == 40 { await checkpoint.pass() } }
        }
        let jobs = bench.jobs(source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let running = Task { await jobs.runNext(of: source) }
        await checkpoint.arrival()
        let cancelling = try await jobs.cancel(id)
        #expect([.cancelling, .cancelled].contains(cancelling.state))
        let ended = try #require(await running.value)
        #expect(ended.state == .cancelled)
        #expect(ended.endedAt != nil && ended.reason == nil)
        let stored = try await bench.documentCount
        #expect(stored >= 8 && stored < 60)
        #expect(ended.counts.stored == stored)
        #expect(try await bench.isLevel)
        let states = try await jobs.allEvents(of: id).filter { $0.kind == .state }.map(\.job.state)
        #expect(states == [.queued, .running, .cancelling, .cancelled])
        // What ended stays so.
        #expect(try await jobs.cancel(id).state == .cancelled)
        try await jobs.submit(source: "wiki", scope: .site)
        let next = try #require(await jobs.runNext(of: source))
        #expect(next.state == .finished)
        #expect(next.counts.unchanged == stored)
        #expect(next.counts.stored == 60 - stored)
    }

    @Test(arguments: StorageEngine.allCases)
    func `removes nothing that it has not seen yet`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let checkpoint = Checkpoint()
        let isFirst = Diary()
        let source = ScriptedSource { _ in
            isFirst.write("read")
            guard isFirst.lines.count > 1 else { return JobBench.pages(10) }
            return JobBench.pages(10) { if $0 == 4 { await checkpoint.pass() } }
        }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        await jobs.runNext(of: source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let running = Task { await jobs.runNext(of: source) }
        await checkpoint.arrival()
        try await jobs.cancel(id)
        #expect(await running.value?.state == .cancelled)
        #expect(try await bench.documentCount == 10)
        #expect(try await bench.store.state("synced_at") != nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `before it began never begins`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(3) }
        let jobs = bench.jobs(source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        #expect(try await jobs.cancel(id).state == .cancelled)
        #expect(await jobs.runNext(of: source) == nil)
        #expect(try await bench.documentCount == 0)
        let events = try await jobs.allEvents(of: id)
        #expect(events.map(\.position) == [0, 1])
        #expect(events.map(\.job.state) == [.queued, .cancelled])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `An ingest job that is paused` {
    @Test(arguments: StorageEngine.allCases)
    func `is held between two documents until it is resumed`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let checkpoint = Checkpoint()
        let diary = Diary()
        let source = ScriptedSource { _ in
            JobBench.pages(20) { number in
                diary.write("\(number)")
                if number == 5 { await checkpoint.pass() }
            }
        }
        let jobs = bench.jobs(source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let running = Task { await jobs.runNext(of: source) }
        await checkpoint.arrival()
        #expect(try await jobs.pause(id).state == .paused)
        #expect(try await jobs.pause(id).state == .paused)
        checkpoint.open()
        // The store is asked often enough for the source to be asked on, were it not held.
        for _ in 0..<50 { #expect(try await jobs.job(id).state == .paused) }
        diary.write("resumed")
        #expect(try await jobs.resume(id).state == .running)
        let ended = try #require(await running.value)
        #expect(ended.state == .finished)
        #expect(ended.counts.stored == 20)
        let lines = diary.lines
        let resumed = try #require(lines.firstIndex(of: "resumed"))
        let next = try #require(lines.firstIndex(of: "6"))
        #expect(resumed < next)
        let states = try await jobs.allEvents(of: id).filter { $0.kind == .state }.map(\.job.state)
        #expect(states == [.queued, .running, .paused, .running, .finished])
    }

    @Test(arguments: StorageEngine.allCases)
    func `can be cancelled as it is`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let checkpoint = Checkpoint()
        let source = ScriptedSource { _ in
            JobBench.pages(20) { if $0 == 5 { await checkpoint.pass() } }
        }
        let jobs = bench.jobs(source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let running = Task { await jobs.runNext(of: source) }
        await checkpoint.arrival()
        try await jobs.pause(id)
        checkpoint.open()
        try await jobs.cancel(id)
        #expect(await running.value?.state == .cancelled)
    }

    @Test(arguments: StorageEngine.allCases)
    func `before it began lets others go first`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(1) }
        let jobs = bench.jobs(source)
        let one = try await jobs.submit(source: "wiki", scope: .site).id
        let two = try await jobs.submit(source: "wiki", scope: .space("OPS")).id
        #expect(try await jobs.pause(one).state == .paused)
        #expect(await jobs.runNext(of: source)?.id == two)
        #expect(await jobs.runNext(of: source) == nil)
        #expect(try await jobs.resume(one).state == .queued)
        #expect(await jobs.runNext(of: source)?.id == one)
        await #expect(
            throws: IngestJobError.wrongState(id: one, state: .finished, wanted: "queued or running")
        ) { try await jobs.pause(one) }
        await #expect(throws: IngestJobError.wrongState(id: one, state: .finished, wanted: "paused")) {
            try await jobs.resume(one)
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The turn of a source` {
    @Test func `is taken by one at a time, in the order in which they ask`() async throws {
        let turn = IngestTurn()
        let checkpoint = Checkpoint()
        let diary = Diary()
        let first = Task {
            try await turn.hold {
                diary.write("first")
                await checkpoint.pass()
                diary.write("first is done")
            }
        }
        await checkpoint.arrival()
        let second = Task { try await turn.hold { diary.write("second") } }
        let third = Task { try await turn.hold { diary.write("third") } }
        third.cancel()
        await #expect(throws: CancellationError.self) { try await third.value }
        checkpoint.open()
        try await first.value
        try await second.value
        #expect(diary.lines == ["first", "first is done", "second"])
        try await turn.hold { diary.write("free") }
        #expect(diary.lines.last == "free")
    }
}
