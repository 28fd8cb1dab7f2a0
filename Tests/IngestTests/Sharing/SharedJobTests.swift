import Backends
import Corpus
import Foundation
import Sourcing
import Synchronization
import TestSupport
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(3))) struct `Ingest jobs of several processes` {
    @Test func `are carried out once, whoever asks for them`() async throws {
        let database = try SharedDatabase()
        let diary = Diary()
        let source = ScriptedSource { _ in
            diary.write("read")
            return JobBench.pages(5)
        }
        let (first, second) = (try await database.process(), try await database.process())
        let (asking, working) = (first.jobs(source), second.jobs(source))
        let id = try await asking.submit(source: "wiki", scope: .site).id
        async let one = asking.runNext(of: source)
        async let other = working.runNext(of: source)
        let ended = await [one, other].compactMap(\.self)
        #expect(ended.map(\.state) == [.finished])
        #expect(diary.lines.count == 1)
        #expect(try await asking.job(id).counts.stored == 5)
        #expect(try await working.job(id).counts.stored == 5)
    }

    @Test func `of one source wait for the process that reads it`() async throws {
        let database = try SharedDatabase()
        let checkpoint = Checkpoint()
        let slow = ScriptedSource { _ in JobBench.pages(20) { if $0 == 5 { await checkpoint.pass() } } }
        let quick = ScriptedSource { _ in JobBench.pages(20) }
        let (first, second) = (try await database.process(), try await database.process())
        let (reading, waiting) = (first.jobs(slow), second.jobs(quick))
        try await reading.submit(source: "wiki", scope: .site)
        let running = Task { await reading.runNext(of: slow) }
        await checkpoint.arrival()
        let next = try await waiting.submit(source: "wiki", scope: .space("OPS"))
        #expect(await waiting.runNext(of: quick) == nil)
        #expect(try await waiting.job(next.id).state == .queued)
        checkpoint.open()
        #expect(await running.value?.state == .finished)
        #expect(await waiting.runNext(of: quick)?.state == .finished)
    }

    @Test func `are cancelled and followed from any of them`() async throws {
        let database = try SharedDatabase()
        let checkpoint = Checkpoint()
        let source = ScriptedSource { _ in JobBench.pages(60) { if $0 == 20 { await checkpoint.pass() } } }
        let (first, second) = (try await database.process(), try await database.process())
        let (working, asking) = (first.jobs(source), second.jobs(source))
        let id = try await asking.submit(source: "wiki", scope: .site).id
        let running = Task { await working.runNext(of: source) }
        await checkpoint.arrival()
        let events = Task { try await asking.allEvents(of: id) }
        #expect(try await asking.cancel(id).state == .cancelling)
        #expect(await running.value?.state == .cancelled)
        #expect(try await events.value.last?.job.state == .cancelled)
        #expect(try await asking.job(id).state == .cancelled)
    }

    @Test func `are paused and resumed from any of them`() async throws {
        let database = try SharedDatabase()
        let checkpoint = Checkpoint()
        let source = ScriptedSource { _ in JobBench.pages(30) { if $0 == 10 { await checkpoint.pass() } } }
        let (first, second) = (try await database.process(), try await database.process())
        let (working, asking) = (first.jobs(source), second.jobs(source))
        let id = try await asking.submit(source: "wiki", scope: .site).id
        let running = Task { await working.runNext(of: source) }
        await checkpoint.arrival()
        #expect(try await asking.pause(id).state == .paused)
        // Until the process that works has looked.
        while working.state.withLock({ $0.feeds[id]?.job.state }) != .paused {
            try await Task.sleep(for: .milliseconds(20))
        }
        checkpoint.open()
        #expect(try await asking.resume(id).state == .queued)
        #expect(await running.value?.state == .finished)
        #expect(try await asking.job(id).counts.stored == 30)
    }

    @Test func `go on in another process when theirs is gone`() async throws {
        let database = try SharedDatabase()
        let source = ScriptedSource { _ in JobBench.pages(5) }
        let process = try await database.process()
        let jobs = process.jobs(source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        // Another process takes the job under its lease, and is never heard of again.
        let lost = try await database.corpus()
        let lease = try #require(
            try await lost.takeLease(ofSource: "wiki", by: "lost", for: .seconds(60)))
        #expect(try await lost.takeIngestJob(source: "wiki", at: Date())?.id == id)
        #expect(await jobs.runNext(of: source) == nil)
        #expect(try await lost.renew(lease, for: .zero))
        let ended = try #require(await jobs.runNext(of: source))
        #expect(ended.id == id && ended.state == .finished)
        #expect(ended.attempts == 2)
        // It comes back, and may write nothing of what it had read.
        await #expect(throws: CorpusError.leaseLost(source: "wiki")) {
            try await WriteFence.$lease.withValue(lease) {
                try await lost.upsert(space: Space(key: "LATE", name: "Late"))
            }
        }
        #expect(try await !lost.renew(lease, for: .seconds(60)))
    }

    @Test func `that a schedule asks for are not asked for by each`() async throws {
        let database = try SharedDatabase()
        let source = ScriptedSource { _ in JobBench.pages(3) }
        let (first, second) = (try await database.process(), try await database.process())
        let (one, other) = (first.jobs(source), second.jobs(source))
        let schedules = [one, other].map { SourceSchedules(jobs: $0, logger: JobBench.logger) }
        for schedule in schedules { try await schedule.set("wiki", every: .seconds(3_600)) }
        for schedule in schedules {
            await schedule.askForDue()
            await one.runNext(of: source)
        }
        let jobs = try await one.jobs(source: "wiki", states: [], before: nil, limit: 10)
        #expect(jobs.count == 1)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `The lease of a source` {
    @Test func `is one process's at a time, and numbered`() async throws {
        let corpus = try await SharedDatabase().corpus()
        let first = try #require(try await corpus.takeLease(ofSource: "wiki", by: "one", for: .seconds(60)))
        #expect(try await corpus.takeLease(ofSource: "wiki", by: "two", for: .seconds(60)) == nil)
        #expect(try await corpus.takeLease(ofSource: "other", by: "two", for: .seconds(60)) != nil)
        try await corpus.release(first)
        let second = try #require(try await corpus.takeLease(ofSource: "wiki", by: "two", for: .seconds(60)))
        #expect(second.number > first.number)
        // Giving back what was lost takes nothing from anybody.
        try await corpus.release(first)
        #expect(try await corpus.takeLease(ofSource: "wiki", by: "one", for: .seconds(60)) == nil)
    }

    @Test func `goes to one of many who ask at once`() async throws {
        let database = try SharedDatabase(.v16)
        let corpora = try await [database.corpus(), database.corpus()]
        let taken = try await withThrowingTaskGroup(of: SourceLease?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try await corpora[number % 2].takeLease(
                        ofSource: "wiki", by: "\(number)", for: .seconds(60))
                }
            }
            var taken: [SourceLease] = []
            for try await lease in group { if let lease { taken.append(lease) } }
            return taken
        }
        #expect(taken.count == 1)
    }

    @Test func `fences off whoever lost it, and nobody else`() async throws {
        let corpus = try await SharedDatabase().corpus()
        let lease = try #require(try await corpus.takeLease(ofSource: "wiki", by: "one", for: .zero))
        try await WriteFence.$lease.withValue(lease) {
            try await corpus.upsert(space: Space(key: "OPS", name: "Operations"))
        }
        #expect(try await corpus.takeLease(ofSource: "wiki", by: "two", for: .seconds(60)) != nil)
        await #expect(throws: CorpusError.leaseLost(source: "wiki")) {
            try await WriteFence.$lease.withValue(lease) { try await corpus.setState("mark", "late") }
        }
        #expect(try await corpus.state("mark") == nil)
        try await corpus.setState("mark", "in time")
        #expect(try await corpus.state("mark") == "in time")
    }
}
