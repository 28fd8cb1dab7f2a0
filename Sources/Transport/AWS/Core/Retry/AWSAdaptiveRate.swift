import Foundation

/// How many calls a second a client may send, learnt from being throttled: the adaptive mode of AWS's SDKs.
///
/// A token bucket whose fill rate is CUBIC's (RFC 9438 with β = 0.7 and C = 0.4): after a throttled call the rate
/// drops to β times what was measured, then grows as `C · (t − K)³ + wMax`, with `K = ∛(wMax · (1 − β) / C)`,
/// and never above twice what is measured. Nothing is held back before the first throttled call.
///
/// Times are seconds on any clock that does not go back. `adaptive.jsonl` of the fixtures has botocore's numbers.
struct AWSAdaptiveRate: Sendable {
    private static let beta = 0.7
    private static let scale = 0.4
    private static let smoothing = 0.8
    private static let lowestRate = 0.5
    private static let bucketsPerSecond = 2.0

    // CUBIC's curve.
    private var wMax = 0.0
    private var inflection = 0.0
    private var lastThrottle: TimeInterval
    // The rate that is measured, over half seconds.
    private(set) var measuredRate = 0.0
    private var lastBucket: TimeInterval
    private var count = 0.0
    // The bucket.
    private(set) var fillRate = 1.0
    private var capacity = 1.0
    private(set) var tokens = 0.0
    private var lastFill: TimeInterval
    /// Whether a call was throttled yet.
    private(set) var isLimiting = false

    init(at time: TimeInterval) {
        lastThrottle = time
        lastBucket = time.rounded(.down)
        lastFill = time
    }

    /// Takes a token for a call; or tells how long to wait before asking again.
    mutating func take(at time: TimeInterval) -> TimeInterval? {
        guard isLimiting else { return nil }
        refill(at: time)
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return (1 - tokens) / fillRate
    }

    /// Learns from an answer.
    mutating func note(isThrottled: Bool, at time: TimeInterval) {
        measure(at: time)
        let rate: Double
        if isThrottled {
            let current = isLimiting ? min(measuredRate, fillRate) : measuredRate
            wMax = current
            inflection = cbrt(wMax * (1 - Self.beta) / Self.scale)
            lastThrottle = time
            isLimiting = true
            rate = current * Self.beta
        } else {
            rate = Self.scale * pow(time - lastThrottle - inflection, 3) + wMax
        }
        refill(at: time)
        let wanted = min(rate, 2 * measuredRate)
        fillRate = max(wanted, Self.lowestRate)
        capacity = max(wanted, 1)
        tokens = min(tokens, capacity)
    }

    private mutating func measure(at time: TimeInterval) {
        let bucket = (time * Self.bucketsPerSecond).rounded(.down) / Self.bucketsPerSecond
        count += 1
        guard bucket > lastBucket else { return }
        measuredRate =
            count / (bucket - lastBucket) * Self.smoothing + measuredRate * (1 - Self.smoothing)
        count = 0
        lastBucket = bucket
    }

    private mutating func refill(at time: TimeInterval) {
        tokens = min(capacity, tokens + (time - lastFill) * fillRate)
        lastFill = time
    }
}
