/// Weights as bytes: a column's weight is its code times the column's scale, the largest code 127 or −127.
///
/// Packed in blocks of 16 columns, four successive weights of a column side by side, as VNNI and AMX read
/// them; `inner` is filled up with zeros to a multiple of 64.
struct CodePanels {
    let inner: Int
    let outer: Int
    private let codes: ByteMemory
    private let scales: FloatMatrix
    /// 128 times each column's sum of codes: what the offset of the other factor's codes adds to a sum.
    private let corrections: [Int32]

    private static let block = 16
    private static let run = 64

    /// - Parameter columns: the weights column by column, as checkpoints keep them: `outer` runs of `inner`.
    init(inner: Int, outer: Int, columns: [Float]) {
        precondition(columns.count == inner * outer, "\(columns.count) weights for \(inner) by \(outer)")
        precondition(inner <= 65_536, "sums of \(inner) products may leave 32 bits")
        (self.inner, self.outer) = (inner, outer)
        let padded = (inner + Self.run - 1) / Self.run * Self.run
        let filled = (outer + Self.block - 1) / Self.block * Self.block
        codes = ByteMemory(count: padded * filled)
        scales = FloatMatrix(rows: 1, columns: filled)
        var corrections = [Int32](repeating: 0, count: filled)
        let (codes, scales) = (codes, scales)
        columns.withUnsafeBufferPointer { columns in
            guard let first = columns.baseAddress else { return }
            for column in 0..<outer {
                // In bounds: as many weights as the precondition says.
                let weights = first + column * inner
                let scale = WeightRounding.largest(weights, count: inner) / Float(WeightRounding.limit)
                scales.block(rows: 0..<1).withPointer { $0[column] = scale }
                guard scale > 0 else { continue }
                codes.withPointer { target in
                    let start = column / Self.block * padded * Self.block + column % Self.block * 4
                    // In bounds: a block has `padded / 4` runs of 16 columns of 4 codes.
                    let sum = WeightRounding.round(
                        weights, count: inner, scale: scale, to: target + start, step: Self.block * 4)
                    corrections[column] = 128 * sum
                }
            }
        }
        self.corrections = corrections
    }

    /// Lends codes, scales and corrections, the latter two one a column, filled up to a multiple of 16.
    @inline(__always)
    func withPointers(
        _ body: (UnsafePointer<Int8>, UnsafePointer<Float>, UnsafePointer<Int32>) -> Void
    ) {
        codes.withPointer { bytes in
            bytes.withMemoryRebound(to: Int8.self, capacity: codes.count) { codes in
                scales.block(rows: 0..<1).withPointer { scales in
                    corrections.withUnsafeBufferPointer { corrections in
                        guard let first = corrections.baseAddress else { return }
                        body(codes, scales, first)
                    }
                }
            }
        }
    }
}

/// What products with codes round their other factor into.
final class CodeScratch {
    private let codes: ByteMemory
    private let scales: FloatMatrix
    private let rows: Int
    private let columns: Int

    /// - Parameter columns: most columns of a factor.
    init(rows: Int, columns: Int) {
        (self.rows, self.columns) = (Self.filled(rows, 16), Self.filled(columns, 64))
        codes = ByteMemory(count: self.rows * self.columns)
        scales = FloatMatrix(rows: 1, columns: self.rows)
    }

    private static func filled(_ count: Int, _ step: Int) -> Int { (count + step - 1) / step * step }

    /// Lends room for `rows` (filled up to 16) times `columns` (filled up to 64) codes and `rows` scales.
    @inline(__always)
    func withPointers(
        rows: Int, columns: Int, _ body: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<Float>) -> Void
    ) {
        precondition(Self.filled(rows, 16) * Self.filled(columns, 64) <= codes.count && rows <= self.rows)
        codes.withPointer { codes in scales.block(rows: 0..<1).withPointer { body(codes, $0) } }
    }
}

/// Bytes at an address that is a multiple of 64, zero at first; freed with the object.
///
/// Bounds: `storage` holds `count` bytes as long as the object lives; who is lent it keeps within them.
final class ByteMemory {
    let count: Int
    private let storage: UnsafeMutablePointer<UInt8>

    init(count: Int) {
        precondition(count > 0, "\(count) bytes")
        self.count = count
        let raw = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: FloatMatrix.alignment)
        storage = raw.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    deinit { UnsafeMutableRawPointer(storage).deallocate() }

    @inline(__always)
    func withPointer<R>(_ body: (UnsafeMutablePointer<UInt8>) -> R) -> R { body(storage) }
}
