/// A fixed number of float rows, each starting on a cache line; a row's tail is padded with zeros, which add
/// nothing to a dot product or a squared difference, so that kernels have no remainder to handle.
final class VectorMatrix: Sendable {
    /// Floats in a vector.
    let dimension: Int
    /// Floats that kernels are told a row has: `dimension` rounded up to 16.
    let rowLength: Int
    /// Floats from the start of one row to the next.
    let stride: Int
    /// Rows.
    let capacity: Int
    /// Floats before the first row.
    private let offset: Int
    private let floats: AlignedBuffer<Float>

    /// Rows of zeros, one behind the other.
    convenience init(dimension: Int, capacity: Int) {
        let floats = AlignedBuffer<Float>(count: capacity * Self.rowLength(dimension: dimension))
        self.init(dimension: dimension, capacity: capacity, floats: floats)
    }

    /// Rows that lie one behind the other in `floats`.
    init(dimension: Int, capacity: Int, floats: AlignedBuffer<Float>) {
        (self.dimension, self.capacity, self.floats, offset) = (dimension, capacity, floats, 0)
        rowLength = Self.rowLength(dimension: dimension)
        stride = rowLength
        precondition(floats.count >= capacity * stride, "\(floats.count) floats for \(capacity) rows")
    }

    /// The rows that are the codes of float32 blocks.
    init(codesOf blocks: BlockStore) {
        let layout = blocks.layout
        precondition(layout.format == .float32, "rows among \(layout.format) codes")
        (dimension, capacity, rowLength) = (layout.dimension, blocks.capacity, layout.codeCount)
        (stride, offset) = (layout.stride / 4, layout.codeOffset / 4)
        floats = blocks.floats
    }

    /// A larger matrix that begins with the first `rows` rows of `other`.
    convenience init(growing other: VectorMatrix, rows: Int, capacity: Int) {
        self.init(dimension: other.dimension, capacity: capacity)
        floats.copyPrefix(of: other.floats, elements: rows * stride)
    }

    /// Bytes in memory, as far as that is known.
    var residentByteCount: Int { floats.residentByteCount }

    static func rowLength(dimension: Int) -> Int { (dimension + 15) / 16 * 16 }

    /// Where row 0 starts.
    @inline(__always)
    var base: UnsafeMutablePointer<Float> { floats.base + offset }

    /// Writes row `row`. Only the writer calls this, and only for rows that no reader can name.
    func setRow(_ row: Int, to vector: [Float], scale: Float) {
        precondition(row < capacity && vector.count == dimension, "row \(row) of \(capacity)")
        let start = base + row * stride
        for i in 0..<dimension {
            start[i] = vector[i] * scale
        }
        (start + dimension).update(repeating: 0, count: rowLength - dimension)
    }

    /// Lends the `rowLength` floats of row `row`.
    @inline(__always)
    func withRow<R>(_ row: Int, _ body: (UnsafePointer<Float>) -> R) -> R {
        assert(row < capacity, "row \(row) of \(capacity)")
        return body(UnsafePointer(base + row * stride))
    }
}
