/// The tokens that retries cost, so that many failures do not multiply the load on a service that fails already.
///
/// AWS's standard mode: 500 to begin with; a retry takes 5, one after no answer came in time 10. A call that
/// succeeds after a retry gives back what its last retry took, one that succeeds at once gives 1. With too few
/// left nothing is retried.
struct AWSRetryQuota: Sendable, Equatable {
    static let capacity = 500
    static let retryCost = 5
    static let timeoutCost = 10

    private(set) var available = Self.capacity

    /// Takes `cost`; `false` when there is not that much.
    mutating func take(_ cost: Int) -> Bool {
        guard cost <= available else { return false }
        available -= cost
        return true
    }

    /// - Parameter cost: what the call's last retry took; `nil` when there was none.
    mutating func succeeded(cost: Int?) {
        available = min(Self.capacity, available + (cost ?? 1))
    }
}
