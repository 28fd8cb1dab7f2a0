/// Weights as floats, packed once for how they are read: panels of 32 columns, each contiguous.
///
/// A product reads a panel straight through, for few rows as for many; zeros fill the last panel.
struct FloatPanels {
    let inner: Int
    let outer: Int
    private let panels: FloatMatrix

    private static let width = 32

    /// - Parameter columns: the weights column by column, as checkpoints keep them: `outer` runs of `inner`.
    init(inner: Int, outer: Int, columns: [Float]) {
        precondition(columns.count == inner * outer, "\(columns.count) weights for \(inner) by \(outer)")
        (self.inner, self.outer) = (inner, outer)
        let count = (outer + Self.width - 1) / Self.width
        panels = FloatMatrix(rows: count * inner, columns: Self.width)
        panels.block(rows: 0..<(count * inner)).withPointer { target in
            for column in 0..<outer {
                // In bounds: panel `column / 32` has `inner` runs of 32 floats.
                let first = column / Self.width * inner * Self.width + column % Self.width
                for i in 0..<inner { target[first + i * Self.width] = columns[column * inner + i] }
            }
        }
    }

    /// Lends the panels: `inner` × 32 floats for each 32 columns begun.
    @inline(__always)
    func withPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
        panels.block(rows: 0..<panels.rows).withPointer(body)
    }
}
