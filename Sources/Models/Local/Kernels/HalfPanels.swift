/// Weights as halves (IEEE 754 binary16), packed as ``FloatPanels``: half the memory to read for a product of few rows,
/// which waits for nothing else.
///
/// A weight is rounded once, to 11 bits; products and sums are of floats.
struct HalfPanels {
    let inner: Int
    let outer: Int
    private let panels: ByteMemory

    private static let width = 32
    private static let size = MemoryLayout<UInt16>.size

    /// - Parameter columns: the weights column by column, as checkpoints keep them: `outer` runs of `inner`.
    /// - Returns: `nil` where a weight is beyond what a half can be.
    init?(inner: Int, outer: Int, columns: [Float]) {
        precondition(columns.count == inner * outer, "\(columns.count) weights for \(inner) by \(outer)")
        let halves = columns.map { Float16($0) }
        guard halves.allSatisfy(\.isFinite) else { return nil }
        (self.inner, self.outer) = (inner, outer)
        let count = (outer + Self.width - 1) / Self.width
        panels = ByteMemory(count: count * inner * Self.width * Self.size)
        withPointer { target in
            for column in 0..<outer {
                // In bounds: panel `column / 32` has `inner` runs of 32 halves.
                let first = column / Self.width * inner * Self.width + column % Self.width
                for i in 0..<inner { target[first + i * Self.width] = halves[column * inner + i].bitPattern }
            }
        }
    }

    /// Lends the panels: `inner` × 32 halves for each 32 columns begun.
    @inline(__always)
    func withPointer<R>(_ body: (UnsafeMutablePointer<UInt16>) -> R) -> R {
        // Aligned to 64 bytes and as long as was allocated; nothing else looks at these bytes.
        panels.withPointer {
            $0.withMemoryRebound(to: UInt16.self, capacity: panels.count / Self.size, body)
        }
    }
}
