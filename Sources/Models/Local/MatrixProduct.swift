import COpenBLAS

/// Products of 32-bit matrices by OpenBLAS, which must run on one thread here: callers run in parallel.
enum BLAS {
    /// Whether this processor's OpenBLAS multiplies small matrices without copying them first.
    ///
    /// OpenBLAS has such kernels for AVX-512 only, and takes them if rows × columns × inner ≤ 100³.
    static let hasSmallKernels: Bool = {
        guard let name = openblas_get_corename() else { return false }
        return ["SkylakeX", "Cooperlake", "SapphireRapids"].contains(String(cString: name))
    }()

    /// The most multiplications of one product that the small kernels take.
    static let smallProductLimit = 1_000_000

    /// Keeps OpenBLAS from starting threads of its own. Process-wide, idempotent.
    static func useOneThread() { openblas_set_num_threads(1) }

    /// `c = a b`, or `c += a b` if `accumulating`.
    @inline(__always)
    static func multiply(
        _ a: FloatMatrix.Block, _ b: FloatMatrix.Block, into c: FloatMatrix.Block, accumulating: Bool = false
    ) {
        precondition(a.columns == b.rows && a.rows == c.rows && b.columns == c.columns, "shapes do not match")
        a.withPointer { a0 in
            b.withPointer { b0 in
                c.withPointer { c0 in
                    cblas_sgemm(
                        CblasRowMajor, CblasNoTrans, CblasNoTrans,
                        blasint(c.rows), blasint(c.columns), blasint(a.columns),
                        1, a0, blasint(a.stride), b0, blasint(b.stride), accumulating ? 1 : 0,
                        c0, blasint(c.stride))
                }
            }
        }
    }
}

/// A layer's weights, laid out once for how OpenBLAS is fastest on this processor.
///
/// `y = x W` for `W` of `inner` × `outer`. With small kernels, `W` lies in panels of 32 columns, each
/// `inner` × 32 and contiguous, and a product is cut into pieces small enough for those kernels: they read a
/// panel straight through, where the general kernel would first copy all of `W` into a layout of its own,
/// which costs more than the product if `x` has few rows. Without them `W` is one row-major matrix.
struct MatrixProduct {
    let inner: Int
    let outer: Int
    private let panelWidth: Int
    private let panels: FloatMatrix

    /// Rows of `x` in one piece: 80 × 32 × 384 is just under the limit of the small kernels.
    static let rowsPerPiece = 80
    private static let panelColumns = 32

    /// - Parameter columns: `W` column by column, as checkpoints keep it: `outer` runs of `inner` floats.
    init(inner: Int, outer: Int, columns: [Float], usesPanels: Bool = BLAS.hasSmallKernels) {
        precondition(columns.count == inner * outer, "\(columns.count) weights for \(inner) by \(outer)")
        let width = usesPanels ? Self.panelColumns : outer
        precondition(outer % width == 0, "\(outer) columns in panels of \(width)")
        (self.inner, self.outer, panelWidth) = (inner, outer, width)
        panels = FloatMatrix(rows: inner * (outer / width), columns: width)
        for column in stride(from: 0, to: outer, by: width) {
            let first = column / width * inner
            FloatKernels.transpose(
                columns, from: column * inner, into: panels.block(rows: first..<(first + inner)))
        }
    }

    /// `output = input W`, or `output += input W` if `accumulating`; `rows` are those of both.
    func apply(
        _ input: FloatMatrix, rows: Range<Int>, into output: FloatMatrix, outputRows: Range<Int>,
        accumulating: Bool = false
    ) {
        guard panelWidth < outer else {
            let weights = panels.block(rows: 0..<inner)
            let (x, y) = (input.block(rows: rows), output.block(rows: outputRows))
            BLAS.multiply(x, weights, into: y, accumulating: accumulating)
            return
        }
        // Pieces of equal height, so that none is left with a few rows only.
        let pieces = (rows.count + Self.rowsPerPiece - 1) / Self.rowsPerPiece
        for piece in 0..<pieces {
            let part = (rows.count * piece / pieces)..<(rows.count * (piece + 1) / pieces)
            multiplyPanels(
                input, rows: part.offset(by: rows.lowerBound), into: output,
                outputRows: part.offset(by: outputRows.lowerBound), accumulating: accumulating)
        }
    }

    private func multiplyPanels(
        _ input: FloatMatrix, rows: Range<Int>, into output: FloatMatrix, outputRows: Range<Int>,
        accumulating: Bool
    ) {
        let size = rows.count * panelWidth * inner
        let depths = (size + BLAS.smallProductLimit - 1) / BLAS.smallProductLimit
        for column in stride(from: 0, to: outer, by: panelWidth) {
            let y = output.block(rows: outputRows, columns: column..<(column + panelWidth))
            let first = column / panelWidth * inner
            for depth in 0..<depths {
                let part = (inner * depth / depths)..<(inner * (depth + 1) / depths)
                BLAS.multiply(
                    input.block(rows: rows, columns: part), panels.block(rows: part.offset(by: first)),
                    into: y, accumulating: accumulating || depth > 0)
            }
        }
    }
}

extension Range<Int> {
    fileprivate func offset(by distance: Int) -> Range<Int> {
        (lowerBound + distance)..<(upperBound + distance)
    }
}
