import Concurrency

/// What an account may ask of an embedding model in a minute.
public struct EmbeddingQuota: Sendable, Equatable {
    /// `nil` for no limit that is known.
    public var callsPerMinute: Int?
    public var tokensPerMinute: Int?

    public init(callsPerMinute: Int? = nil, tokensPerMinute: Int? = nil) {
        self.callsPerMinute = callsPerMinute
        self.tokensPerMinute = tokensPerMinute
    }
}

/// Lets calls begin no faster than a quota allows, all of an embedder's together.
///
/// Two token buckets, of calls and of tokens. A bucket of a quota *q* holds `c = max(1, q / 100)` and fills with
/// `(q − c) / 60` a second, so that no minute, wherever it begins, sees more than *q*. A call of more tokens than the
/// bucket holds goes once it is full and leaves a debt. What the model counted corrects what was estimated.
///
/// A throttled call closes the gate for all: `2ⁿ⁻¹` seconds after a call's *n*-th refusal, at most 30.
actor EmbeddingPace {
    private var calls: Bucket?
    private var tokens: Bucket?
    private var opensAt: Duration = .zero
    private let clock: ElapsedClock

    init(_ quota: EmbeddingQuota?, clock: any Clock<Duration>) {
        self.clock = ElapsedClock(clock)
        calls = quota?.callsPerMinute.map { Bucket(perMinute: Double($0)) }
        tokens = quota?.tokensPerMinute.map { Bucket(perMinute: Double($0)) }
    }

    /// Returns when a call of so many tokens may begin.
    func turn(tokens wanted: Int) async throws {
        while true {
            let now = clock.elapsed
            calls?.fill(at: now)
            tokens?.fill(at: now)
            let wait = max(
                opensAt - now, calls?.wait(for: 1) ?? .zero, tokens?.wait(for: Double(wanted)) ?? .zero)
            guard wait > .zero else { break }
            try await clock.sleep(for: wait)
        }
        calls?.level -= 1
        tokens?.level -= Double(wanted)
    }

    /// Takes note of what a call really took.
    func passed(tokens counted: Int?, estimate: Int) {
        guard let counted else { return }
        tokens?.level += Double(estimate - counted)
    }

    func throttled(attempt: Int) {
        let seconds = min(30, 1 << min(attempt - 1, 5))
        opensAt = max(opensAt, clock.elapsed + .seconds(seconds))
    }

    private struct Bucket {
        let capacity: Double
        let perSecond: Double
        var level: Double
        private var filledAt: Duration = .zero

        init(perMinute: Double) {
            capacity = max(1, perMinute / 100)
            perSecond = max(perMinute - capacity, 0.6) / 60
            level = capacity
        }

        mutating func fill(at now: Duration) {
            level = min(capacity, level + (now - filledAt) / .seconds(1) * perSecond)
            filledAt = now
        }

        func wait(for wanted: Double) -> Duration {
            let missing = min(wanted, capacity) - level
            return missing > 1e-9 ? .seconds(missing / perSecond) : .zero
        }
    }
}
