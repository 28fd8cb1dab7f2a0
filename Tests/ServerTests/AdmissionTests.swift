import HTTPTypes
import Identity
import Synchronization
import Testing
import Workspace
import WorkspaceSQLite

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `Turns` {
    private final class Order: Sendable {
        let callers = Mutex<[String]>([])
    }

    /// Waits until so many wait.
    private func until(_ limiter: RunLimiter, waiting: Int) async {
        while limiter.load.waiting < waiting { await Task.yield() }
    }

    @Test func `go round among callers, however many one of them has waiting`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 32)
        let first = try await limiter.slot(for: "greedy")
        let order = Order()
        var tasks: [Task<Void, any Error>] = []
        func ask(_ caller: String) async {
            let before = limiter.load.waiting
            tasks.append(
                Task {
                    let slot = try await limiter.slot(for: caller)
                    order.callers.withLock { $0.append(caller) }
                    slot.release()
                })
            await until(limiter, waiting: before + 1)
        }
        for _ in 0..<8 { await ask("greedy") }
        await ask("modest")
        await ask("other")
        first.release()
        for task in tasks { try await task.value }
        #expect(order.callers.withLock { Array($0.prefix(3)) } == ["modest", "other", "greedy"])
        #expect(order.callers.withLock { $0.count } == 10)
        #expect(limiter.load == (0, 0))
    }

    @Test func `of one caller end at the caller's own limit, and others go on`() async throws {
        let limiter = RunLimiter(running: 4, waiting: 8)
        let one = try await limiter.slot(for: "limited", atMost: 1)
        let waiting = Task { try await limiter.slot(for: "limited", atMost: 1) }
        await until(limiter, waiting: 1)
        let other = try await limiter.slot(for: "other", atMost: 1)
        other.release()
        #expect(limiter.load == (1, 1), "a place is free, and the limited one still waits")
        one.release()
        let next = try await waiting.value
        #expect(limiter.load == (1, 0))
        next.release()
    }

    @Test func `of one key end at the key's own limit, and its owner's others go on`() async throws {
        let limiter = RunLimiter(running: 2, waiting: 8)
        let person = try await limiter.slot(for: "ada")
        let bot = try await limiter.slot(for: "ada", atMost: 1, of: "key bot")
        let again = Task { try await limiter.slot(for: "ada", atMost: 1, of: "key bot") }
        await until(limiter, waiting: 1)
        let other = Task { try await limiter.slot(for: "ada", atMost: 1, of: "key other") }
        await until(limiter, waiting: 2)
        person.release()
        let next = try await other.value
        #expect(limiter.load == (2, 1), "behind one that must wait still, another key's has the place")
        bot.release()
        try await again.value.release()
        next.release()
        #expect(limiter.load == (0, 0))
    }

    @Test func `are left to others by whoever has filled the queue`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 3)
        let first = try await limiter.slot(for: "greedy")
        var tasks: [Task<RunLimiter.Slot, any Error>] = []
        for number in 0..<3 {
            tasks.append(Task { try await limiter.slot(for: "greedy") })
            await until(limiter, waiting: number + 1)
        }
        let modest = Task { try await limiter.slot(for: "modest") }
        await #expect(throws: RequestFault.self, "the last of the greedy one's gives way") {
            try await tasks[2].value
        }
        await #expect(throws: RequestFault.self, "who has the most gets no more") {
            try await limiter.slot(for: "greedy")
        }
        first.release()
        try await modest.value.release()
        for task in tasks.prefix(2) { try await task.value.release() }
        #expect(limiter.load == (0, 0))
    }
}

@Suite struct `A caller's pace` {
    private final class Time: Sendable {
        let now = Mutex(ContinuousClock.now)
        func advance(by duration: Duration) { now.withLock { $0 += duration } }
    }

    private let time = Time()
    private let pace: RequestPace

    init() {
        let time = time
        pace = RequestPace(now: { time.now.withLock { $0 } })
    }

    @Test func `is a minute's requests at once, and then what time brings`() {
        for number in 0..<60 {
            let decision = pace.take("ada", perMinute: 60)
            #expect(decision.isAllowed && decision.remaining == 59 - number)
        }
        #expect(
            pace.take("ada", perMinute: 60)
                == .init(isAllowed: false, perMinute: 60, remaining: 0, seconds: 1))
        #expect(pace.take("bob", perMinute: 60).isAllowed, "another's is another's")
        time.advance(by: .milliseconds(1_001))
        #expect(pace.take("ada", perMinute: 60).isAllowed)
        #expect(!pace.take("ada", perMinute: 60).isAllowed)
        time.advance(by: .seconds(3_600))
        for _ in 0..<60 { #expect(pace.take("ada", perMinute: 60).isAllowed) }
        #expect(!pace.take("ada", perMinute: 60).isAllowed, "an hour's silence is worth a minute")
    }

    @Test func `says when to come back`() {
        #expect(pace.take("ada", perMinute: 1).isAllowed)
        time.advance(by: .seconds(20))
        #expect(pace.take("ada", perMinute: 1).seconds == 40)
    }

    @Test func `takes bounded room, however many callers there are`() {
        for number in 0..<(RequestPace.limit + 10) { _ = pace.take("caller \(number)", perMinute: 1) }
        // Those of the last minute had to go too; what counts is that there is an end.
        #expect(pace.take("caller 0", perMinute: 1).isAllowed)
    }
}

@Suite struct `A pace that processes share` {
    /// What other processes left of the bucket, as long as it can be told.
    private struct Elsewhere: SharedPace {
        let decision: PaceDecision?

        func take(_ caller: String, perMinute: Int) async -> PaceDecision? { decision }
    }

    @Test func `decides, whatever this process has left`() async {
        let refusal = PaceDecision(isAllowed: false, perMinute: 60, remaining: 0, seconds: 7)
        let pace = RequestPace(shared: Elsewhere(decision: refusal))
        #expect(await pace.decide("ada", perMinute: 60) == refusal)
    }

    @Test func `that cannot be told leaves it to this process, which knows what was asked of it`() async {
        let now = ContinuousClock.now
        let pace = RequestPace(now: { now }, shared: Elsewhere(decision: nil))
        #expect(await pace.decide("ada", perMinute: 2).remaining == 1)
        #expect(await pace.decide("ada", perMinute: 2).isAllowed)
        #expect(await !pace.decide("ada", perMinute: 2).isAllowed)
    }

    @Test func `is kept up here meanwhile`() async {
        let now = ContinuousClock.now
        let yes = PaceDecision(isAllowed: true, perMinute: 2, remaining: 1, seconds: 30)
        let pace = RequestPace(now: { now }, shared: Elsewhere(decision: yes))
        for _ in 0..<2 { #expect(await pace.decide("ada", perMinute: 2) == yes) }
        #expect(!pace.take("ada", perMinute: 2).isAllowed)
    }
}
