/// What every store checks before it lets a vector or a request in.
package struct VectorChecks: Sendable {
    package let dimension: Int
    package let metric: Metric
    /// The largest size of a component that the store's numbers can hold.
    package let largestComponent: Float

    /// Products of two vectors no longer than this, and their sums, stay within Float.
    static let longestNorm = 1e18
    static let dimensions = 1...65_536
    static let resultCounts = 1...1_000_000

    /// - Parameter format: what vectors are stored in.
    package init(
        dimension: Int, metric: Metric, format: VectorFormat = .float32
    ) throws(VectorIndexError) {
        try Self.check("dimension", dimension, in: Self.dimensions)
        self.dimension = dimension
        self.metric = metric
        // Under cosine what is stored has length 1.
        largestComponent =
            format == .float16 && metric != .cosine
            ? Float(Float16.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    }

    static func check(_ name: String, _ value: Int, in allowed: ClosedRange<Int>) throws(VectorIndexError) {
        guard allowed.contains(value) else {
            throw .invalidParameter(name: name, value: value, allowed: allowed)
        }
    }

    /// Checks a vector (`id`) or a query (`nil`).
    ///
    /// - Returns: what to multiply it by before it is stored or compared: 1, or under cosine 1 / norm.
    package func scale(of vector: [Float], id: UInt64? = nil) throws(VectorIndexError) -> Float {
        guard vector.count == dimension else {
            throw .dimensionMismatch(expected: dimension, actual: vector.count)
        }
        var sum = 0.0
        for value in vector {
            sum += Double(value) * Double(value)
        }
        // Squares of floats cannot overflow a double, so a sum that is not finite has a component that is
        // not.
        guard sum.isFinite else {
            throw .notFinite(id: id, component: vector.firstIndex { !$0.isFinite } ?? 0)
        }
        let norm = sum.squareRoot()
        guard norm <= Self.longestNorm else { throw .tooLong(id: id, norm: norm, limit: Self.longestNorm) }
        guard metric == .cosine else { return 1 }
        guard norm > 0 else { throw .zeroVector(id: id) }
        // Below this 1 / norm is not a Float; so short a vector has no direction to speak of.
        guard norm > 1e-30 else { throw .zeroVector(id: id) }
        return Float(1 / norm)
    }

    /// Checks a whole call to `upsert`.
    ///
    /// - Returns: each entry's scale.
    package func scales(of entries: [VectorEntry]) throws(VectorIndexError) -> [Float] {
        var seen = Set<UInt64>(minimumCapacity: entries.count)
        var scales: [Float] = []
        scales.reserveCapacity(entries.count)
        for entry in entries {
            guard seen.insert(entry.id).inserted else { throw .duplicateID(entry.id) }
            scales.append(try scale(of: entry.vector, id: entry.id))
            if let component = entry.vector.firstIndex(where: { abs($0) > largestComponent }) {
                throw .beyondFormat(id: entry.id, component: component, limit: largestComponent)
            }
        }
        return scales
    }

    /// Checks `k` and `efSearch` of a search.
    package func check(k: Int, efSearch: Int?) throws(VectorIndexError) {
        try Self.check("k", k, in: Self.resultCounts)
        guard let efSearch else { return }
        try Self.check("efSearch", efSearch, in: HNSWParameters.efAllowed)
        guard efSearch >= k else { throw .efSearchBelowK(efSearch: efSearch, k: k) }
    }
}
