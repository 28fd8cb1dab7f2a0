import Testing

@testable import Concurrency

@Suite(.timeLimit(.minutes(1))) struct `A pause that others may end` {
    private let nudge = Nudge()

    @Test func `ends when somebody nudges`() async throws {
        let pausing = Task { [nudge] in try await nudge.pause(for: .seconds(3_600)) }
        // Whether it has begun to wait or not.
        nudge.nudge()
        try await pausing.value
    }

    @Test func `ends at once for what came before it, once`() async throws {
        nudge.nudge()
        nudge.nudge()
        try await nudge.pause(for: .seconds(3_600), atLeast: .milliseconds(1))
        let second = Task { [nudge] in try await nudge.pause(for: .seconds(3_600)) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
    }

    @Test func `ends by itself`() async throws {
        try await nudge.pause(for: .milliseconds(1))
        try await nudge.pause(for: .zero)
    }

    @Test func `that was cancelled takes no nudge with it`() async throws {
        let cancelled = Task { [nudge] in try await nudge.pause(for: .seconds(3_600)) }
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        nudge.nudge()
        try await nudge.pause(for: .seconds(3_600))
    }

    @Test func `ends for one who waits without end, and for each who takes another's place`() async {
        let waiting = Task { [nudge] in
            await withDiscardingTaskGroup { group in
                for _ in 0..<4 { group.addTask { await nudge.wait() } }
            }
        }
        let nudging = Task { [nudge] in
            while !Task.isCancelled {
                nudge.nudge()
                await Task.yield()
            }
        }
        await waiting.value
        nudging.cancel()
    }

    @Test func `waits no longer than its task`() async {
        let waiting = Task { [nudge] in await nudge.wait() }
        waiting.cancel()
        await waiting.value
        // What comes then is for the next one.
        nudge.nudge()
        await nudge.wait()
    }
}
