import COpenBLAS
import Glibc

/// Dot products of queries with consecutive rows, by BLAS.
enum MatrixProduct {
    /// Dot products of `queryCount` queries with `rowCount` rows.
    ///
    /// - Parameters:
    ///   - queries: `queryCount` rows of `stride` floats.
    ///   - rows: `rowCount` rows of `stride` floats.
    ///   - results: result of query `q` and row `r` at `q × resultStride + r`.
    static func dotProducts(
        queries: UnsafePointer<Float>, queryCount: Int, rows: UnsafePointer<Float>, rowCount: Int,
        stride: Int,
        into results: UnsafeMutablePointer<Float>, resultStride: Int
    ) {
        _ = threadsConfigured
        if queryCount == 1 {
            cblas_sgemv(
                CblasRowMajor, CblasNoTrans, blasint(rowCount), blasint(stride), 1, rows, blasint(stride),
                queries, 1, 0, results, 1)
        } else {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasTrans, blasint(queryCount), blasint(rowCount),
                blasint(stride),
                1, queries, blasint(stride), rows, blasint(stride), 0, results, blasint(resultStride))
        }
    }

    /// Adds the dot products of columns with columns to the upper half of a square of `stride` rows.
    ///
    /// - Parameters:
    ///   - rows: `rowCount` rows of `stride` floats.
    ///   - sums: `stride` rows of `stride` floats; what lies below the diagonal stays as it is.
    static func addGram(
        of rows: UnsafePointer<Float>, rowCount: Int, stride: Int, to sums: UnsafeMutablePointer<Float>
    ) {
        _ = threadsConfigured
        cblas_ssyrk(
            CblasRowMajor, CblasUpper, CblasTrans, blasint(stride), blasint(rowCount), 1, rows,
            blasint(stride), 1, sums, blasint(stride))
    }

    /// One thread a call unless the environment says otherwise: searches already run beside each other, and
    /// BLAS threads under them would only fight for the same cores.
    private static let threadsConfigured: Void = {
        if getenv("OPENBLAS_NUM_THREADS") == nil {
            openblas_set_num_threads(1)
        }
    }()
}
