import Foundation

/// How distances grow from the nearest neighbour outwards, on average over the index: what makes `efSearch`
/// mean a mean.
///
/// A beam of width `ef` ends when its `ef` nearest are expanded. On average that is where the distance is
/// `d(ef) / d(k)` times that of the `k`-th result; stopping at this ratio instead does the same work on
/// average, and divides it better among queries (see ``StopRule``). The profile holds the mean logarithms of
/// `d(1), d(2), d(4) … d(512)`, measured on stored vectors.
struct DistanceProfile: Sendable, Equatable {
    /// Mean natural logarithm of the distance of neighbour 2ⁱ; empty if nothing was measured.
    let logarithms: [Float]

    static let none = DistanceProfile(logarithms: [])
    /// Points of the profile: neighbours 1, 2, 4 … 512.
    static let pointCount = 10
    /// The farthest neighbour measured.
    static let reach = 1 << (pointCount - 1)
    /// Below this many vectors searches are cheap as they are.
    static let smallestCount = 4096

    /// The rule whose mean work is that of a beam of width `ef`.
    func stopRule(k: Int, ef: Int) -> StopRule {
        guard logarithms.count == Self.pointCount, k <= ef else { return .none }
        let factor = exp(logarithm(of: ef) - logarithm(of: k))
        return factor.isFinite ? StopRule(rank: k, factor: max(factor, 1)) : .none
    }

    /// The mean logarithm of the distance of neighbour `rank`, between and beyond the points on a line over
    /// log `rank`.
    private func logarithm(of rank: Int) -> Float {
        let position = log2(Float(rank))
        let lower = min(Int(position), Self.pointCount - 2)
        let slope = logarithms[lower + 1] - logarithms[lower]
        return logarithms[lower] + slope * (position - Float(lower))
    }

    /// Measures the profile around a spread of stored vectors.
    ///
    /// - Returns: ``none`` where ratios of distances mean nothing: under inner product, in a small index, or
    ///   when most of the sample has copies.
    static func measured(on index: HNSWIndex, scratch: SearchScratch, sample: Int = 256) -> DistanceProfile {
        guard index.metric != .innerProduct, index.slots.count >= smallestCount else { return .none }
        var sums = [Double](repeating: 0, count: pointCount)
        var used = 0
        for slot in index.spread(sample) where index.slots.isLive(slot) {
            scratch.setQuery(slot: slot, index: index)
            index.fillBeam(ef: reach + 1, scratch: scratch)
            // The first is the vector itself.
            guard scratch.beam.count > reach, scratch.beam[1].distance > 0 else { continue }
            for point in 0..<pointCount { sums[point] += log(Double(scratch.beam[1 << point].distance)) }
            used += 1
        }
        guard used * 2 >= sample else { return .none }
        return DistanceProfile(logarithms: sums.map { Float($0 / Double(used)) })
    }

    // MARK: On disk

    /// The points as numbers of a header, two a number; zeros for ``none``.
    func packed(into count: Int) -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: count)
        for (point, value) in logarithms.enumerated() {
            numbers[point / 2] |= UInt64(value.bitPattern) << UInt64(32 * (point % 2))
        }
        return numbers
    }

    /// What ``packed(into:)`` packed.
    init(unpacking numbers: ArraySlice<UInt64>) {
        guard numbers.contains(where: { $0 != 0 }) else {
            self = .none
            return
        }
        logarithms = (0..<Self.pointCount).map { point in
            Float(bitPattern: UInt32(truncatingIfNeeded: numbers[point / 2] >> UInt64(32 * (point % 2))))
        }
    }

    init(logarithms: [Float]) {
        self.logarithms = logarithms
    }
}
