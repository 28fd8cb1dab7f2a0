import CVectorKernels

/// Ways to compute distances; which of them exist depends on the processor.
enum InstructionSet: CaseIterable, Sendable {
    case scalar, avx2, avx512, neon

    fileprivate var code: mk_instruction_set {
        switch self {
        case .scalar: .MK_SCALAR
        case .avx2: .MK_AVX2
        case .avx512: .MK_AVX512
        case .neon: .MK_NEON
        }
    }

    /// Those that this processor has.
    static var available: [InstructionSet] { allCases.filter { mk_kernels_for($0.code) != nil } }

    /// The kernels of a set this processor has; `nil` takes the fastest.
    static func kernels(_ set: InstructionSet?) -> mk_kernels {
        guard let table = mk_kernels_for(set?.code ?? mk_best_instruction_set()) else {
            preconditionFailure("this processor lacks the instructions asked for")
        }
        return table.pointee
    }
}

/// Distances under one metric, by the fastest instructions of this processor.
struct DistanceKernel: Sendable {
    private let one: mk_pair_function
    private let many: mk_rows_function
    private let bias: Float
    private let scale: Float

    /// - Parameter instructions: must be available; `nil` takes the fastest.
    init(metric: Metric, instructions: InstructionSet? = nil) {
        let table = InstructionSet.kernels(instructions)
        one = metric.usesDotProduct ? table.dot : table.squared_l2
        many = metric.usesDotProduct ? table.dot_rows : table.squared_l2_rows
        (bias, scale) = (metric.bias, metric.scale)
    }

    /// The distance of two vectors of `count` floats.
    @inline(__always)
    func distance(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Float {
        bias + scale * one(a, b, count)
    }

    /// The distances from `query`, padded to the matrix's stride, to `count` rows named by `rows`.
    @inline(__always)
    func distances(
        from query: UnsafePointer<Float>, to matrix: VectorMatrix, rows: UnsafePointer<UInt32>, count: Int,
        into results: UnsafeMutablePointer<Float>
    ) {
        many(query, matrix.base, matrix.stride, matrix.rowLength, rows, count, results)
        for i in 0..<count {
            results[i] = bias + scale * results[i]
        }
    }

    /// Asks for the two cache lines at `address`.
    @inline(__always)
    static func prefetch(_ address: UnsafeRawPointer) {
        mk_prefetch(address)
    }
}
