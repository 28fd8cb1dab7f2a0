/// A layer's weights for `y = x W`, packed as floats, as halves or as bytes.
enum PackedProduct {
    case floats(FloatPanels)
    case halves(HalfPanels)
    case codes(CodePanels)

    /// How weights are kept.
    enum Precision: Sendable {
        case floats
        /// Two bytes a weight, rounded to 11 bits; floats where a weight is beyond them.
        case halves
        /// A byte a weight, four times fewer to read; the other factor is rounded to bytes row by row.
        case codes

        /// Codes where they are faster than floats.
        static var fastest: Precision { MatrixKernels.best.multipliesCodesFast ? .codes : near }

        /// What is as good as floats: halves where they are faster.
        static var near: Precision { MatrixKernels.best.multipliesHalvesFast ? .halves : .floats }
    }

    /// - Parameter columns: `W` column by column, as checkpoints keep it: `outer` runs of `inner` floats.
    init(inner: Int, outer: Int, columns: [Float], precision: Precision) {
        self =
            switch precision {
            case .floats: .floats(FloatPanels(inner: inner, outer: outer, columns: columns))
            case .halves:
                HalfPanels(inner: inner, outer: outer, columns: columns).map { .halves($0) }
                    ?? .floats(FloatPanels(inner: inner, outer: outer, columns: columns))
            case .codes: .codes(CodePanels(inner: inner, outer: outer, columns: columns))
            }
    }

    /// `output = input W`, or `output += input W` if `accumulating`.
    func apply(
        _ input: FloatMatrix.Block, into output: FloatMatrix.Block, accumulating: Bool = false,
        kernels: MatrixKernels, scratch: CodeScratch
    ) {
        switch self {
        case .floats(let weights):
            kernels.multiply(input, weights, into: output, accumulating: accumulating)
        case .halves(let weights):
            kernels.multiply(input, weights, into: output, accumulating: accumulating)
        case .codes(let weights):
            kernels.multiply(input, weights, into: output, accumulating: accumulating, scratch: scratch)
        }
    }
}
