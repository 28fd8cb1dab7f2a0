/// Weights as floats, packed once for how they are read: panels of 32 columns, each contiguous.
///
/// A product reads a panel straight through, for few rows as for many; zeros fill the last panel.
struct FloatPanels {
    let inner: Int
    let outer: Int
    private let panels: FloatMatrix

    private static let width = 32
    /// Rows that are written at a time: 8 KiB of a panel.
    private static let pieceRows = 64

    /// - Parameter columns: the weights column by column, as checkpoints keep them: `outer` runs of `inner`.
    init(inner: Int, outer: Int, columns: [Float]) {
        precondition(columns.count == inner * outer, "\(columns.count) weights for \(inner) by \(outer)")
        (self.inner, self.outer) = (inner, outer)
        let count = (outer + Self.width - 1) / Self.width
        panels = FloatMatrix(rows: count * inner, columns: Self.width)
        columns.withUnsafeBufferPointer { columns in
            panels.block(rows: 0..<(count * inner)).withPointer { target in
                // Piece by piece of the rows, each of which stays in the nearest cache while all columns of a panel are
                // written to it.
                for panel in 0..<count {
                    for start in stride(from: 0, to: inner, by: Self.pieceRows) {
                        let rows = start..<min(start + Self.pieceRows, inner)
                        for column in (panel * Self.width)..<min((panel + 1) * Self.width, outer) {
                            // In bounds: panel `column / 32` has `inner` runs of 32 floats.
                            let first = panel * inner * Self.width + column % Self.width
                            for i in rows { target[first + i * Self.width] = columns[column * inner + i] }
                        }
                    }
                }
            }
        }
    }

    /// Lends the panels: `inner` × 32 floats for each 32 columns begun.
    @inline(__always)
    func withPointer<R>(_ body: (UnsafeMutablePointer<Float>) -> R) -> R {
        panels.block(rows: 0..<panels.rows).withPointer(body)
    }
}
