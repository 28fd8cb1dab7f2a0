/// What became of a request that was counted against its caller's pace.
public struct PaceDecision: Sendable, Hashable {
    public var isAllowed: Bool
    public var perMinute: Int
    /// Requests that may follow at once.
    public var remaining: Int
    /// Until the next request is allowed, or the bucket is full again.
    public var seconds: Int

    public init(isAllowed: Bool, perMinute: Int, remaining: Int, seconds: Int) {
        self.isAllowed = isAllowed
        self.perMinute = perMinute
        self.remaining = remaining
        self.seconds = seconds
    }
}

/// Counts the requests that callers make of all processes that serve the same.
public protocol SharedPace: Sendable {
    /// Takes one request of `caller`'s from the bucket that all processes share.
    ///
    /// It answers soon, whatever holds it up: a request waits for it.
    ///
    /// - Parameter caller: an owner or an address, as this process names it; to be kept as a hash.
    /// - Returns: `nil` when it cannot be told for now. Then the process's own bucket decides.
    func take(_ caller: String, perMinute: Int) async -> PaceDecision?
}
