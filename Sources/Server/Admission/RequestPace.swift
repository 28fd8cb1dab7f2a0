import Synchronization

/// So many requests a minute for each caller: token buckets that hold a minute's worth.
///
/// What a caller does not use gathers up to one minute's requests, so that a page that loads at once is no offence.
final class RequestPace: Sendable {
    typealias Decision = PaceDecision

    private struct Bucket {
        var tokens: Double
        var filledAt: ContinuousClock.Instant
    }

    /// Callers that are remembered. A bucket that is full again says nothing and is forgotten first.
    static let limit = 65_536

    private let now: @Sendable () -> ContinuousClock.Instant
    private let shared: (any SharedPace)?
    private let buckets = Mutex<[String: Bucket]>([:])

    /// - Parameter shared: decides for all processes, as far as it can; `nil` and each decides for itself.
    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        shared: (any SharedPace)? = nil
    ) {
        self.now = now
        self.shared = shared
    }

    /// Takes one request of `caller`'s, from the bucket of all processes if it can be had.
    ///
    /// The process's own bucket is kept up meanwhile: whenever it has to decide, it knows what was asked of it.
    func decide(_ caller: String, perMinute: Int) async -> Decision {
        let own = take(caller, perMinute: perMinute)
        guard let shared else { return own }
        return await shared.take(caller, perMinute: perMinute) ?? own
    }

    /// Takes one request of `caller`'s from the process's own bucket.
    func take(_ caller: String, perMinute: Int) -> Decision {
        let time = now()
        let rate = Double(perMinute) / 60
        return buckets.withLock { buckets in
            var bucket = buckets[caller] ?? Bucket(tokens: Double(perMinute), filledAt: time)
            let passed = max(0, bucket.filledAt.duration(to: time) / .seconds(1))
            bucket.tokens = min(Double(perMinute), bucket.tokens + passed * rate)
            bucket.filledAt = time
            let isAllowed = bucket.tokens >= 1
            if isAllowed { bucket.tokens -= 1 }
            if buckets.count >= Self.limit, buckets[caller] == nil { Self.makeRoom(in: &buckets, at: time) }
            buckets[caller] = bucket
            let missing = isAllowed ? Double(perMinute) - bucket.tokens : 1 - bucket.tokens
            return Decision(
                isAllowed: isAllowed, perMinute: perMinute, remaining: Int(bucket.tokens),
                // A hair beyond a whole second, by arithmetic alone, is that second.
                seconds: max(1, Int((missing / rate - 1e-6).rounded(.up))))
        }
    }

    /// Forgets whoever has asked nothing for a minute, whose bucket is full; failing that, everybody: for a moment
    /// somebody may ask more, and memory stays bounded.
    private static func makeRoom(in buckets: inout [String: Bucket], at time: ContinuousClock.Instant) {
        buckets = buckets.filter { $0.value.filledAt.duration(to: time) < .seconds(60) }
        if buckets.count >= limit { buckets.removeAll(keepingCapacity: true) }
    }
}
