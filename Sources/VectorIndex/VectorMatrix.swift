/// A fixed number of float rows, each starting on a cache line; a row's tail is padded with zeros, which add
/// nothing to a dot product or a squared difference, so that kernels have no remainder to handle.
final class VectorMatrix: Sendable {
    /// Floats in a vector.
    let dimension: Int
    /// Floats from the start of one row to the next: `dimension` rounded up to 16.
    let stride: Int
    /// Rows.
    let capacity: Int
    let floats: AlignedBuffer<Float>

    init(dimension: Int, capacity: Int) {
        self.dimension = dimension
        self.capacity = capacity
        stride = Self.stride(dimension: dimension)
        floats = AlignedBuffer(count: capacity * stride)
    }

    /// A larger matrix that begins with the first `rows` rows of `other`.
    init(growing other: VectorMatrix, rows: Int, capacity: Int) {
        dimension = other.dimension
        stride = other.stride
        self.capacity = capacity
        floats = AlignedBuffer(count: capacity * stride)
        floats.copyPrefix(of: other.floats, elements: rows * stride)
    }

    static func stride(dimension: Int) -> Int { (dimension + 15) / 16 * 16 }

    /// Writes row `row`. Only the writer calls this, and only for rows that no reader can name.
    func setRow(_ row: Int, to vector: [Float], scale: Float) {
        precondition(row < capacity && vector.count == dimension, "row \(row) of \(capacity)")
        let start = floats.base + row * stride
        for i in 0..<dimension {
            start[i] = vector[i] * scale
        }
        (start + dimension).update(repeating: 0, count: stride - dimension)
    }

    /// Lends the `stride` floats of row `row`.
    @inline(__always)
    func withRow<R>(_ row: Int, _ body: (UnsafePointer<Float>) -> R) -> R {
        assert(row < capacity, "row \(row) of \(capacity)")
        return body(UnsafePointer(floats.base + row * stride))
    }
}
