import Corpus
import EngineSupport
import Foundation
import Sourcing
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(1))) struct `Ingest jobs` {
    @Test(arguments: StorageEngine.allCases)
    func `tell in order and without a gap how they wait, run, come further and end`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(40, failing: [7]) }
        let jobs = bench.jobs(source)
        let job = try await jobs.submit(source: "wiki", scope: .site, by: "ann")
        #expect(job.state == .queued && job.createdBy == "ann")
        let ended = try #require(await jobs.runNext(of: source))
        let events = try await jobs.allEvents(of: job.id)
        #expect(events.map(\.position) == Array(0..<events.count))
        let states = events.filter { $0.kind == .state }.map(\.job.state)
        #expect(states == [.queued, .running, .finished])
        #expect(events.first?.kind == .state && events.last?.job.state == .finished)
        for (one, next) in zip(events, events.dropFirst()) {
            #expect(one.job.counts.stored <= next.job.counts.stored)
            #expect(one.job.counts.seen <= next.job.counts.seen)
        }
        let stages = events.compactMap(\.job.stage)
        #expect(stages.contains("documents") && stages.contains("removals"))
        #expect(ended.counts.seen == 40)
        #expect(ended.counts.stored == 39)
        #expect(ended.counts.failed == 1)
        #expect(ended.counts.chunks == 39)
        #expect(ended.counts.embedded == 39)
        #expect(ended.expected == 40)
        #expect(ended.failures.map(\.id) == ["7"])
        #expect(ended.startedAt != nil && ended.endedAt != nil && ended.reason == nil)
        #expect(try await bench.documentCount == 39)
        #expect(try await bench.isLevel)
        #expect(try await jobs.job(job.id) == events.last?.job)
    }

    @Test(arguments: StorageEngine.allCases)
    func `are followed while they run, and taken up again behind the last event read`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let checkpoint = Checkpoint()
        let source = ScriptedSource { _ in
            JobBench.pages(40) { if $0 == 30 { await checkpoint.pass() } }
        }
        let jobs = bench.jobs(source)
        let id = try await jobs.submit(source: "wiki", scope: .site).id
        let following = Task { try await jobs.allEvents(of: id) }
        let running = Task { await jobs.runNext(of: source) }
        await checkpoint.arrival()
        #expect(try await jobs.job(id).state == .running)
        #expect(try await jobs.job(id).counts.seen > 0)
        checkpoint.open()
        _ = await running.value
        let live = try await following.value
        #expect(try await jobs.allEvents(of: id) == live)
        #expect(try await jobs.allEvents(of: id, after: 2) == Array(live.dropFirst(3)))
        #expect(try await jobs.allEvents(of: id, after: live.count).isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that read the same are one while they wait, however many ask at once`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(1) }
        let jobs = bench.jobs(source)
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask { try await jobs.submit(source: "wiki", scope: .space("OPS")).id }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        let others = [
            try await jobs.submit(source: "wiki", scope: .space("DEV")).id,
            try await jobs.submit(source: "wiki", scope: .space("OPS"), isDryRun: true).id,
            try await jobs.submit(source: "wiki", scope: .site).id,
        ]
        #expect(Set(others).union(ids).count == 4)
        for _ in 0..<4 { await jobs.runNext(of: source) }
        let again = try await jobs.submit(source: "wiki", scope: .space("OPS")).id
        #expect(!ids.contains(again))
    }

    @Test(arguments: StorageEngine.allCases)
    func `of one source run one after the other, of two side by side`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let (first, other) = (Checkpoint(), Checkpoint())
        let diary = Diary()
        let wiki = ScriptedSource { scope in
            diary.write("\(scope)")
            return JobBench.pages(2) { if scope == .site, $0 == 1 { await first.pass() } }
        }
        let notes = ScriptedSource(id: "notes") { _ in
            ListedSource(events: []) { if $0 == 0 { await other.pass() } }
        }
        let jobs = bench.jobs(wiki, notes)
        let one = try await jobs.submit(source: "wiki", scope: .site).id
        let two = try await jobs.submit(source: "wiki", scope: .space("OPS")).id
        let three = try await jobs.submit(source: "notes", scope: .site).id
        let running = Task { await jobs.run() }
        await first.arrival()
        await other.arrival()
        #expect(diary.lines == ["site"])
        #expect(try await jobs.job(one).state == .running)
        #expect(try await jobs.job(two).state == .queued)
        #expect(try await jobs.job(three).state == .running)
        first.open()
        try await jobs.end(of: two)
        #expect(diary.lines == ["site", "space:OPS"])
        #expect(try await jobs.job(three).state == .running)
        other.open()
        #expect(try await jobs.end(of: three).state == .finished)
        running.cancel()
        await running.value
    }

    @Test(arguments: StorageEngine.allCases)
    func `that cannot come to their end say why`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        struct Refused: Error, CustomStringConvertible {
            var description: String { "the account is locked" }
        }
        let source = ScriptedSource { scope in
            guard scope == .site else { throw Refused() }
            return ListedSource(events: [], failure: ListedSource.Broken())
        }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        let broken = try #require(await jobs.runNext(of: source))
        #expect(broken.state == .failed)
        #expect(broken.reason == "the listing broke off")
        try await jobs.submit(source: "wiki", scope: .page("1"))
        let refused = try #require(await jobs.runNext(of: source))
        #expect(refused.state == .failed)
        #expect(refused.reason == "the account is locked")
        #expect(await jobs.runNext(of: source) == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `that are dry say what would change, and change nothing`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(3, failing: [1]) }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site, isDryRun: true)
        let ended = try #require(await jobs.runNext(of: source))
        #expect(ended.state == .finished)
        #expect(ended.planned?.map(\.id) == ["0", "2"])
        #expect(ended.planned?.map(\.change) == ["added", "added"])
        #expect(try await bench.documentCount == 0)
        #expect(try await bench.store.countIngestFailures(of: "wiki") == 0)
        #expect(try await bench.store.state("synced_at") == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `note when a site was last read whole, unless something of it failed`(engine: StorageEngine)
        async throws
    {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { scope in
            JobBench.pages(2, failing: scope == .site ? [] : [1])
        }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .space("OPS"))
        await jobs.runNext(of: source)
        #expect(try await bench.store.state("synced_at") == nil)
        try await jobs.submit(source: "wiki", scope: .site)
        await jobs.runNext(of: source)
        #expect(try await bench.store.state("synced_at") != nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `are listed newest first, by source and state, a page at a time`(engine: StorageEngine) async throws
    {
        let bench = try await JobBench(engine)
        let source = ScriptedSource { _ in JobBench.pages(1) }
        let jobs = bench.jobs(source, ScriptedSource(id: "notes") { _ in JobBench.pages(1) })
        var ids: [String] = []
        for key in ["A", "B", "C", "D", "E"] {
            ids.append(try await jobs.submit(source: "wiki", scope: .space(key)).id)
        }
        try await jobs.submit(source: "notes", scope: .site)
        await jobs.runNext(of: source)
        let first = try await jobs.jobs(source: "wiki", states: [], before: nil, limit: 2)
        #expect(first.map(\.id) == [ids[4], ids[3]])
        let second = try await jobs.jobs(source: "wiki", states: [], before: ids[3], limit: 9)
        #expect(second.map(\.id) == [ids[2], ids[1], ids[0]])
        let ended = try await jobs.jobs(source: nil, states: [.finished], before: nil, limit: 9)
        #expect(ended.map(\.id) == [ids[0]])
        await #expect(throws: IngestJobError.noSuchJob(id: "x")) {
            try await jobs.jobs(source: nil, states: [], before: "x", limit: 9)
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `are refused for what is not there, and beyond so many that wait`(engine: StorageEngine) async throws
    {
        let bench = try await JobBench(engine)
        let jobs = bench.jobs(ScriptedSource { _ in JobBench.pages(1) })
        await #expect(throws: IngestJobError.noSuchSource(id: "other", known: ["wiki"])) {
            try await jobs.submit(source: "other", scope: .site)
        }
        await #expect(throws: IngestJobError.noSuchJob(id: "x")) { try await jobs.job("x") }
        await #expect(throws: IngestJobError.noSuchJob(id: "x")) { try await jobs.events(of: "x") }
        await #expect(throws: IngestJobError.noSuchJob(id: "x")) { try await jobs.cancel("x") }
        for number in 0..<IngestJobs.waitingLimit {
            try await jobs.submit(source: "wiki", scope: .page("\(number)"))
        }
        let limit = IngestJobs.waitingLimit
        await #expect(throws: IngestJobError.tooMany(source: "wiki", limit: limit)) {
            try await jobs.submit(source: "wiki", scope: .site)
        }
        // One that waits already is not one more.
        try await jobs.submit(source: "wiki", scope: .page("7"))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The account of what failed` {
    private func failures(_ bench: JobBench) async throws -> [String] {
        try await bench.store.ingestFailures(of: "wiki", after: "", limit: 100).map(\.id)
    }

    @Test(arguments: StorageEngine.allCases)
    func `keeps what failed until it is read without a failure`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let failing = Diary()
        let source = ScriptedSource { scope in
            // Each reading of a page tells of that page alone.
            if case .page(let id) = scope, let number = Int(id) {
                var listed = JobBench.pages(number + 1)
                listed.events = [listed.events[0], listed.events[number + 2]]
                return listed
            }
            return JobBench.pages(9, failing: Set(failing.lines.compactMap { Int($0) }))
        }
        let jobs = bench.jobs(source)
        func run(_ scope: IngestJob.Scope) async throws {
            try await jobs.submit(source: "wiki", scope: scope)
            await jobs.runNext(of: source)
        }
        for number in ["2", "5", "8"] { failing.write(number) }
        try await run(.site)
        #expect(try await failures(bench) == ["2", "5", "8"])
        #expect(try await bench.store.countIngestFailures(of: "wiki") == 3)
        let first = try await bench.store.ingestFailures(of: "wiki", after: "2", limit: 1)
        #expect(first.map(\.id) == ["5"])
        #expect(first.first?.reason == "it is broken")
        try await run(.page("5"))
        #expect(try await failures(bench) == ["2", "8"])
        #expect(try await bench.store.ingestFailures(of: "other", after: "", limit: 9).isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `forgets with a whole reading what the source has no more`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let isSecond = Diary()
        let source = ScriptedSource { _ in
            isSecond.lines.isEmpty ? JobBench.pages(3, failing: [1]) : JobBench.pages(1)
        }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        await jobs.runNext(of: source)
        #expect(try await failures(bench) == ["1"])
        isSecond.write("yes")
        try await jobs.submit(source: "wiki", scope: .site)
        await jobs.runNext(of: source)
        #expect(try await failures(bench).isEmpty)
    }
}
