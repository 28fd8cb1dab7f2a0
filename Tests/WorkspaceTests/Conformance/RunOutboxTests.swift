import Foundation
import Testing
import Workspace

extension RunOutbox {
    /// What waits to be told, held for a minute.
    fileprivate func told(
        _ limit: Int = 9, after seconds: Double = 0, horizon: Duration = .zero
    ) async throws(WorkspaceError) -> [RunAnnouncement] {
        try await leaseAnnouncements(
            limit, for: .seconds(60), at: Sample.start + seconds, horizon: horizon)
    }

    fileprivate func claim(
        _ run: String, by worker: String = "w", tenant: String = Sample.ann.tenant, after seconds: Double = 0,
        attempts: Int = 3
    ) async throws(WorkspaceError) -> RunClaim {
        try await lease(
            run: run, ofTenant: tenant, by: worker, for: .seconds(60), at: Sample.start + seconds,
            attempts: attempts)
    }
}

extension RunClaim {
    fileprivate var lease: RunLease? { if case .leased(_, let lease) = self { lease } else { nil } }
}

@Suite(.timeLimit(.minutes(1))) struct `The outbox of runs` {
    @Test(arguments: WorkspaceEngine.all)
    func `stays empty where no queue is told`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        #expect(try await store.announcementCount() == 0)
        #expect(try await store.told().isEmpty)
    }

    @Test(arguments: WorkspaceEngine.announcing)
    func `has a run if and only if the run is stored`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: "k")
        _ = try await store.enqueue(Sample.run("1"), key: "k")
        await #expect(throws: WorkspaceError.self) {
            _ = try await store.enqueue(Sample.run("2", request: "{\"a\":1}"), key: "k")
        }
        await #expect(throws: WorkspaceError.self) {
            _ = try await store.enqueue(Sample.run("1"), key: nil)
        }
        let told = try await store.told()
        #expect(told.map(\.message) == [RunMessage(run: "1", tenant: Sample.ann.tenant)])
        #expect(told.map(\.due) == [Sample.start])
        // Whoever has it goes with the run.
        let lease = try #require(try await store.lease().first).lease
        try await store.end(lease)
        #expect(try await store.expireRuns(endedBefore: Sample.now) == 1)
        #expect(try await store.announcementCount() == 0)
        try await store.settle(announced: told, at: Sample.now)
    }

    @Test(arguments: WorkspaceEngine.announcing)
    func `gives out what is due by priority and age, to one at a time`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for (id, priority, seconds) in [("late", 9, 50.0), ("old", 0, 1), ("urgent", 5, 3), ("low", -3, 0)] {
            _ = try await store.enqueue(Sample.run(id, priority: priority, after: seconds), key: nil)
        }
        #expect(try await store.told(0, after: 9).isEmpty)
        let first = try await store.told(2, after: 9)
        #expect(first.map(\.message.run) == ["urgent", "old"])
        #expect(first.map(\.priority) == [5, 0])
        let second = try await store.told(after: 9, horizon: .seconds(60))
        #expect(second.map(\.message.run) == ["late", "low"], "what is due soon may be told before")
        #expect(try await store.told(after: 68).isEmpty, "it is held")
        #expect(try await store.told(after: 69).count == 4, "whoever held it has died")
        try await store.settle(announced: first, at: Sample.now)
        #expect(try await store.announcementCount() == 2)
        try await store.postpone(announcements: second, until: Sample.start + 500)
        #expect(try await store.told(after: 499).isEmpty)
        #expect(try await store.told(after: 500).count == 2)
    }

    @Test(arguments: WorkspaceEngine.announcing)
    func `is told of each turn to wait once more`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        func settleAll() async throws -> [Date] {
            let told = try await store.told(after: 900)
            try await store.settle(announced: told, at: Sample.start + 900)
            return told.map(\.due)
        }
        #expect(try await settleAll() == [Sample.start])
        var lease = try #require(try await store.claim("1").lease)
        try await store.retry(
            lease, at: Sample.start + 1, due: Sample.start + 30, failure: Data("{}".utf8), attempts: 9)
        #expect(try await settleAll() == [Sample.start + 30])
        lease = try #require(try await store.claim("1", after: 30).lease)
        try await store.release(lease, at: Sample.start + 40)
        #expect(try await settleAll() == [Sample.start + 40])
        lease = try #require(try await store.claim("1", after: 40).lease)
        try await store.end(lease, .failed, after: 41)
        #expect(try await settleAll().isEmpty, "an end is nothing to be told")
        _ = try await store.requeue("1", for: Sample.ann)
        let told = try await store.leaseAnnouncements(
            9, for: .seconds(60), at: Sample.now, horizon: .zero)
        #expect(told.map(\.due) == [Sample.now])
    }

    @Test(arguments: WorkspaceEngine.announcing)
    func `is told once more of runs that were forgotten`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for id in ["lost", "untold", "done", "held"] {
            _ = try await store.enqueue(Sample.run(id), key: nil)
        }
        let told = try await store.told(9)
        let others = told.filter { $0.message.run != "untold" }
        try await store.settle(announced: others, at: Sample.start + 1)
        let done = try #require(try await store.claim("done").lease)
        try await store.end(done)
        // Its worker has a minute.
        #expect(try await store.claim("held").lease != nil)
        func sweep(since: Double, limit: Int = 9) async throws -> Int {
            try await store.announceForgotten(
                since: Sample.start + since, at: Sample.start + since + 100, limit: limit)
        }
        #expect(try await sweep(since: 0.5) == 0, "the queue was told of them a moment ago")
        #expect(try await sweep(since: 2) == 1)
        #expect(try await sweep(since: 2) == 0, "each is told of once")
        #expect(try await sweep(since: 60) == 1, "its worker's lease has ended")
        let again = try await store.told(after: 500)
        #expect(Set(again.map(\.message.run)) == ["lost", "untold", "held"])
        try await store.settle(announced: again, at: Sample.start + 500)
        #expect(try await sweep(since: 499) == 0)
        #expect(try await sweep(since: 501) == 0, "they have not waited twice as long yet")
        #expect(try await sweep(since: 900, limit: 2) == 2)
        let oldest = try await store.told(after: 1_000).map(\.message.run)
        #expect(Set(oldest) == ["lost", "untold"])
    }

    @Test(arguments: WorkspaceEngine.announcing)
    func `is told ever more rarely of a run that only waits its turn`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        try await store.settle(announced: try await store.told(), at: Sample.start)
        var told: [Double] = []
        for seconds in stride(from: 100.0, through: 3_200, by: 100) {
            let count = try await store.announceForgotten(
                since: Sample.start + (seconds - 100), at: Sample.start + seconds, limit: 9)
            guard count > 0 else { continue }
            told.append(seconds)
            try await store.settle(
                announced: try await store.told(after: seconds), at: Sample.start + seconds)
        }
        #expect(told == [100, 200, 400, 800, 1_600, 3_200])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A run that a queue tells of` {
    @Test(arguments: WorkspaceEngine.all)
    func `is taken by its id, once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for id in ["1", "2"] { _ = try await store.enqueue(Sample.run(id), key: nil) }
        guard case .leased(let run, let lease) = try await store.claim("2", by: "first") else {
            Issue.record("it may be taken")
            return
        }
        #expect(run.id == "2" && run.state == .running && run.attempts == 1)
        #expect(run.startedAt == Sample.start && lease.worker == "first" && lease.run == "2")
        #expect(lease.expiresAt == Sample.start + 60)
        #expect(
            try await store.claim("2", by: "second", after: 59) == .held(until: Sample.start + 60))
        let taken = try #require(try await store.claim("2", by: "second", after: 60).lease)
        #expect(taken.number > lease.number)
        await #expect(throws: WorkspaceError.leaseLost(run: "2")) { try await store.end(lease) }
        try await store.end(taken, after: 61)
        #expect(try await store.claim("2", after: 62) == .ended)
        #expect(try await store.lease(9, after: 1).map(\.run.id) == ["1"], "the other one still waits")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `is not taken before it is due, nor by another tenant's name`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1", after: 20), key: nil)
        #expect(try await store.claim("1", after: 19) == .waits(until: Sample.start + 20))
        #expect(try await store.claim("1", tenant: "other", after: 20) == .absent)
        #expect(try await store.claim("none", after: 20) == .absent)
        #expect(try await store.claim("1", after: 20).lease != nil)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `ends where nothing is left to be tried`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        for id in ["worn", "cancelled", "unbegun"] { _ = try await store.enqueue(Sample.run(id), key: nil) }
        #expect(try await store.claim("worn").lease != nil)
        #expect(try await store.claim("worn", after: 60, attempts: 1) == .ended)
        #expect(try await store.run("worn", for: Sample.ann).state == .dead)
        #expect(try await store.claim("cancelled").lease != nil)
        _ = try await store.cancel("cancelled", for: Sample.ann)
        #expect(try await store.claim("cancelled", after: 60) == .ended)
        #expect(try await store.run("cancelled", for: Sample.ann).state == .cancelled)
        _ = try await store.cancel("unbegun", for: Sample.ann)
        #expect(try await store.claim("unbegun") == .ended)
        let told = try await store.deliveries(to: "w").map(\.event)
        #expect(Set(told) == [.runDead, .runCancelled] && told.count == 3)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `is taken by one of many who ask at once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let claims = try await withThrowingTaskGroup(of: RunClaim.self) { group in
            for number in 0..<12 {
                group.addTask { try await store.claim("1", by: "w\(number)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(claims.compactMap(\.lease).count == 1)
        #expect(claims.filter { $0 == .held(until: Sample.start + 60) }.count == 11)
    }
}
