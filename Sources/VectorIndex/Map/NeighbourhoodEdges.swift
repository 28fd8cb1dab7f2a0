import Foundation

/// How strongly pairs of neighbours belong together.
///
/// As in McInnes, Healy & Melville, "UMAP: Uniform Manifold Approximation and Projection for Dimension Reduction"
/// (2018), section 3.1: a vector's nearest neighbour has the strength 1, the others exp(−(*d* − ρ) / σ), ρ being the
/// nearest one's distance and σ such that the strengths add up to log₂ *k*. Of two vectors that each have the other
/// among their neighbours the strengths *a* and *b* become *a* + *b* − *ab*.
struct NeighbourhoodEdges {
    struct Edge {
        var from: UInt32
        var to: UInt32
        /// 0…1.
        var strength: Float
    }

    let edges: [Edge]
    /// Points.
    let count: Int

    init(_ links: [Neighbourhood.Link], count: Int) {
        precondition(
            links.count == Neighbourhood.width * count, "\(links.count) links for \(count) vectors")
        self.count = count
        let strengths = Self.strengths(links, count)
        var edges: [Edge] = []
        edges.reserveCapacity(links.count)
        for row in 0..<count {
            for place in Neighbourhood.width * row..<Neighbourhood.width * (row + 1) {
                let other = links[place].row
                guard other != Neighbourhood.none else { break }
                let back = Self.place(of: UInt32(row), in: links, of: Int(other))
                // What both have is made once, from the smaller number.
                if back != nil, other < row { continue }
                let (own, theirs) = (strengths[place], back.map { strengths[$0] } ?? 0)
                edges.append(
                    Edge(from: UInt32(row), to: other, strength: own + theirs - own * theirs))
            }
        }
        self.edges = edges
    }

    private static func place(of row: UInt32, in links: [Neighbourhood.Link], of other: Int) -> Int? {
        for place in Neighbourhood.width * other..<Neighbourhood.width * (other + 1)
        where links[place].row == row {
            return place
        }
        return nil
    }

    private static func strengths(_ links: [Neighbourhood.Link], _ count: Int) -> [Float] {
        var strengths = [Float](repeating: 0, count: links.count)
        var excess = [Float](repeating: 0, count: Neighbourhood.width)
        for row in 0..<count {
            let start = Neighbourhood.width * row
            var known = 0
            while known < Neighbourhood.width, links[start + known].row != Neighbourhood.none { known += 1 }
            guard known > 0 else { continue }
            let nearest = links[start].distance
            for place in 0..<known { excess[place] = max(links[start + place].distance - nearest, 0) }
            let sigma = sigma(excess[0..<known])
            for place in 0..<known { strengths[start + place] = exp(-excess[place] / sigma) }
        }
        return strengths
    }

    /// The σ of these distances beyond the nearest, by bisection.
    private static func sigma(_ excess: ArraySlice<Float>) -> Float {
        let wanted = log2(Float(excess.count))
        let mean = excess.reduce(0, +) / Float(excess.count)
        // Copies of one vector have no distances to tell apart.
        guard mean > 0, mean.isFinite else { return 1 }
        var (low, high) = (Float(0), Float.infinity)
        var sigma = mean
        for _ in 0..<24 {
            var sum: Float = 0
            for distance in excess { sum += exp(-distance / sigma) }
            if sum > wanted {
                high = sigma
                sigma = (low + high) / 2
            } else {
                low = sigma
                sigma = high.isFinite ? (low + high) / 2 : sigma * 2
            }
        }
        return max(sigma, mean / 1_000)
    }
}
