/// The order in which the vectors of one call are inserted: at random, the same for the same seed.
///
/// Vectors often come sorted by what they are about. Inserted in that order, the first of them link within
/// their own cluster only, and later searches do not find from one cluster to the next.
enum InsertionOrder {
    /// The numbers 0..<`count` in some order (Fisher and Yates, with SplitMix64).
    static func positions(count: Int, seed: UInt64) -> [Int] {
        var order = Array(0..<count)
        var state = seed
        for last in stride(from: count - 1, to: 0, by: -1) {
            state &+= 0x9e37_79b9_7f4a_7c15
            var bits = state
            bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
            bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
            bits ^= bits >> 31
            // The bias of the remainder, below 2⁻³², does not matter here.
            order.swapAt(last, Int(bits % UInt64(last + 1)))
        }
        return order
    }
}
