/// Keeps a call to a quota: every attempt of it, the retrier's own included, waits for its turn.
public protocol AWSCallPace: Sendable {
    /// Returns when an attempt may begin.
    func turn() async throws(AWSError)

    /// Whether the call is sent again by whoever keeps the pace, if at all: the retrier then leaves it alone.
    func decides(on error: AWSError) -> Bool
}
