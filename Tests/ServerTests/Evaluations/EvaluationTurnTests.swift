import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Turns of evaluations` {
    private func waits(_ count: Int, in limiter: RunLimiter) async {
        while limiter.load.waiting < count { await Task.yield() }
    }

    @Test func `leave half of the places to people`() async throws {
        let limiter = RunLimiter(running: 4, waiting: 8)
        let turns = EvaluationTurns(limiter)
        let first = try await turns.take()
        let second = try await turns.take()
        let third = Task { try await turns.take() }
        await waits(1, in: limiter)
        #expect(limiter.load == (2, 1))
        let people = [try await limiter.slot(for: "ann"), try await limiter.slot(for: "bob")]
        #expect(limiter.load == (4, 1))
        first()
        try await third.value()
        second()
        for person in people { person.release() }
        #expect(limiter.load == (0, 0))
    }

    @Test func `go on where there is one place alone`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 0)
        for _ in 0..<3 { try await EvaluationTurns(limiter).take()() }
        #expect(limiter.load == (0, 0))
    }

    @Test func `push nobody out of a full queue, and come when there is room`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 2)
        let first = try await limiter.slot(for: "ann")
        let waiting = (0..<2).map { _ in Task { try await limiter.slot(for: "ann").release() } }
        await waits(2, in: limiter)
        let evaluation = Task { try await EvaluationTurns(limiter, pause: .milliseconds(1)).take() }
        for _ in 0..<100 { await Task.yield() }
        #expect(limiter.load == (1, 2))
        first.release()
        for person in waiting { try await person.value }
        try await evaluation.value()
        #expect(limiter.load == (0, 0))
    }

    @Test func `end with the evaluation`() async throws {
        let limiter = RunLimiter(running: 1, waiting: 0)
        let first = try await limiter.slot(for: "ann")
        let evaluation = Task { try await EvaluationTurns(limiter, pause: .seconds(3_600)).take() }
        evaluation.cancel()
        await #expect(throws: CancellationError.self) { _ = try await evaluation.value }
        first.release()
        #expect(limiter.load == (0, 0))
    }
}
