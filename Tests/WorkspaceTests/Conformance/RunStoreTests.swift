import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Runs that wait` {
    @Test(arguments: WorkspaceEngine.all)
    func `are stored as they came, and waiting`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        var run = Sample.run("1", priority: 2)
        #expect(try await store.enqueue(run, key: nil) == run)
        #expect(try await store.run("1", for: Sample.ann) == run)
        await #expect(throws: WorkspaceError.nameTaken(kind: "run", name: "1")) {
            _ = try await store.enqueue(run, key: nil)
        }
        // Whatever a caller says of its state.
        run.id = "2"
        run.state = .finished
        run.attempts = 9
        run.result = Data("forged".utf8)
        let stored = try await store.enqueue(run, key: nil)
        #expect(stored.state == .queued && stored.attempts == 0 && stored.result == nil)
        run.id = "3"
        run.request = Data()
        #expect(try await store.enqueue(run, key: nil).request.isEmpty)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `come once under a key, and never under another request`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let first = try await store.enqueue(Sample.run("1", request: "a"), key: "k")
        #expect(try await store.enqueue(Sample.run("2", request: "a", after: 9), key: "k") == first)
        await #expect(throws: WorkspaceError.notFound(kind: "run", id: "2")) {
            _ = try await store.run("2", for: Sample.ann)
        }
        for other in [Sample.run("3", request: "b"), Sample.run("3", flow: "g", request: "a")] {
            await #expect(throws: WorkspaceError.keyReused(key: "k")) {
                _ = try await store.enqueue(other, key: "k")
            }
        }
        // A digest of the caller's own making stands for the request.
        let digest = Data("what was asked".utf8)
        let own = try await store.enqueue(Sample.run("4", request: "a"), key: "l", digest: digest)
        #expect(try await store.enqueue(Sample.run("5", request: "b"), key: "l", digest: digest) == own)
        // Another's key is another key.
        let bobs = try await store.enqueue(Sample.run("6", of: Sample.bob, request: "b"), key: "k")
        #expect(bobs.id == "6")
        // It stands for the run whatever became of it.
        _ = try await store.cancel("1", for: Sample.ann)
        #expect(try await store.enqueue(Sample.run("7", request: "a"), key: "k").state == .cancelled)
        #expect(try await store.expireRuns(endedBefore: Sample.now + 1) == 1)
        #expect(try await store.enqueue(Sample.run("8", request: "b"), key: "k").id == "8")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that come at once under one key are one run`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<50 {
                group.addTask { try await store.enqueue(Sample.run("\(number)"), key: "k").id }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try await store.runCounts()[.queued] == 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are listed with the newest first, by flow and by state`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for number in 0..<24 {
            let run = Sample.run(
                "id-\(100 + number)", flow: "f\(number % 2)", after: Double(number / 4))
            _ = try await store.enqueue(run, key: nil)
            if number % 3 == 0 { _ = try await store.cancel(run.id, for: Sample.ann) }
        }
        func listed(_ flow: String?, _ state: StoredRun.State?) async throws -> [StoredRun] {
            var found: [StoredRun] = []
            while true {
                let page = try await store.runs(
                    for: Sample.ann, flow: flow, state: state, before: found.last, limit: 5)
                if page.isEmpty { return found }
                found += page
                // What comes meanwhile is newer than the place that was reached.
                _ = try await store.enqueue(
                    Sample.run("new-\(found.count)-\(flow ?? "")-\(state?.rawValue ?? "")", after: 99),
                    key: nil)
            }
        }
        let flow1 = try await listed("f1", nil)
        #expect(flow1.count == 12 && flow1.map(\.createdAt) == flow1.map(\.createdAt).sorted(by: >))
        #expect(try await listed("f0", .cancelled).count == 4)
        let all = try await listed(nil, nil)
        #expect(all.count { $0.id.hasPrefix("id-") } == 24 && Set(all.map(\.id)).count == all.count)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are listed without what is large of them`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let (small, large) = (String(repeating: "x", count: 64 << 10), String(repeating: "x", count: 65_537))
        for (id, request, size) in [("1", small, 256 << 10), ("2", large, (256 << 10) + 1)] {
            _ = try await store.enqueue(Sample.run(id, request: request), key: nil)
            let lease = try #require(try await store.lease().first).lease
            try await store.end(
                lease, .finished, result: Data(repeating: 32, count: size), failure: nil, messages: [],
                at: Sample.start)
        }
        let listed = try await store.runs(for: Sample.ann, flow: nil, state: nil, before: nil, limit: 9)
            .sorted { $0.id < $1.id }
        #expect(listed.map(\.request.count) == [64 << 10, 0])
        #expect(listed.map(\.result?.count) == [256 << 10, nil])
        let whole = try await store.run("2", for: Sample.ann)
        #expect(whole.request.count == 65_537 && whole.result?.count == (256 << 10) + 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `end at once when they are cancelled, running ones when their worker hears of it`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let cancelled = try await store.cancel("1", for: Sample.ann)
        #expect(cancelled.state == .cancelled && cancelled.endedAt == Sample.now)
        #expect(try await store.lease().isEmpty)
        _ = try await store.enqueue(Sample.run("2"), key: nil)
        let lease = try #require(try await store.lease().first).lease
        #expect(try await store.renew(lease, for: .seconds(60), at: Sample.start).isCancelRequested == false)
        let running = try await store.cancel("2", for: Sample.ann)
        #expect(running.state == .running && running.isCancelRequested)
        #expect(try await store.renew(lease, for: .seconds(60), at: Sample.start).isCancelRequested)
        try await store.end(lease, .cancelled)
        #expect(try await store.cancel("2", for: Sample.ann).state == .cancelled)
        // One whose worker is lost is not begun again.
        _ = try await store.enqueue(Sample.run("3"), key: nil)
        _ = try await store.lease()
        _ = try await store.cancel("3", for: Sample.ann)
        #expect(try await store.lease(after: 61).isEmpty)
        #expect(try await store.run("3", for: Sample.ann).state == .cancelled)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are queued once more after they failed, as if for the first time`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        _ = try await store.enqueue(Sample.run("1"), key: nil)
        let first = try #require(try await store.lease().first).lease
        try await store.append([Sample.event(0)], under: first)
        await #expect(throws: WorkspaceError.wrongState(run: "1", state: .running)) {
            _ = try await store.requeue("1", for: Sample.ann)
        }
        try await store.end(first, .failed)
        let again = try await store.requeue("1", for: Sample.ann)
        #expect(again.state == .queued && again.attempts == 0 && again.startedAt == nil)
        #expect(again.endedAt == nil && again.result == nil && !again.isCancelRequested)
        #expect(try await store.events(of: "1", for: Sample.ann, from: 0, limit: 9).isEmpty)
        let second = try #require(try await store.lease(after: 1_000).first).lease
        #expect(second.number > first.number, "a lease of before is no lease of now")
        await #expect(throws: WorkspaceError.leaseLost(run: "1")) { try await store.end(first) }
        try await store.end(second)
        await #expect(throws: WorkspaceError.wrongState(run: "1", state: .finished)) {
            _ = try await store.requeue("1", for: Sample.ann)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are counted, and ended ones expire with all they have`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await atOnce(0..<460) { number in
            _ = try await store.enqueue(Sample.run("\(number)", after: Double(number)), key: "\(number)")
        }
        let leased = try await store.lease(450, after: 500)
        try await atOnce(0..<450) { offset in
            try await store.append([Sample.event(0)], under: leased[offset].lease)
            let state: StoredRun.State = [.finished, .failed, .dead][offset % 3]
            try await store.end(leased[offset].lease, state, after: Double(offset))
        }
        #expect(try await store.runCounts() == [.queued: 10, .running: 0, .dead: 150])
        #expect(try await store.expireRuns(endedBefore: Sample.start + 447) == 447)
        #expect(try await store.runCounts() == [.queued: 10, .running: 0, .dead: 1])
        await #expect(throws: WorkspaceError.self) {
            _ = try await store.events(of: leased[0].run.id, for: Sample.ann, from: 0, limit: 9)
        }
        let kept = try await store.events(of: leased[449].run.id, for: Sample.ann, from: 0, limit: 9)
        #expect(kept == [Sample.event(0)])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `waits only so many of one owner at a time, but for what came before under its key`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        func add(_ id: String, of owner: Owner = Sample.ann, key: String? = nil) async throws -> String {
            let run = Sample.run(id, of: owner)
            return try await store.enqueue(run, key: key, digest: Data("same".utf8), atMost: 2).id
        }
        #expect(try await add("1", key: "k") == "1")
        #expect(try await add("2") == "2")
        let full = WorkspaceError.tooManyWaiting(limit: 2)
        await #expect(throws: full) { _ = try await add("3") }
        await #expect(throws: full) { _ = try await add("3", key: "other") }
        #expect(try await add("4", key: "k") == "1", "a repeated one is none more")
        #expect(try await add("5", of: Sample.bob) == "5", "others have a count of their own")
        _ = try await store.lease(1)
        #expect(try await add("3") == "3", "one that has begun waits no longer")
    }
}
