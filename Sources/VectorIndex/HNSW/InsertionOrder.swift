/// The order in which the vectors of one call are inserted: at random, the same for the same seed.
///
/// Vectors often come sorted by what they are about. Inserted in that order, the first of them link within
/// their own cluster only, and later searches do not find from one cluster to the next.
enum InsertionOrder {
    /// The numbers 0..<`count` in some order (Fisher and Yates).
    static func positions(count: Int, seed: UInt64) -> [Int] {
        var order = Array(0..<count)
        var random = SplitMix64(state: seed)
        for last in stride(from: count - 1, to: 0, by: -1) {
            // The bias of the remainder, below 2⁻³², does not matter here.
            order.swapAt(last, Int(random.next() % UInt64(last + 1)))
        }
        return order
    }
}
