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
}
