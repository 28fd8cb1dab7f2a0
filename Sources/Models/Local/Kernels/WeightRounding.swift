/// Rounds a column of weights to bytes, sixteen at a time: a start rounds ten million of them.
///
/// Bounds: who calls lends `count` floats from `weights` on, at any alignment.
enum WeightRounding {
    private typealias Lanes = SIMD16<Float>
    private typealias Words = SIMD16<Int32>
    private static let width = 16
    /// The largest code.
    static let limit: Int32 = 127
    /// 1.5 · 2²³: a float near it has no fraction, so that a sum with it is rounded to the nearest whole number, ties to
    /// the even one; its last bits are that number.
    private static let shift: Float = 0x1.8p23

    /// The largest absolute value; 0 of no weights.
    static func largest(_ weights: UnsafePointer<Float>, count: Int) -> Float {
        // Floats without their signs are in the order of their bits.
        let magnitude: Int32 = 0x7FFF_FFFF
        var lanes = Words.zero
        let whole = count / width * width
        for i in stride(from: 0, to: whole, by: width) {
            let bits = UnsafeRawPointer(weights + i).loadUnaligned(as: Words.self) & magnitude
            lanes.replace(with: bits, where: bits .> lanes)
        }
        var largest = lanes.max()
        for i in whole..<count {
            largest = max(largest, Int32(bitPattern: weights[i].bitPattern) & magnitude)
        }
        return Float(bitPattern: UInt32(bitPattern: largest))
    }

    /// Writes each weight divided by `scale`, rounded and kept within ±``limit``.
    ///
    /// - Parameters:
    ///   - scale: more than 0, and such that no quotient is beyond ±2²¹.
    ///   - target: where the first four codes go, as two's complements; the next four go `step` bytes behind them, and so
    ///     on.
    /// - Returns: the sum of all codes.
    static func round(
        _ weights: UnsafePointer<Float>, count: Int, scale: Float, to target: UnsafeMutablePointer<UInt8>,
        step: Int
    ) -> Int32 {
        let base = Int32(bitPattern: shift.bitPattern)
        let whole = count / width * width
        var sums = Words.zero
        for i in stride(from: 0, to: whole, by: width) {
            let shifted = UnsafeRawPointer(weights + i).loadUnaligned(as: Lanes.self) / scale + shift
            var codes = unsafeBitCast(shifted, to: Words.self) &- base
            codes.clamp(lowerBound: Words(repeating: -limit), upperBound: Words(repeating: limit))
            sums &+= codes
            let fours = unsafeBitCast(SIMD16<Int8>(truncatingIfNeeded: codes), to: SIMD4<UInt32>.self)
            for four in 0..<4 {
                UnsafeMutableRawPointer(target + (i / 4 + four) * step)
                    .storeBytes(of: fours[four], as: UInt32.self)
            }
        }
        var sum = sums.wrappedSum()
        for i in whole..<count {
            let code = Int32(bitPattern: (weights[i] / scale + shift).bitPattern) &- base
            let kept = min(max(code, -limit), limit)
            target[i / 4 * step + i % 4] = UInt8(truncatingIfNeeded: kept)
            sum &+= kept
        }
        return sum
    }
}
