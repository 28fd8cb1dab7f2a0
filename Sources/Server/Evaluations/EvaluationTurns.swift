import Concurrency

/// The turns that the questions of evaluations take among those of people.
///
/// All evaluations are one caller: with half of the places at most, each given up between two questions, and behind
/// whoever else waits longer. Where too many wait already, they stand back until there is room, and push nobody out.
struct EvaluationTurns: Sendable {
    private let limiter: RunLimiter
    private let pause: Duration

    /// As the limiter knows all of them.
    static let caller = "evaluations"

    /// - Parameter pause: how long it stands back before a full queue.
    init(_ limiter: RunLimiter, pause: Duration = .milliseconds(500)) {
        self.limiter = limiter
        self.pause = pause
    }

    /// Waits for a turn.
    ///
    /// - Returns: what gives the place back.
    /// - Throws: `CancellationError`.
    func take() async throws -> @Sendable () -> Void {
        while true {
            do {
                let slot = try await limiter.slot(
                    for: Self.caller, atMost: limiter.places / 2, displaces: false)
                return { slot.release() }
            } catch is RequestFault {
                try await Task.sleep(for: pause)
            }
        }
    }
}
