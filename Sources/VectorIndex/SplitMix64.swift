/// Vigna's SplitMix64: the random numbers of everything here that must come out the same for the same seed.
struct SplitMix64 {
    private var state: UInt64

    init(state: UInt64) { self.state = state }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(state)
    }

    /// A number in (0, 1].
    mutating func nextUnit() -> Double { Self.unit(next()) }

    /// The `position`-th number, from 0, of the sequence that begins at `seed`.
    static func number(_ position: UInt64, seed: UInt64) -> UInt64 {
        mixed(seed &+ (position &+ 1) &* 0x9e37_79b9_7f4a_7c15)
    }

    /// 64 random bits as a number in (0, 1].
    static func unit(_ bits: UInt64) -> Double { (Double(bits >> 11) + 1) / 9_007_199_254_740_992 }

    private static func mixed(_ state: UInt64) -> UInt64 {
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
