import CVectorKernels

/// What blocks are compared with: a query, or a stored vector taken as one.
///
/// Its pointers are good as long as the ``QueryBuffer`` or the block they were made from.
struct WalkQuery {
    /// `codeCount` floats, for float formats.
    var floats: UnsafePointer<Float>
    /// For quantized formats.
    var code: mk_code_query
}

/// Where a query is put into the shape that kernels want.
final class QueryBuffer {
    /// The query's floats, padded with zeros.
    let floats: AlignedBuffer<Float>
    let codes: AlignedBuffer<Int8>

    init(layout: BlockLayout) {
        let rowLength = VectorMatrix.rowLength(dimension: layout.dimension)
        floats = AlignedBuffer(count: max(layout.codeCount, rowLength))
        codes = AlignedBuffer(count: layout.codeCount)
    }
}

/// Distances between a query and blocks, and how vectors become codes.
struct BlockKernel: Sendable {
    let layout: BlockLayout
    let metric: Metric
    private let table: mk_kernels

    /// - Parameter instructions: must be available; `nil` takes the fastest.
    init(layout: BlockLayout, metric: Metric, instructions: InstructionSet? = nil) {
        (self.layout, self.metric) = (layout, metric)
        table = InstructionSet.kernels(instructions)
    }

    // MARK: Codes

    /// Writes a slot's header and codes from its `dimension` floats.
    func encode(_ row: UnsafePointer<Float>, into blocks: BlockStore, slot: UInt32) {
        let codes = blocks.codes(slot)
        let bytes = codes.assumingMemoryBound(to: UInt8.self)
        let header = blocks.heads.base + Int(slot)
        switch layout.format {
        case .float32:
            codes.assumingMemoryBound(to: Float.self).update(from: row, count: layout.dimension)
        case .float16:
            table.to_half(row, layout.dimension, codes.assumingMemoryBound(to: UInt16.self))
        case .int8:
            table.encode_row7(row, layout.dimension, layout.codeCount, header, bytes)
        case .int4:
            table.encode_row4(row, layout.dimension, layout.codeCount, header, bytes)
        }
    }

    /// The query whose floats lie in `buffer`.
    func query(in buffer: QueryBuffer) -> WalkQuery {
        let floats = UnsafePointer(buffer.floats.base)
        guard layout.format == .int8 || layout.format == .int4 else {
            return WalkQuery(floats: floats, code: codeQuery(buffer.codes.base, scale: 0, total: 0, norm: 0))
        }
        let scale = table.encode_query(floats, layout.dimension, layout.codeCount, buffer.codes.base)
        let (total, norm) = sums(floats)
        return WalkQuery(
            floats: floats, code: codeQuery(buffer.codes.base, scale: scale, total: total, norm: norm))
    }

    /// A slot's vector as a query.
    func query(of slot: UInt32, in blocks: BlockStore, buffer: QueryBuffer) -> WalkQuery {
        let codes = blocks.codes(slot)
        let floats = UnsafePointer(buffer.floats.base)
        switch layout.format {
        case .float32:
            let row = UnsafePointer(codes.assumingMemoryBound(to: Float.self))
            return WalkQuery(floats: row, code: codeQuery(buffer.codes.base, scale: 0, total: 0, norm: 0))
        case .float16:
            let halves = codes.assumingMemoryBound(to: Float16.self)
            for i in 0..<layout.codeCount { buffer.floats.base[i] = Float(halves[i]) }
            return WalkQuery(floats: floats, code: codeQuery(buffer.codes.base, scale: 0, total: 0, norm: 0))
        case .int8:
            let stored = codes.assumingMemoryBound(to: Int8.self)
            return WalkQuery(floats: floats, code: codeQuery(stored, header: blocks.heads.base[Int(slot)]))
        case .int4:
            table.unpack_row4(codes.assumingMemoryBound(to: UInt8.self), layout.codeCount, buffer.codes.base)
            return WalkQuery(
                floats: floats, code: codeQuery(buffer.codes.base, header: blocks.heads.base[Int(slot)]))
        }
    }

    private func codeQuery(_ codes: UnsafePointer<Int8>, header: mk_code_header) -> mk_code_query {
        let total = header.scale * Float(header.sum) + header.offset * Float(layout.dimension)
        var query = codeQuery(codes, scale: header.scale, total: total, norm: header.norm)
        query.offset = header.offset
        return query
    }

    private func codeQuery(
        _ codes: UnsafePointer<Int8>, scale: Float, total: Float, norm: Float
    ) -> mk_code_query {
        let isL2 = metric == .squaredL2
        return mk_code_query(
            codes: codes, scale: scale, offset: 0, total: total, bias: isL2 ? norm : metric.bias,
            dot_weight: isL2 ? -2 : -1, norm_weight: isL2 ? 1 : 0)
    }

    /// Sum and sum of squares of a query's components.
    private func sums(_ floats: UnsafePointer<Float>) -> (total: Float, norm: Float) {
        var totals = SIMD16<Float>.zero
        var norms = SIMD16<Float>.zero
        let vectors = UnsafeRawPointer(floats).assumingMemoryBound(to: SIMD16<Float>.self)
        // The buffer is padded to a multiple of 16 floats with zeros and starts on a cache line.
        for i in 0..<(layout.dimension + 15) / 16 {
            totals += vectors[i]
            norms += vectors[i] * vectors[i]
        }
        return (totals.sum(), norms.sum())
    }

    // MARK: Distances

    /// The distances from `query` to `count` slots.
    @inline(__always)
    func distances(
        from query: borrowing WalkQuery, to blocks: BlockStore, slots: UnsafePointer<UInt32>, count: Int,
        into results: UnsafeMutablePointer<Float>
    ) {
        let (heads, codes) = (
            blocks.heads.base, (blocks.base + layout.codeOffset).assumingMemoryBound(to: UInt8.self)
        )
        switch layout.format {
        case .int8:
            withUnsafePointer(to: query.code) {
                table.code7_rows($0, heads, codes, layout.stride, layout.codeCount, slots, count, results)
            }
        case .int4:
            withUnsafePointer(to: query.code) {
                table.code4_rows($0, heads, codes, layout.stride, layout.codeCount, slots, count, results)
            }
        case .float32, .float16:
            floatDistances(from: query.floats, to: blocks, slots: slots, count: count, into: results)
        }
    }

    private func floatDistances(
        from query: UnsafePointer<Float>, to blocks: BlockStore, slots: UnsafePointer<UInt32>, count: Int,
        into results: UnsafeMutablePointer<Float>
    ) {
        let codes = blocks.base + layout.codeOffset
        if layout.format == .float32 {
            let rows = codes.assumingMemoryBound(to: Float.self)
            let kernel = metric.usesDotProduct ? table.dot_rows : table.squared_l2_rows
            kernel(query, rows, layout.stride / 4, layout.codeCount, slots, count, results)
        } else {
            let rows = codes.assumingMemoryBound(to: UInt16.self)
            let kernel = metric.usesDotProduct ? table.half_dot_rows : table.half_squared_l2_rows
            kernel(query, rows, layout.stride / 2, layout.codeCount, slots, count, results)
        }
        for i in 0..<count { results[i] = metric.bias + metric.scale * results[i] }
    }

    /// How far an estimated distance may be off, one standard deviation: rounding to the nearest level errs
    /// by a twelfth of a level squared a component, independently in vector and query. 0 for float32.
    ///
    /// - Parameters:
    ///   - query: made by ``query(in:)``.
    ///   - norms: the lengths of the query and of the longest vectors, multiplied with each other's steps.
    @inline(__always)
    func standardError(of slot: UInt32, in blocks: BlockStore, query: borrowing WalkQuery, queryNorm: Float)
        -> Float
    {
        switch layout.format {
        case .float32: return 0
        case .float16: return 0x1p-11 * queryNorm
        case .int8, .int4:
            let header = blocks.heads.base[Int(slot)]
            let squared =
                header.scale * header.scale * queryNorm + query.code.scale * query.code.scale * header.norm
            return (squared / 12).squareRoot() * -query.code.dot_weight
        }
    }

    /// Asks for the cache lines of `bytes` bytes.
    @inline(__always)
    static func prefetch(_ address: UnsafeRawPointer, bytes: Int) {
        mk_prefetch_bytes(address, bytes)
    }
}
