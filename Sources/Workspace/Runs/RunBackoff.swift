import Foundation

/// How long a run that failed waits before its next attempt: twice as long after each, up to a limit.
///
/// The wait is a random part of that, at least half ("equal jitter" of Brooker, "Exponential Backoff And Jitter",
/// AWS Architecture Blog 2015): runs that failed together do not come back together.
public struct RunBackoff: Sendable, Hashable {
    /// The longest wait after the first attempt.
    public var first: Duration
    /// The longest wait of all.
    public var limit: Duration

    public init(first: Duration = .seconds(1), limit: Duration = .seconds(300)) {
        self.first = first
        self.limit = limit
    }

    /// - Parameter attempts: attempts that have failed, 1 or more.
    public func delay(after attempts: Int, using numbers: inout some RandomNumberGenerator) -> Duration {
        let most = limit / .seconds(1)
        let doublings = Double(min(max(attempts, 1) - 1, 64))
        let whole = min((first / .seconds(1)) * exp2(doublings), most)
        guard whole > 0 else { return .zero }
        return .seconds(Double.random(in: whole / 2...whole, using: &numbers))
    }

    /// The wait by the system's random numbers.
    public func delay(after attempts: Int) -> Duration {
        var numbers = SystemRandomNumberGenerator()
        return delay(after: attempts, using: &numbers)
    }
}
