/// The element-wise steps of the encoder, eight floats at a time.
///
/// Each works on a ``FloatMatrix/Block`` and touches only its rows and columns; the widths that are passed
/// over in steps of eight are checked to be multiples of eight.
enum FloatKernels {
    private typealias Lanes = SIMD8<Float>
    private static let width = 8

    /// `x[r] += bias` for every row.
    static func addBias(_ x: FloatMatrix.Block, _ bias: FloatMatrix.Block) {
        precondition(bias.columns == x.columns && x.columns % width == 0)
        x.withPointer { x0 in
            bias.withPointer { b in
                for r in 0..<x.rows {
                    let row = x0 + r * x.stride
                    for j in stride(from: 0, to: x.columns, by: width) {
                        row.store(row.lanes(j) + b.lanes(j), j)
                    }
                }
            }
        }
    }

    /// `x[r] = f(x[r] + bias)` for every row.
    static func addBias(
        _ x: FloatMatrix.Block, _ bias: FloatMatrix.Block, then activation: EncoderShape.Activation
    ) {
        switch activation {
        case .gelu: addBias(x, bias) { gelu($0) }
        case .geluTanh: addBias(x, bias) { geluTanh($0) }
        case .relu: addBias(x, bias) { $0.replacing(with: 0, where: $0 .< 0) }
        }
    }

    @inline(__always)
    private static func addBias(
        _ x: FloatMatrix.Block, _ bias: FloatMatrix.Block, _ activation: (Lanes) -> Lanes
    ) {
        precondition(bias.columns == x.columns && x.columns % width == 0)
        x.withPointer { x0 in
            bias.withPointer { b in
                for r in 0..<x.rows {
                    let row = x0 + r * x.stride
                    for j in stride(from: 0, to: x.columns, by: width) {
                        row.store(activation(row.lanes(j) + b.lanes(j)), j)
                    }
                }
            }
        }
    }

    /// x Φ(x), Φ the normal distribution function.
    ///
    /// Φ(x) − ½ is an odd polynomial of degree 19 on [−4.5, 4.5], fitted by weighted least squares to the
    /// smallest largest error of x Φ(x); past the ends it is constant. Error at most 5 · 10⁻⁵ for every
    /// negative x, and relative to x for positive ones.
    @inline(__always)
    private static func gelu(_ x: Lanes) -> Lanes {
        let low = x.replacing(with: -4.5, where: x .< -4.5)
        let clamped = low.replacing(with: 4.5, where: low .> 4.5)
        let t = clamped * clamped
        var p = Lanes(repeating: -1.400043e-12)
        p = p * t + 1.6972808e-10
        p = p * t + -9.193657e-9
        p = p * t + 2.9588787e-7
        p = p * t + -6.3652301e-6
        p = p * t + 9.7871154e-5
        p = p * t + -1.12267747e-3
        p = p * t + 9.8331822e-3
        p = p * t + -6.6337056e-2
        p = p * t + 0.39888379
        return low * (clamped * p + 0.5)
    }

    /// x/2 (1 + tanh(y)) = x (1 − 1 / (e²ʸ + 1)) with y = √(2/π) (x + 0.044715 x³).
    @inline(__always)
    private static func geluTanh(_ x: Lanes) -> Lanes {
        let y = x * (0.79788456 + 0.035677408 * x * x)
        // For y > 0 by tanh(−y) = −tanh(y), so that the exponential is of what is not positive.
        let negative = y.replacing(with: -y, where: y .> 0)
        let e = exp(negative + negative)
        let half = e / (e + 1)
        return x * (1 - half).replacing(with: half, where: y .<= 0)
    }

    /// `x[r] = (x[r] + bias − mean) / √(variance + epsilon) · gain + shift`, mean and variance of that row.
    static func addBiasNormalize(
        _ x: FloatMatrix.Block, bias: FloatMatrix.Block, gain: FloatMatrix.Block, shift: FloatMatrix.Block,
        epsilon: Float = 1e-12
    ) {
        precondition(x.columns % width == 0 && bias.columns == x.columns)
        precondition(gain.columns == x.columns && shift.columns == x.columns)
        x.withPointer { x0 in
            bias.withPointer { b in
                gain.withPointer { g in
                    shift.withPointer { s in
                        for r in 0..<x.rows { normalize(x0 + r * x.stride, x.columns, b, g, s, epsilon) }
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func normalize(
        _ row: UnsafeMutablePointer<Float>, _ columns: Int, _ bias: UnsafeMutablePointer<Float>,
        _ gain: UnsafeMutablePointer<Float>, _ shift: UnsafeMutablePointer<Float>, _ epsilon: Float
    ) {
        var sum = Lanes.zero
        var squares = Lanes.zero
        for j in stride(from: 0, to: columns, by: width) {
            let value = row.lanes(j) + bias.lanes(j)
            row.store(value, j)
            sum += value
            squares += value * value
        }
        let mean = sum.sum() / Float(columns)
        let variance = max(squares.sum() / Float(columns) - mean * mean, 0)
        let scale = Lanes(repeating: 1 / (variance + epsilon).squareRoot())
        let center = Lanes(repeating: mean)
        for j in stride(from: 0, to: columns, by: width) {
            row.store((row.lanes(j) - center) * scale * gain.lanes(j) + shift.lanes(j), j)
        }
    }

    /// `target[d][r] = source[r][d]`.
    static func transpose(_ source: FloatMatrix.Block, into target: FloatMatrix.Block) {
        precondition(target.rows == source.columns && target.columns >= source.rows)
        source.withPointer { s in
            target.withPointer { t in
                for r in 0..<source.rows {
                    for d in 0..<source.columns { t[d * target.stride + r] = s[r * source.stride + d] }
                }
            }
        }
    }

    /// `target[d][r] = source[start + r * target.rows + d]`.
    static func transpose(_ source: [Float], from start: Int, into target: FloatMatrix.Block) {
        precondition(start >= 0 && start + target.rows * target.columns <= source.count)
        source.withUnsafeBufferPointer { source in
            target.withPointer { t in
                for d in 0..<target.rows {
                    for r in 0..<target.columns {
                        t[d * target.stride + r] = source[start + r * target.rows + d]
                    }
                }
            }
        }
    }

    /// Turns each row's first `count` scores into `exp(score − max)` and the rest of the row into zeros.
    ///
    /// - Parameter scales: receives, for each row, 1 / (sum of what was written).
    static func softmaxNumerators(_ x: FloatMatrix.Block, count: Int, scales: FloatMatrix.Block) {
        precondition(x.columns % width == 0 && count > 0 && count <= x.columns && scales.columns >= x.rows)
        x.withPointer { x0 in
            scales.withPointer { scale in
                for r in 0..<x.rows {
                    let row = x0 + r * x.stride
                    for j in count..<x.columns { row[j] = -.greatestFiniteMagnitude }
                    scale[r] = 1 / exponentials(row, x.columns)
                }
            }
        }
    }

    /// Replaces every score by `exp(score − max)`; returns their sum.
    @inline(__always)
    private static func exponentials(_ row: UnsafeMutablePointer<Float>, _ columns: Int) -> Float {
        var most = row.lanes(0)
        for j in stride(from: width, to: columns, by: width) {
            let value = row.lanes(j)
            most = most.replacing(with: value, where: value .> most)
        }
        let top = Lanes(repeating: most.max())
        var sum = Lanes.zero
        for j in stride(from: 0, to: columns, by: width) {
            let value = exp(row.lanes(j) - top)
            sum += value
            row.store(value, j)
        }
        return sum.sum()
    }

    /// eˣ for x ≤ 0, to 4 · 10⁻⁶ relative; 10⁻³⁸ for x below −87.
    ///
    /// eˣ = 2ⁿ 2ᶠ with n the integer nearest to x log₂e. Adding 1.5 · 2²³ leaves n in the low bits of the
    /// sum, whence a shift by 23 adds it to the exponent of 2ᶠ, a polynomial of degree 5.
    @inline(__always)
    private static func exp(_ x: Lanes) -> Lanes {
        let y = x.replacing(with: -87, where: x .< -87) * 1.44269504
        let shifted = y + 12_582_912
        let f = y - (shifted - 12_582_912)
        var p = Lanes(repeating: 1.3276482e-3)
        p = p * f + 9.6755465e-3
        p = p * f + 5.5507135e-2
        p = p * f + 0.2402212
        p = p * f + 0.69314694
        p = p * f + 1.0000001
        let exponent = unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
        return unsafeBitCast(unsafeBitCast(p, to: SIMD8<UInt32>.self) &+ exponent, to: Lanes.self)
    }

    /// `x[r] *= scales[0][r]`.
    static func scaleRows(_ x: FloatMatrix.Block, by scales: FloatMatrix.Block) {
        precondition(x.columns % width == 0 && scales.columns >= x.rows)
        x.withPointer { x0 in
            scales.withPointer { scale in
                for r in 0..<x.rows {
                    let row = x0 + r * x.stride
                    let factor = Lanes(repeating: scale[r])
                    for j in stride(from: 0, to: x.columns, by: width) { row.store(row.lanes(j) * factor, j) }
                }
            }
        }
    }

    /// The mean of the rows, scaled to length 1.
    static func unitMean(_ x: FloatMatrix.Block) -> [Float] {
        precondition(x.columns % width == 0 && x.rows > 0)
        return x.withPointer { x0 in
            [Float](unsafeUninitializedCapacity: x.columns) { mean, count in
                var squares: Float = 0
                for j in stride(from: 0, to: x.columns, by: width) {
                    var sum = Lanes.zero
                    for r in 0..<x.rows { sum += (x0 + r * x.stride).lanes(j) }
                    for i in 0..<width { mean[j + i] = sum[i] }
                    squares += (sum * sum).sum()
                }
                let scale = squares > 0 ? 1 / squares.squareRoot() : 0
                for j in 0..<x.columns { mean[j] *= scale }
                count = x.columns
            }
        }
    }

    /// `target[0] = source + addend[0]`, `source` being floats at any alignment.
    static func add(_ source: RawSpan, _ addend: FloatMatrix.Block, into target: FloatMatrix.Block) {
        precondition(target.columns % width == 0 && addend.columns == target.columns)
        precondition(source.byteCount == target.columns * MemoryLayout<Float>.stride)
        target.withPointer { t in
            addend.withPointer { a in
                for j in stride(from: 0, to: target.columns, by: width) {
                    let lanes = source.unsafeLoadUnaligned(fromByteOffset: j * 4, as: Lanes.self)
                    t.store(lanes + a.lanes(j), j)
                }
            }
        }
    }
}

extension UnsafeMutablePointer<Float> {
    /// The eight floats from `j` on.
    @inline(__always)
    fileprivate func lanes(_ j: Int) -> SIMD8<Float> {
        UnsafeRawPointer(self + j).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    fileprivate func store(_ value: SIMD8<Float>, _ j: Int) {
        UnsafeMutableRawPointer(self + j).storeBytes(of: value, as: SIMD8<Float>.self)
    }
}
