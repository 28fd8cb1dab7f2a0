import Corpus
import EngineSupport
import Sourcing
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(1))) struct `A dry run` {
    private static func site(_ pages: [TestPage], listed: [String] = ["OPS", "DEV"]) -> ListedSource {
        var events: [SourceEvent] = []
        for space in ["OPS", "DEV"] {
            events.append(.space(Space(key: space, name: "The space \(space)")))
            events += pages.filter { $0.space == space }.map(\.event)
            if space == "DEV" {
                events.append(
                    .skipped(
                        SkippedDocument(id: "x", title: "X", reason: "it is broken", isFailure: true)))
            }
        }
        return ListedSource(events: events + listed.map { .listed(spaceKey: $0) })
    }

    @Test(arguments: StorageEngine.allCases)
    func `counts space by space what would be done, and does nothing`(engine: StorageEngine) async throws {
        let bench = try await JobBench(engine)
        let before = [
            TestPage(id: "1", body: "<p>one</p>"), TestPage(id: "2", body: "<p>two</p>"),
            TestPage(id: "3", space: "DEV", body: "<p>three</p>"),
        ]
        let after = [
            TestPage(id: "1", body: "<p>one</p>"),
            TestPage(id: "4", version: 1, body: "<p>four</p>"),
            TestPage(id: "3", version: 2, space: "DEV", body: "<p>three, anew</p>"),
        ]
        let isFirst = Diary()
        let source = ScriptedSource { _ in
            isFirst.write("read")
            return Self.site(isFirst.lines.count == 1 ? before : after)
        }
        let jobs = bench.jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        await jobs.runNext(of: source)
        try await jobs.submit(source: "wiki", scope: .site, isDryRun: true)
        let job = try #require(await jobs.runNext(of: source))
        let plan = try #require(job.plan)
        #expect(plan.spaces.map(\.key) == ["OPS", "DEV"])
        #expect(plan.spaces.map(\.name) == ["The space OPS", "The space DEV"])
        let ops = try #require(plan.spaces.first)
        #expect((ops.read, ops.added, ops.updated, ops.unchanged) == (2, 1, 0, 1))
        #expect((ops.removed, ops.failed) == (1, 0))
        let dev = try #require(plan.spaces.last)
        #expect((dev.read, dev.added, dev.updated, dev.unchanged) == (2, 0, 1, 0))
        #expect((dev.removed, dev.failed) == (0, 1))
        #expect(plan.requests == nil)
        #expect(job.planned?.first { $0.id == "4" }?.space == "OPS")
        #expect(job.planned?.first { $0.id == "2" }?.change == "removed")
        #expect(Set(try await bench.store.storedVersions().keys) == ["1", "2", "3"])
        // Any other job has none.
        #expect(try await jobs.jobs(source: "wiki", states: [], before: nil, limit: 9).last?.plan == nil)
    }
}
