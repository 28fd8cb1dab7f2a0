import Synchronization

/// What changed between this process and its Redis; told once each time.
public enum RedisChange: Sendable, Hashable {
    /// It does not answer, or not as it should: every role falls back to the process's own.
    case lost(RedisError)
    /// It answers again.
    case found
    /// It answers, and refuses a command; told once a minute at most.
    case refusing(RedisError)
}

extension RedisError: Hashable {
    public func hash(into hasher: inout Hasher) { hasher.combine(description) }
}

/// A circuit breaker: a server that failed is not asked again before a pause, and then by one request alone.
///
/// The pause doubles with each failed attempt up to a longest one, and begins anew once the server has answered.
final class RedisHealth: Sendable {
    /// The right to ask, and in which of the server's states it was given.
    struct Ticket: Sendable {
        fileprivate var generation: UInt64
    }

    private struct State {
        var down: RedisError?
        var failedAt = ContinuousClock.now
        var retryAt = ContinuousClock.now
        var pause: Duration
        /// Grows whenever the server is lost or found: what was begun before says nothing of what is now.
        var generation: UInt64 = 0
        var refusalToldAt: ContinuousClock.Instant?
        var counts = RedisCounts()
    }

    private static let refusalPause = Duration.seconds(60)
    private let server: String
    private let pauses: ClosedRange<Duration>
    private let onChange: @Sendable (RedisChange) -> Void
    private let state: Mutex<State>

    init(
        server: String, pauses: ClosedRange<Duration>, onChange: @escaping @Sendable (RedisChange) -> Void
    ) {
        self.server = server
        self.pauses = pauses
        self.onChange = onChange
        state = Mutex(State(pause: pauses.lowerBound))
    }

    var counts: RedisCounts {
        state.withLock { state in
            var counts = state.counts
            counts.isReachable = state.down == nil
            return counts
        }
    }

    /// - Throws: ``RedisError/resting(server:)``.
    func admit() throws(RedisError) -> Ticket {
        let now = ContinuousClock.now
        let ticket = state.withLock { state -> Ticket? in
            if state.down != nil {
                guard now >= state.retryAt else {
                    state.counts.skipped += 1
                    return nil
                }
                // Whoever comes next waits for a pause of its own, even if this one never tells how it went.
                state.retryAt = now + state.pause
            }
            return Ticket(generation: state.generation)
        }
        guard let ticket else { throw .resting(server: server) }
        return ticket
    }

    func countSkipped() { state.withLock { $0.counts.skipped += 1 } }

    /// - Parameter replies: commands that were answered, refusals among them.
    func succeeded(_ ticket: Ticket, replies: Int) {
        let isFound = state.withLock { state in
            state.counts.answered += replies
            guard state.down != nil, ticket.generation == state.generation else { return false }
            state.down = nil
            state.generation += 1
            state.pause = pauses.lowerBound
            return true
        }
        if isFound { onChange(.found) }
    }

    func failed(_ ticket: Ticket, _ error: RedisError) {
        let now = ContinuousClock.now
        let isLost = state.withLock { state in
            state.counts.failed += 1
            guard ticket.generation == state.generation else { return false }
            let wasUp = state.down == nil
            state.pause =
                wasUp
                ? pauses.lowerBound
                : now - state.failedAt < state.pause
                    ? state.pause : min(state.pause * 2, pauses.upperBound)
            state.down = error
            state.failedAt = now
            state.retryAt = now + state.pause
            if wasUp { state.generation += 1 }
            return wasUp
        }
        if isLost { onChange(.lost(error)) }
    }

    func refused(_ error: RedisError) {
        let now = ContinuousClock.now
        let isTold = state.withLock { state in
            state.counts.refused += 1
            if let last = state.refusalToldAt, now - last < Self.refusalPause { return false }
            state.refusalToldAt = now
            return true
        }
        if isTold { onChange(.refusing(error)) }
    }
}

/// What became of commands since the process began.
public struct RedisCounts: Sendable, Hashable {
    public var isReachable = true
    /// Answered in time.
    public var answered = 0
    /// Answered with a refusal; among the answered ones.
    public var refused = 0
    /// Attempts that found the server gone, silent or of no use.
    public var failed = 0
    /// Not sent, as the server had failed a moment before or too many waited.
    public var skipped = 0

    public init() {}
}
