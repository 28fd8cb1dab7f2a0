import Concurrency
import Foundation
import Synchronization

/// AWS's retries: which failed calls are sent again, and when.
///
/// A call that is retried is signed anew, with keys that are asked for anew. The wait before retry *n* is uniform
/// in `0...min(2ⁿ⁻¹, 20)` seconds. A server's `Retry-After` is a lower bound on it, up to `maxRetryAfter`; what a
/// service asks for in `x-amz-retry-after` is one too, by which the wait grows by five seconds at the most. What
/// retries cost is bounded by a quota that all calls of the retrier share; a body that is a stream is sent once.
///
/// Unlike the general ``RetryingHTTPClient`` it repeats a `POST` whatever happened, as AWS's own SDKs do: give
/// operations that write a token of their own (a deduplication id, a condition) where that matters.
public final class AWSRetrier: Sendable {
    public enum Mode: String, Sendable, CaseIterable {
        /// Retries alone.
        case standard
        /// And a rate of calls that is learnt from being throttled.
        case adaptive
    }

    public let mode: Mode
    /// The first attempt included.
    public let maxAttempts: Int
    /// A server that asks for a longer wait is not waited for.
    public let maxRetryAfter: Duration
    private let clock: ElapsedClock
    private let state: Mutex<State>

    private struct State {
        var quota = AWSRetryQuota()
        var rate: AWSAdaptiveRate
        var random: any RandomNumberGenerator & Sendable
    }

    /// - Parameters:
    ///   - maxAttempts: the first included, 1 or more.
    ///   - clock: what waits pass on.
    ///   - random: where the jitter comes from.
    public init(
        mode: Mode = .standard, maxAttempts: Int = 3, maxRetryAfter: Duration = .seconds(60),
        clock: any Clock<Duration> = ContinuousClock(),
        random: sending any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        precondition(maxAttempts >= 1, "\(maxAttempts) attempts send nothing")
        self.mode = mode
        self.maxAttempts = maxAttempts
        self.maxRetryAfter = maxRetryAfter
        self.clock = ElapsedClock(clock)
        state = Mutex(State(rate: AWSAdaptiveRate(at: 0), random: random))
    }

    /// Waits for a token in the adaptive mode.
    func turn() async throws(AWSError) {
        guard mode == .adaptive else { return }
        while let wait = state.withLock({ $0.rate.take(at: clock.elapsed / .seconds(1)) }) {
            try await sleep(.seconds(wait))
        }
    }

    /// Learns from the end of an attempt.
    ///
    /// - Parameter lastCost: what the call's last retry took.
    func note(_ error: AWSError?, lastCost: Int?) {
        state.withLock { state in
            if mode == .adaptive {
                state.rate.note(isThrottled: error?.isThrottling ?? false, at: clock.elapsed / .seconds(1))
            }
            if error == nil { state.quota.succeeded(cost: lastCost) }
        }
    }

    /// What a retry after `error` costs and how long to wait before it; `nil` when there is none.
    ///
    /// - Parameter attempt: how many there were, 1 or more.
    func retry(
        after error: AWSError, attempt: Int, asked: AWSRetryWait
    ) -> (cost: Int, wait: Duration)? {
        guard error.isRetryable, attempt < maxAttempts else { return nil }
        if let after = asked.retryAfter, after > maxRetryAfter { return nil }
        let cost = error.isTimeout ? AWSRetryQuota.timeoutCost : AWSRetryQuota.retryCost
        return state.withLock { state in
            guard state.quota.take(cost) else { return nil }
            let ceiling = min(20, pow(2, Double(attempt - 1)))
            let wait = Duration.seconds(Double.random(in: 0...ceiling, using: &state.random))
            return (cost, asked.atLeast(wait))
        }
    }

    func sleep(_ duration: Duration) async throws(AWSError) {
        do {
            try await clock.sleep(for: duration)
        } catch {
            throw .transport(.cancelled)
        }
    }
}

extension AWSError {
    fileprivate var isTimeout: Bool {
        if case .transport(.timedOut) = self { true } else { false }
    }
}
