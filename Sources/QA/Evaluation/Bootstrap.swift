/// How much a figure would move if other questions of the same kind had been asked (Efron 1979).
///
/// Questions, not answers or sentences, are drawn with replacement, so that a question of five sentences is in or out
/// as a whole. Intervals are the 2.5 and 97.5 percentiles. Seeded: the same outcomes give the same interval.
public struct Bootstrap: Sendable {
    /// A value with its 95 % interval.
    public struct Interval: Sendable, Codable, Hashable {
        public var value: Double
        public var low: Double
        public var high: Double
        /// Questions that it is made of.
        public var questions: Int
    }

    public var resamples: Int
    public var seed: UInt64

    /// - Parameter resamples: at least 1000, below which the ends of the interval are noise.
    public init(resamples: Int = 2_000, seed: UInt64 = 1) {
        precondition(resamples >= 1_000, "\(resamples) resamples; at least 1000 are needed")
        self.resamples = resamples
        self.seed = seed
    }

    /// The figure of all of `items` with its interval; `nil` when it has no value, such as a precision of nothing.
    func interval<Item>(_ items: [Item], _ figure: ([Item]) -> Double?) -> Interval? {
        guard let value = figure(items) else { return nil }
        let sorted = resampled(items, figure).sorted()
        return Interval(
            value: value, low: Self.percentile(sorted, 0.025) ?? value,
            high: Self.percentile(sorted, 0.975) ?? value, questions: items.count)
    }

    /// The figure of every resample in which it has a value.
    func resampled<Item>(_ items: [Item], _ figure: ([Item]) -> Double?) -> [Double] {
        guard !items.isEmpty else { return [] }
        var random = SplitMix64(state: seed)
        var drawn = items
        return (0..<resamples).compactMap { _ in
            for position in drawn.indices { drawn[position] = items[random.below(items.count)] }
            return figure(drawn)
        }
    }

    /// Linear between the two nearest ranks; `nil` of nothing.
    static func percentile(_ sorted: [Double], _ share: Double) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        guard low + 1 < sorted.count else { return last }
        return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
    }
}

/// Steele, Lea & Flood 2014: the next state plus a constant, mixed.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 ..< count. The high half of the product with 64 bits is biased by less than count / 2⁶⁴.
    mutating func below(_ count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }
}
