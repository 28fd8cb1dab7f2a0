/// A clock without its instants' type, counting from its making: for what keeps one and does not care which.
public struct ElapsedClock: Sendable {
    private let time: @Sendable () -> Duration
    private let wait: @Sendable (Duration) async throws -> Void

    /// Counts from this call on, by the time of `clock`.
    public init(_ clock: some Clock<Duration>) {
        let start = clock.now
        time = { start.duration(to: clock.now) }
        wait = { try await clock.sleep(for: $0) }
    }

    /// Since the clock was made.
    public var elapsed: Duration { time() }

    /// - Throws: `CancellationError`.
    public func sleep(for duration: Duration) async throws {
        try await wait(duration)
    }
}
