import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Leases of runs` {
    @Test(arguments: WorkspaceEngine.all)
    func `go out by priority and age, and not before a run is due`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for (id, priority, seconds) in [
            ("late", 9, 50.0), ("old", 0, 1), ("urgent", 5, 3), ("older", 0, 0), ("urgent too", 5, 4),
            ("low", -3, 0),
        ] {
            _ = try await store.enqueue(Sample.run(id, priority: priority, after: seconds), key: nil)
        }
        #expect(try await store.lease(0, after: 9).isEmpty)
        let first = try await store.lease(3, after: 9)
        #expect(first.map(\.run.id) == ["urgent", "urgent too", "older"])
        #expect(first.allSatisfy { $0.run.state == .running && $0.run.attempts == 1 })
        #expect(first.allSatisfy { $0.run.startedAt == Sample.start + 9 })
        #expect(first.allSatisfy { $0.lease.expiresAt == Sample.start + 69 && $0.lease.worker == "w" })
        #expect(try await store.lease(9, after: 9).map(\.run.id) == ["old", "low"])
        #expect(try await store.lease(9, after: 50).map(\.run.id) == ["late"])
        #expect(try await store.lease(9, after: 50).isEmpty)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that ended are handed out again, and their holder writes nothing more`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let old = try #require(try await store.lease(by: "old").first).lease
        try await store.append([Sample.event(0)], under: old)
        #expect(try await store.lease(after: 59).isEmpty)
        let renewed = try await store.renew(old, for: .seconds(60), at: Sample.start + 30).lease
        #expect(renewed.number == old.number && renewed.expiresAt == Sample.start + 90)
        #expect(try await store.lease(after: 61).isEmpty, "it was renewed")
        let taken = try #require(try await store.lease(by: "new", after: 90).first)
        #expect(taken.run.attempts == 2 && taken.lease.number > old.number)
        #expect(taken.run.startedAt == Sample.start, "when its first attempt began")
        let lost = WorkspaceError.leaseLost(run: "1")
        for lease in [old, renewed] {
            await #expect(throws: lost) {
                _ = try await store.renew(lease, for: .seconds(60), at: Sample.start)
            }
            await #expect(throws: lost) { try await store.append([Sample.event(1)], under: lease) }
            await #expect(throws: lost) { try await store.forgetEvents(under: lease) }
            await #expect(throws: lost) {
                try await store.end(lease, messages: [Sample.message("m", in: Sample.key("s"), "twice")])
            }
            await #expect(throws: lost) {
                try await store.retry(lease, at: Sample.start, failure: Data(), attempts: 9)
            }
        }
        try await store.append([Sample.event(1)], under: taken.lease)
        try await store.end(
            taken.lease, messages: [Sample.message("m", in: Sample.key("s"), "once")], after: 91)
        await #expect(throws: lost) { try await store.end(taken.lease) }
        await #expect(throws: lost) { try await store.append([Sample.event(2)], under: taken.lease) }
        let run = try await store.run("1", for: Sample.ann)
        #expect(run.state == .finished && run.result == Data("done".utf8))
        #expect(run.endedAt == Sample.start + 91)
        #expect(
            try await store.messages(of: Sample.key("s"), before: nil, limit: 9).map(\.text) == ["once"])
        #expect(
            try await store.events(of: "1", for: Sample.ann, from: 0, limit: 9).map(\.position) == [0, 1])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `of a run that failed wait until it is due again, and end with its attempts`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        for attempt in 1...2 {
            let held = try #require(try await store.lease(after: Double(attempt * 100)).first)
            #expect(held.run.attempts == attempt)
            let time = Sample.start + Double(attempt * 100)
            try await store.retry(
                held.lease, at: time, due: time + 10, failure: Data("why".utf8), attempts: 3)
            #expect(try await store.lease(after: Double(attempt * 100 + 9)).isEmpty)
            let run = try await store.run("1", for: Sample.ann)
            #expect(run.state == .queued && run.failure == Data("why".utf8))
        }
        let last = try #require(try await store.lease(after: 300).first)
        try await store.retry(
            last.lease, at: Sample.start + 300, failure: Data("at last".utf8), attempts: 3)
        let dead = try await store.run("1", for: Sample.ann)
        #expect(dead.state == .dead && dead.failure == Data("at last".utf8) && dead.attempts == 3)
        #expect(dead.endedAt == Sample.start + 300)
        #expect(try await store.lease(after: 9_999).isEmpty)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that end without a word use up the attempts too`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        for attempt in 0..<3 { #expect(try await store.lease(after: Double(attempt * 60)).count == 1) }
        #expect(try await store.lease(after: 180).isEmpty)
        let dead = try await store.run("1", for: Sample.ann)
        #expect(dead.state == .dead && dead.failure == nil && dead.endedAt == Sample.start + 180)
        #expect(
            try await store.runs(for: Sample.ann, flow: nil, state: .dead, before: nil, limit: 9) == [dead])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `of a cancelled run are not retried`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let lease = try #require(try await store.lease().first).lease
        _ = try await store.cancel("1", for: Sample.ann)
        try await store.retry(lease, at: Sample.start, failure: Data(), attempts: 9)
        #expect(try await store.run("1", for: Sample.ann).state == .cancelled)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `let a run speak in its owner's conversations alone, all or nothing`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let lease = try #require(try await store.lease().first).lease
        for stranger in [Sample.bob, Sample.otherAnn] {
            await #expect(throws: WorkspaceError.self) {
                try await store.end(
                    lease,
                    messages: [
                        Sample.message("1", in: Sample.key("s"), "x"),
                        Sample.message("2", in: Sample.key("s", of: stranger), "x"),
                    ])
            }
            #expect(
                try await store.messages(of: Sample.key("s", of: stranger), before: nil, limit: 9).isEmpty)
        }
        #expect(try await store.messages(of: Sample.key("s"), before: nil, limit: 9).isEmpty)
        let run = try await store.run("1", for: Sample.ann)
        #expect(run.state == .running && run.result == nil)
        await #expect(throws: WorkspaceError.wrongState(run: "1", state: .queued)) {
            try await store.end(lease, .queued)
        }
        try await store.end(lease)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `give each run to one of many workers at a time, and its end to one alone`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let count = 200
        try await atOnce(0..<count) { _ = try await store.enqueue(Sample.run("\($0)"), key: nil) }
        let tally = Tally()
        try await atOnce(0..<16) { try await carryOut(count, as: $0, of: store, tally) }
        #expect(tally.ends.withLock { $0.values.allSatisfy { $0 == 1 } && $0.count == count })
        for number in 0..<count {
            #expect(try await store.run("\(number)", for: Sample.ann).state == .finished)
            #expect(try await store.conversation(Sample.key("s\(number)")).messageCount == 1)
        }
    }

    private final class Tally: Sendable {
        /// Time is counted in calls, and a lease lasts for a few of them: some workers come too late.
        let clock = Mutex(0)
        /// How often each run has ended.
        let ends = Mutex<[String: Int]>([:])

        func nextTime() -> Date {
            clock.withLock { time in
                time += 1
                return Sample.start + Double(time)
            }
        }
    }

    /// Works until `count` runs have ended; now and then it forgets one that it holds.
    private func carryOut(
        _ count: Int, as worker: Int, of store: any WorkspaceStore, _ tally: Tally
    ) async throws {
        var numbers = SeededGenerator(seed: UInt64(worker))
        while tally.ends.withLock({ $0.count }) < count {
            let leased = try await store.lease(
                3, by: "\(worker)", for: .seconds(60), at: tally.nextTime(), attempts: .max)
            for (run, lease) in leased where Int.random(in: 0..<4, using: &numbers) > 0 {
                let said = Sample.message("\(run.id)/\(lease.number)", in: Sample.key("s" + run.id), "x")
                do throws(WorkspaceError) {
                    try await store.end(lease, messages: [said])
                    tally.ends.withLock { $0[run.id, default: 0] += 1 }
                } catch {
                    #expect(error == .leaseLost(run: run.id))
                }
            }
        }
    }
}
