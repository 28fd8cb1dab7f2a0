/// When and how often a request is sent again.
///
/// Sent again is what the server has certainly not done (the connection could not be made; 429, or 503 with
/// `Retry-After`), and what may be done twice (`GET`, `PATCH`, `DELETE`, a run with an idempotency key) after a lost
/// connection, silence, or 502, 503 or 504. Any other `POST` is sent once: nobody knows what became of it.
public struct RetryPolicy: Sendable, Hashable {
    /// How often a request is sent at most, with the first time; 1 switches retries off.
    public var attempts: Int
    /// The pause before the second attempt; it doubles with each.
    public var firstDelay: Duration
    /// No pause of this policy's own is longer.
    public var longestDelay: Duration
    /// A longer `Retry-After` is not waited for: its problem is thrown at once.
    public var longestRetryAfter: Duration

    /// Four attempts within a few seconds.
    public init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(500), longestDelay: Duration = .seconds(20),
        longestRetryAfter: Duration = .seconds(60)
    ) {
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.longestRetryAfter = longestRetryAfter
    }

    /// Every request is sent once.
    public static let never = RetryPolicy(attempts: 1)

    /// The pause after an attempt that failed; `nil` when there is to be none further.
    ///
    /// With `Retry-After`, that time and up to a tenth more; without, anything between half and the whole of
    /// `min(longestDelay, firstDelay · 2^(attempt − 1))`, so that clients which failed together do not come together.
    ///
    /// - Parameters:
    ///   - attempt: the one that failed, from 1 on.
    ///   - chance: 0…1, evenly spread.
    func delay(afterAttempt attempt: Int, retryAfter: Duration?, chance: Double) -> Duration? {
        guard attempt < attempts else { return nil }
        if let retryAfter {
            return retryAfter <= longestRetryAfter ? retryAfter * (1 + chance / 10) : nil
        }
        // From the thirtieth doubling on, any pause is the longest one.
        let doubled = firstDelay * (1 << min(max(attempt - 1, 0), 30))
        return min(longestDelay, doubled) * (0.5 + chance / 2)
    }
}
