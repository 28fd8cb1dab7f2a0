/// The small steps at the ends of the encoder and between its products, eight floats at a time.
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
