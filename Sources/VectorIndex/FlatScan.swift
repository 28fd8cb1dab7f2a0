/// One pass over all rows for up to ``tile`` queries.
///
/// A block of rows times the queries is one matrix product. From its approximate distances each query keeps
/// every row that rounding could have made worse than it is; those few are compared exactly at the end. Any
/// order of summing *n* products errs by at most *n* 2⁻²⁴ |*a*| |*b*| (Higham, "Accuracy and Stability of
/// Numerical Algorithms", section 3.1); the margin is twice that for each of the two ways of computing.
struct FlatScan {
    /// Queries a pass.
    static let tile = 32
    /// Rows a block: with 384 dimensions 1.5 MB, which stays in the cache while the queries go over it.
    private static let block = 1024

    private let rows: FlatRows
    private let k: Int
    private let filter: VectorFilter?
    private let queries: VectorMatrix
    private let queryNorms: [Float]

    init(
        rows: FlatRows, queries: ArraySlice<[Float]>, scales: ArraySlice<Float>, k: Int, filter: VectorFilter?
    ) {
        (self.rows, self.k, self.filter) = (rows, k, filter)
        self.queries = VectorMatrix(dimension: rows.matrix.dimension, capacity: queries.count)
        var norms: [Float] = []
        for (row, (query, scale)) in zip(queries, scales).enumerated() {
            self.queries.setRow(row, to: query, scale: scale)
            norms.append(Float(query.reduce(0.0) { $0 + Double($1 * scale) * Double($1 * scale) }))
        }
        queryNorms = norms
    }

    /// - Returns: each query's result.
    func run() -> [[Neighbor]] {
        let end = rows.slots.end
        let admitted = admittedRows(end)
        let longest = UnsafeBufferPointer(start: rows.squaredNorms.base, count: end).max() ?? 0
        var shortlists = queryNorms.map { norm in
            FlatShortlist(k: k, margin: margin(queryNorm: norm, longest: longest))
        }
        let products = AlignedBuffer<Float>(count: Self.block * queries.capacity)
        for start in stride(from: 0, to: end, by: Self.block) {
            let count = min(Self.block, end - start)
            MatrixProduct.dotProducts(
                queries: queries.base, queryCount: queries.capacity,
                rows: rows.matrix.base + start * rows.matrix.stride, rowCount: count,
                stride: rows.matrix.stride, into: products.base, resultStride: Self.block)
            for query in 0..<queries.capacity {
                let products = products.base + query * Self.block
                select(products, start: start, count: count, query: query, admitted, into: &shortlists[query])
            }
        }
        return shortlists.enumerated().map { finish($1.candidates(), query: $0) }
    }

    /// Whether each row is to be looked at.
    private func admittedRows(_ end: Int) -> [Bool] {
        (0..<UInt32(end)).map { slot in
            rows.slots.isLive(slot) && filter?.admits(rows.slots.id(of: slot)) ?? true
        }
    }

    private func margin(queryNorm: Float, longest: Float) -> Float {
        let length = queryNorm.squareRoot() + longest.squareRoot()
        return 4 * Float(queries.stride + 4) * 0x1p-24 * length * length
    }

    private func select(
        _ products: UnsafePointer<Float>, start: Int, count: Int, query: Int, _ admitted: [Bool],
        into shortlist: inout FlatShortlist
    ) {
        let isSquaredL2 = rows.metric == .squaredL2
        for i in 0..<count where admitted[start + i] {
            let distance =
                isSquaredL2
                ? queryNorms[query] + rows.squaredNorms.base[start + i] - 2 * products[i]
                : rows.metric.bias - products[i]
            shortlist.offer(distance, slot: UInt32(start + i))
        }
    }

    /// Compares the shortlist exactly.
    private func finish(_ slots: [UInt32], query: Int) -> [Neighbor] {
        var heap = BoundedHeap(limit: k)
        queries.withRow(query) { vector in
            for slot in slots {
                rows.matrix.withRow(Int(slot)) { row in
                    let distance = rows.kernel.distance(vector, row, count: rows.matrix.stride)
                    heap.offer(Candidate(distance: distance, slot: slot))
                }
            }
        }
        // While an id's vector is being replaced both its rows can be live for a moment: the nearer one
        // counts.
        var seen = Set<UInt64>()
        return heap.sorted().compactMap { candidate in
            let id = rows.slots.id(of: candidate.slot)
            guard seen.insert(id).inserted else { return nil }
            return Neighbor(id: id, distance: rows.metric.clamped(candidate.distance))
        }
    }
}

/// The rows that may be among the `k` nearest, given approximate distances that err by at most `margin`
/// together.
private struct FlatShortlist {
    private var nearest: BoundedHeap
    private var kept: [Candidate] = []
    private let margin: Float
    /// Rows farther than this are out.
    private var threshold = Float.infinity

    init(k: Int, margin: Float) {
        nearest = BoundedHeap(limit: k)
        self.margin = margin
    }

    @inline(__always)
    mutating func offer(_ distance: Float, slot: UInt32) {
        guard distance <= threshold else { return }
        let candidate = Candidate(distance: distance, slot: slot)
        kept.append(candidate)
        nearest.offer(candidate)
        if let worst = nearest.worst { threshold = worst.distance + margin }
    }

    func candidates() -> [UInt32] {
        kept.filter { $0.distance <= threshold }.map(\.slot)
    }
}
