#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Row-major 32-bit floats: the only owner of raw memory in the encoder.
///
/// Bounds: `storage` holds `capacity` floats for as long as the object lives, and `rows * columns` never
/// exceeds `capacity`. Memory is lent only through ``Block``, which checks its ranges against both when it
/// is made; whoever uses a block's pointer stays within the block's own `rows` and `columns`.
final class FloatMatrix {
    private(set) var rows: Int
    private(set) var columns: Int
    private let capacity: Int
    private let storage: UnsafeMutableRawPointer

    /// Bytes that rows are aligned to if `columns` is a multiple of 16.
    static let alignment = 64

    /// A matrix of zeros.
    init(rows: Int, columns: Int) {
        precondition(rows > 0 && columns > 0, "a matrix of \(rows) by \(columns)")
        (self.rows, self.columns, capacity) = (rows, columns, rows * columns)
        let byteCount = capacity * MemoryLayout<Float>.stride
        let isLarge = byteCount >= Self.largePage
        storage = .allocate(byteCount: byteCount, alignment: isLarge ? Self.largePage : Self.alignment)
        if isLarge { Self.askForLargePages(storage, byteCount) }
        storage.initializeMemory(as: Float.self, repeating: 0, count: capacity)
    }

    private static let largePage = 2 << 20

    /// Weights that are read from end to end for every few rows are read a sixth faster from large pages. A
    /// hint: without them all is as it was.
    private static func askForLargePages(_ start: UnsafeMutableRawPointer, _ byteCount: Int) {
        #if os(Linux)
            _ = madvise(start, byteCount, Int32(MADV_HUGEPAGE))
        #endif
    }

    /// One row of `values`.
    convenience init(row values: [Float]) {
        self.init(rows: 1, columns: values.count)
        withPointer { pointer in
            for (i, value) in values.enumerated() { pointer[i] = value }
        }
    }

    deinit { storage.deallocate() }

    /// Reads the same memory as rows of another length; what it holds has no meaning afterwards.
    func reshape(columns: Int) {
        precondition(columns > 0 && columns <= capacity, "\(columns) columns of \(capacity) floats")
        self.columns = columns
        rows = capacity / columns
    }

    /// Copies some rows to where row `target` begins; both places may overlap.
    func moveRows(_ source: Range<Int>, to target: Int) {
        precondition(
            source.lowerBound >= 0 && source.upperBound <= rows && target >= 0
                && target <= rows - source.count, "rows \(source) to \(target) of \(rows)")
        guard target != source.lowerBound, !source.isEmpty else { return }
        withPointer {
            // Bounds: checked above, for both ends.
            ($0 + target * columns).update(
                from: $0 + source.lowerBound * columns, count: source.count * columns)
        }
    }

    /// The whole of some rows.
    func block(rows: Range<Int>) -> Block { Block(self, rows: rows, columns: 0..<columns) }

    /// The part of the matrix where `rows` and `columns` cross.
    func block(rows: Range<Int>, columns: Range<Int>) -> Block { Block(self, rows: rows, columns: columns) }

    fileprivate func withPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
        body(storage.assumingMemoryBound(to: Float.self))
    }

    /// A rectangle of a matrix: `rows.count` runs of `columns.count` floats, `stride` apart.
    struct Block {
        private let matrix: FloatMatrix
        private let offset: Int
        let rows: Int
        let columns: Int
        let stride: Int

        fileprivate init(_ matrix: FloatMatrix, rows: Range<Int>, columns: Range<Int>) {
            precondition(
                rows.lowerBound >= 0 && rows.upperBound <= matrix.rows, "rows \(rows) of \(matrix.rows)")
            precondition(
                columns.lowerBound >= 0 && columns.upperBound <= matrix.columns,
                "columns \(columns) of \(matrix.columns)")
            self.matrix = matrix
            (self.rows, self.columns, stride) = (rows.count, columns.count, matrix.columns)
            offset = rows.lowerBound * matrix.columns + columns.lowerBound
        }

        /// Lends the address of the first float. Row `i` starts at `i * stride`, for `i` in `0..<rows`, and
        /// has `columns` floats.
        @inline(__always)
        func withPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
            matrix.withPointer { body($0 + offset) }
        }

        /// Row `i`, copied.
        func row(_ i: Int) -> [Float] {
            precondition(i >= 0 && i < rows, "row \(i) of \(rows)")
            return withPointer { Array(UnsafeBufferPointer(start: $0 + i * stride, count: columns)) }
        }
    }
}
