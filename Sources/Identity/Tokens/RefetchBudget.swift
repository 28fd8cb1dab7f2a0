import Foundation

/// How often an issuer is asked for a key that it has not published yet: a token bucket.
///
/// A key that is new is found at once, as there is a burst for it; names that somebody invents cost the issuer that burst,
/// and from then on one fetch every ``pause``.
struct RefetchBudget: Sendable {
    /// Fetches at once.
    static let burst = 4.0
    /// Seconds in which one fetch comes back.
    static let pause: TimeInterval = 30

    private var tokens = RefetchBudget.burst
    private var filledAt: Date?

    /// Takes one fetch, if there is one.
    mutating func take(at time: Date) -> Bool {
        // A clock that was set back fills nothing.
        let passed = max(0, filledAt.map { time.timeIntervalSince($0) } ?? 0)
        tokens = min(Self.burst, tokens + passed / Self.pause)
        filledAt = time
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
