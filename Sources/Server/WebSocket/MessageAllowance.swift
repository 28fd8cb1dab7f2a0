/// How many messages a client may send: so many a second, and some more at once.
struct MessageAllowance {
    let perSecond: Int
    let burst: Int
    private var tokens: Double
    private var filledAt: ContinuousClock.Instant

    init(perSecond: Int, burst: Int, now: ContinuousClock.Instant = .now) {
        self.perSecond = perSecond
        self.burst = burst
        tokens = Double(burst)
        filledAt = now
    }

    /// Counts one message.
    ///
    /// - Returns: whether it is within what is allowed.
    mutating func take(at now: ContinuousClock.Instant = .now) -> Bool {
        let passed = max(0, filledAt.duration(to: now) / .seconds(1))
        tokens = min(Double(burst), tokens + passed * Double(perSecond))
        filledAt = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
