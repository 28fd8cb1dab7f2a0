/// One pass over all rows for up to ``tile`` queries.
///
/// A block of rows times the queries is one matrix product. From its approximate distances each query keeps
/// every row that rounding could have made worse than it is; those few are compared exactly at the end. Any
/// order of summing *n* products errs by at most *n* 2⁻²⁴ |*a*| |*b*| (Higham, "Accuracy and Stability of
/// Numerical Algorithms", section 3.1); the margin is twice that for each of the two ways of computing.
struct FlatScan {
    /// Queries a pass. BLAS copies each block of rows into an order of its own, which pays with many queries.
    static let tile = 256
    /// Rows a block: its products with a tile of queries are 512 KB, which are still in the cache when they
    /// are looked at.
    private static let block = 512
    /// Products that are looked at together: mostly none of them is near enough.
    private static let span = 64

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
        let (end, admitted) = admittedRows()
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

    /// The end of the rows, and whether each is to be looked at; once more if an id moved to another row
    /// meanwhile, of which the look could have met neither.
    private func admittedRows() -> (end: Int, admitted: [Bool]) {
        rows.slots.whileNothingMoves {
            let end = rows.slots.end
            let admitted = (0..<UInt32(end)).map { slot in
                rows.slots.isLive(slot) && filter?.admits(rows.slots.id(of: slot)) ?? true
            }
            return (end, admitted)
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
        let offset = isSquaredL2 ? queryNorms[query] : rows.metric.bias
        let norms = rows.squaredNorms.base + start
        for first in stride(from: 0, to: count, by: Self.span) {
            let end = min(first + Self.span, count)
            if end - first == Self.span, shortlist.threshold < .infinity {
                // Bounds: `first + span <= count`, and there are `count` products and norms from here on.
                let nearest = Self.smallest(
                    products + first, isSquaredL2 ? norms + first : nil, offset: offset)
                if nearest > shortlist.threshold { continue }
            }
            for i in first..<end where admitted[start + i] {
                let distance = isSquaredL2 ? offset + norms[i] - 2 * products[i] : offset - products[i]
                shortlist.offer(distance, slot: UInt32(start + i))
            }
        }
    }

    /// The smallest of ``span`` distances, as ``select(_:start:count:query:_:into:)`` computes them; what is
    /// not a number is passed over.
    ///
    /// - Parameter norms: the rows' squared lengths where distances are squared differences.
    @inline(__always)
    private static func smallest(
        _ products: UnsafePointer<Float>, _ norms: UnsafePointer<Float>?, offset: Float
    ) -> Float {
        var smallest = SIMD16<Float>(repeating: .infinity)
        for i in stride(from: 0, to: 4 * span, by: 64) {
            let product = UnsafeRawPointer(products).loadUnaligned(fromByteOffset: i, as: SIMD16<Float>.self)
            var distance = offset - product
            if let norms {
                let norm = UnsafeRawPointer(norms).loadUnaligned(fromByteOffset: i, as: SIMD16<Float>.self)
                distance = offset + norm - 2 * product
            }
            smallest.replace(with: distance, where: distance .< smallest)
        }
        return smallest.min()
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
    private(set) var threshold = Float.infinity

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
