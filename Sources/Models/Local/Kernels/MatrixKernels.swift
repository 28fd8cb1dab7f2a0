import CMatrixKernels

/// The encoder's arithmetic for one instruction set: the only file that calls C for it.
///
/// Every call checks its shapes here; the C functions touch only what `CMatrixKernels.h` names for them.
struct MatrixKernels: @unchecked Sendable {
    // Sendable proof: `table` points to a constant of the C library, which nothing ever writes.
    private let table: UnsafePointer<mx_kernels>

    enum InstructionSet: String, CaseIterable, Sendable {
        case scalar, avx2, avxVNNI, avx512, avx512VNNI, amx
    }

    /// The fastest that this processor and its system have; `MILLRACE_KERNELS` may ask for less.
    static let best: MatrixKernels = {
        let set = mx_best_kernels().pointee.set
        return available.first { $0.table.pointee.set == set } ?? scalar
    }()
    /// All that can run here, the fastest last.
    static let available = InstructionSet.allCases.compactMap { MatrixKernels($0) }

    private static let scalar: MatrixKernels = {
        guard let kernels = MatrixKernels(.scalar) else { preconditionFailure("no plain kernels") }
        return kernels
    }()

    let set: InstructionSet

    /// `nil` if it cannot run here.
    init?(_ set: InstructionSet) {
        let number =
            switch set {
            case .scalar: mx_scalar
            case .avx2: mx_avx2
            case .avxVNNI: mx_avx_vnni
            case .avx512: mx_avx512
            case .avx512VNNI: mx_avx512_vnni
            case .amx: mx_amx
            }
        guard let table = mx_kernels_for(number) else { return nil }
        (self.table, self.set) = (table, set)
    }

    /// Whether products of codes are faster than those of floats. Without VNNI they are not: widening bytes
    /// costs what smaller operands save.
    var multipliesCodesFast: Bool {
        switch set {
        case .scalar, .avx2, .avx512: false
        case .avxVNNI, .avx512VNNI, .amx: true
        }
    }

    /// Whether products of halves are faster than those of floats: for few rows, and not slower for many.
    var multipliesHalvesFast: Bool {
        switch set {
        case .scalar, .avx2, .avxVNNI: false
        case .avx512, .avx512VNNI, .amx: true
        }
    }

    /// `y = x W`, or `y += x W` if `accumulating`. Each row's result depends on that row alone, to the bit.
    func multiply(
        _ x: FloatMatrix.Block, _ weights: FloatPanels, into y: FloatMatrix.Block, accumulating: Bool
    ) {
        precondition(x.columns == weights.inner && y.columns == weights.outer && x.rows == y.rows)
        x.withPointer { x0 in
            y.withPointer { y0 in
                weights.withPointer { w in
                    table.pointee.multiply(
                        x0, x.stride, x.rows, w, weights.inner, weights.outer, y0, y.stride,
                        accumulating ? mx_add : mx_replace)
                }
            }
        }
    }

    /// The same with halves, which are floats exactly.
    func multiply(
        _ x: FloatMatrix.Block, _ weights: HalfPanels, into y: FloatMatrix.Block, accumulating: Bool
    ) {
        precondition(x.columns == weights.inner && y.columns == weights.outer && x.rows == y.rows)
        x.withPointer { x0 in
            y.withPointer { y0 in
                weights.withPointer { w in
                    table.pointee.multiply_halves(
                        x0, x.stride, x.rows, w, weights.inner, weights.outer, y0, y.stride,
                        accumulating ? mx_add : mx_replace)
                }
            }
        }
    }

    /// The same with codes: `x` is rounded to bytes row by row, and the sums of products are exact.
    func multiply(
        _ x: FloatMatrix.Block, _ weights: CodePanels, into y: FloatMatrix.Block, accumulating: Bool,
        scratch: CodeScratch
    ) {
        precondition(x.columns == weights.inner && y.columns == weights.outer && x.rows == y.rows)
        scratch.withPointers(rows: x.rows, columns: x.columns) { codes, scales in
            x.withPointer { table.pointee.quantize($0, x.stride, x.rows, x.columns, codes, scales) }
            weights.withPointers { w, columnScales, corrections in
                y.withPointer { y0 in
                    table.pointee.multiply_codes(
                        codes, scales, x.rows, w, columnScales, corrections, weights.inner, weights.outer, y0,
                        y.stride, accumulating ? mx_add : mx_replace)
                }
            }
        }
    }

    /// `x[r] = f(x[r] + bias)` for every row.
    func activate(_ x: FloatMatrix.Block, _ bias: FloatMatrix, _ activation: EncoderShape.Activation) {
        precondition(bias.columns == x.columns)
        let number =
            switch activation {
            case .gelu: mx_gelu
            case .geluTanh: mx_gelu_tanh
            case .relu: mx_relu
            }
        x.withPointer { x0 in
            bias.block(rows: 0..<1).withPointer {
                table.pointee.activate(x0, x.stride, x.rows, x.columns, $0, number)
            }
        }
    }

    /// `x[r] = (x[r] + bias − mean) / √(variance + epsilon) · gain + shift`, mean and variance of that row.
    func normalize(_ x: FloatMatrix.Block, _ norm: TransformerWeights.Norm, epsilon: Float) {
        precondition(norm.bias.columns == x.columns && norm.gain.columns == x.columns)
        precondition(norm.shift.columns == x.columns)
        x.withPointer { x0 in
            norm.bias.block(rows: 0..<1).withPointer { bias in
                norm.gain.block(rows: 0..<1).withPointer { gain in
                    norm.shift.block(rows: 0..<1).withPointer { shift in
                        table.pointee.normalize(
                            x0, x.stride, x.rows, x.columns, bias, gain, shift, epsilon)
                    }
                }
            }
        }
    }

    /// Floats of scratch that ``attend(_:heads:distances:into:scratch:)`` needs for `count` tokens.
    static func attentionScratch(count: Int, headWidth: Int) -> Int { mx_attention_scratch(count, headWidth) }

    /// For each head: `context = softmax(Q Kᵀ + distances) V` among the tokens of one text.
    ///
    /// - Parameters:
    ///   - qkv: a token a row: all queries, all keys, all values.
    ///   - distances: for each head a row of an odd number of biases, that of key − query = 0 in the middle.
    func attend(
        _ qkv: FloatMatrix.Block, heads: Int, distances: FloatMatrix?, into context: FloatMatrix.Block,
        scratch: FloatMatrix
    ) {
        let (count, hidden) = (qkv.rows, context.columns)
        let width = hidden / heads
        precondition(count > 0 && context.rows == count)
        precondition(hidden == heads * width && qkv.columns == 3 * hidden)
        precondition(
            scratch.rows * scratch.columns >= Self.attentionScratch(count: count, headWidth: width))
        func run(_ bias: UnsafePointer<Float>?, _ biasStride: Int) {
            qkv.withPointer { q in
                context.withPointer { c in
                    scratch.block(rows: 0..<scratch.rows).withPointer { s in
                        table.pointee.attend(
                            q, qkv.stride, count, heads, width, bias, biasStride, c, context.stride, s)
                    }
                }
            }
        }
        guard let distances else { return run(nil, 0) }
        precondition(distances.rows == heads && distances.columns >= 2 * count - 1)
        distances.block(rows: 0..<heads).withPointer { run($0 + distances.columns / 2, distances.columns) }
    }
}
