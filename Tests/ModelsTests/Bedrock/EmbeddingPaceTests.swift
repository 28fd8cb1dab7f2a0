import TestSupport
import Testing

@testable import Models

@Suite(.timeLimit(.minutes(1))) struct `The pace of a quota` {
    /// When so many calls of so many tokens began, in seconds.
    private func starts(_ quota: EmbeddingQuota, count: Int, tokens: Int) async throws -> [Double] {
        let clock = ManualClock()
        let begin = clock.now
        let pace = EmbeddingPace(quota, clock: clock)
        var starts: [Double] = []
        for _ in 0..<count {
            try await pace.turn(tokens: tokens)
            starts.append(begin.duration(to: clock.now) / .seconds(1))
        }
        return starts
    }

    /// The most that began within any 60 seconds.
    private func busiestMinute(_ starts: [Double]) -> Int {
        var first = 0
        return starts.enumerated().map { offset, start in
            while starts[first] <= start - 60 { first += 1 }
            return offset - first + 1
        }.max() ?? 0
    }

    @Test(arguments: [1, 7, 60, 1_000, 2_500])
    func `no minute sees more calls than the quota, and 95 % of it are used`(quota: Int) async throws {
        let count = max(quota * 5, 20)
        let starts = try await starts(EmbeddingQuota(callsPerMinute: quota), count: count, tokens: 10)
        #expect(busiestMinute(starts) <= quota)
        let minutes = (starts.last ?? 0) / 60
        let share = quota < 20 ? 0.3 : 0.95
        #expect(Double(count) >= minutes * Double(quota) * share)
    }

    @Test func `tokens are counted as calls are`() async throws {
        let quota = EmbeddingQuota(callsPerMinute: 100_000, tokensPerMinute: 30_000)
        let starts = try await starts(quota, count: 500, tokens: 300)
        #expect(busiestMinute(starts) <= 101)
        #expect(500 * 300 >= (starts.last ?? 0) / 60 * 30_000 * 0.95)
    }

    @Test func `a call larger than a quota's hundredth goes, and is paid for afterwards`() async throws {
        let starts = try await starts(EmbeddingQuota(tokensPerMinute: 1_000), count: 5, tokens: 500)
        #expect(starts[0] == 0)
        #expect(starts[4] > 110)
    }

    @Test func `what was estimated too high is given back`() async throws {
        let clock = ManualClock()
        let pace = EmbeddingPace(EmbeddingQuota(tokensPerMinute: 6_000), clock: clock)
        for _ in 0..<50 {
            try await pace.turn(tokens: 600)
            await pace.passed(tokens: 6, estimate: 600)
        }
        let total = clock.sleeps.reduce(Duration.zero, +)
        #expect(total < .seconds(50))
    }

    @Test func `without a quota nothing waits until a call is throttled`() async throws {
        let clock = ManualClock()
        let pace = EmbeddingPace(nil, clock: clock)
        for _ in 0..<1_000 { try await pace.turn(tokens: 100_000) }
        #expect(clock.sleeps.isEmpty)
        await pace.throttled(attempt: 3)
        try await pace.turn(tokens: 1)
        #expect(clock.sleeps == [.seconds(4)])
    }

    @Test func `a cancelled wait ends`() async throws {
        let pace = EmbeddingPace(EmbeddingQuota(callsPerMinute: 1), clock: ContinuousClock())
        try await pace.turn(tokens: 1)
        let waiting = Task { try await pace.turn(tokens: 1) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
