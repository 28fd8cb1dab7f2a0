/// Moves points until neighbours lie together and others apart.
///
/// The stochastic descent of McInnes, Healy & Melville (2018), section 3.2: each pair is drawn together as often as it
/// is strong, and one of the two is pushed away from some points drawn at random, by steps that become smaller. Two
/// points at distance *d* belong together by 1 / (1 + *a* *d*²), which needs no power and differs little from the
/// fitted curve for a least distance of 0.1.
struct MapLayout {
    private let edges: NeighbourhoodEdges
    private let seed: UInt64
    private let epochs: Int

    private static let a: Float = 1.6
    /// Points that push, for each pair that is drawn together.
    private static let pushes = 4
    /// The farthest that one step moves a point along an axis.
    private static let farthest: Float = 4

    init(edges: NeighbourhoodEdges, seed: UInt64) {
        (self.edges, self.seed) = (edges, seed)
        // Few points cost little, and profit from more steps.
        epochs = edges.count <= 10_000 ? 300 : edges.count <= 40_000 ? 200 : 160
    }

    /// Moves points of two coordinates each.
    ///
    /// - Returns: `false` if `progress` ended it.
    func arrange(_ positions: inout [Float], progress: (Double) -> Bool) -> Bool {
        precondition(positions.count == 2 * edges.count, "\(positions.count) coordinates")
        var random = SplitMix64(state: seed ^ 0x6d61_7020_6f66_2076)
        guard var schedule = Schedule(edges.edges, epochs: epochs) else { return true }
        for epoch in 0..<epochs {
            guard progress(Double(epoch) / Double(epochs)) else { return false }
            let step = 1 - Float(epoch) / Float(epochs)
            positions.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                schedule.forEachDue(at: epoch) { edge in
                    // Bounds: rows of edges are below the count, for each of which there are two coordinates.
                    Self.pull(base + 2 * Int(edge.from), base + 2 * Int(edge.to), step)
                    for _ in 0..<Self.pushes {
                        let other = Int(
                            random.next().multipliedFullWidth(by: UInt64(edges.count)).high)
                        if other != Int(edge.from) {
                            Self.push(base + 2 * Int(edge.from), base + 2 * other, step)
                        }
                    }
                }
            }
        }
        return true
    }

    @inline(__always)
    private static func pull(
        _ one: UnsafeMutablePointer<Float>, _ other: UnsafeMutablePointer<Float>, _ step: Float
    ) {
        let (dx, dy) = (one[0] - other[0], one[1] - other[1])
        let factor = -2 * a / (1 + a * (dx * dx + dy * dy))
        let (mx, my) = (bounded(factor * dx) * step, bounded(factor * dy) * step)
        one[0] += mx
        one[1] += my
        other[0] -= mx
        other[1] -= my
    }

    @inline(__always)
    private static func push(
        _ one: UnsafeMutablePointer<Float>, _ other: UnsafeMutablePointer<Float>, _ step: Float
    ) {
        let (dx, dy) = (one[0] - other[0], one[1] - other[1])
        let square = dx * dx + dy * dy
        // The small number keeps points that lie upon each other from being flung away.
        let factor = 2 / ((0.001 + square) * (1 + a * square))
        one[0] += bounded(factor * dx) * step
        one[1] += bounded(factor * dy) * step
    }

    @inline(__always)
    private static func bounded(_ move: Float) -> Float { max(-farthest, min(farthest, move)) }
}

/// When each pair is due: the strongest in every epoch, one of half its strength in every second.
private struct Schedule {
    private let edges: [NeighbourhoodEdges.Edge]
    private let intervals: [Float]
    private var next: [Float]

    /// - Returns: `nil` if there is no pair.
    init?(_ all: [NeighbourhoodEdges.Edge], epochs: Int) {
        guard let strongest = all.lazy.map(\.strength).max(), strongest > 0 else { return nil }
        edges = all.filter { $0.strength * Float(epochs) >= strongest }
        intervals = edges.map { strongest / $0.strength }
        next = intervals
    }

    @inline(__always)
    mutating func forEachDue(at epoch: Int, _ body: (NeighbourhoodEdges.Edge) -> Void) {
        let now = Float(epoch + 1)
        for place in edges.indices where next[place] <= now {
            next[place] += intervals[place]
            body(edges[place])
        }
    }
}
