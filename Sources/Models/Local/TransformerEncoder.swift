/// The forward pass of all-MiniLM-L6-v2 over several texts at once, and the memory it works in.
///
/// The tokens of all texts lie packed in one matrix, one row a token, without padding: products, norms and
/// GELU see only rows, and only attention knows where a text begins and ends.
///
/// Not to be shared between threads; make one for each.
final class TransformerEncoder {
    /// Most tokens of one call.
    static let capacity = 512

    private let weights: TransformerWeights
    private let hidden = FloatMatrix(rows: capacity, columns: TransformerShape.hidden)
    private let qkv = FloatMatrix(rows: capacity, columns: 3 * TransformerShape.hidden)
    private let context = FloatMatrix(rows: capacity, columns: TransformerShape.hidden)
    private let inner: FloatMatrix
    private let scores = FloatMatrix(rows: LocalModel.maxTokens, columns: LocalModel.maxTokens)
    private let keys = FloatMatrix(rows: TransformerShape.headWidth, columns: LocalModel.maxTokens)
    private let scales = FloatMatrix(rows: 1, columns: LocalModel.maxTokens)
    /// Rows that pass through the feed-forward part together: few enough that its wide activations stay
    /// in the cache, if products do not need more to be fast.
    private let feedForwardRows: Int

    init(_ weights: TransformerWeights) {
        BLAS.useOneThread()
        self.weights = weights
        feedForwardRows = BLAS.hasSmallKernels ? MatrixProduct.rowsPerPiece : Self.capacity
        inner = FloatMatrix(rows: feedForwardRows, columns: TransformerShape.intermediate)
    }

    /// - Parameter texts: token ids, each 1 to ``LocalModel/maxTokens``, together at most ``capacity``.
    /// - Returns: one unit vector a text.
    func encode(_ texts: some Collection<[Int32]>) -> [[Float]] {
        var ranges: [Range<Int>] = []
        var count = 0
        for ids in texts {
            precondition(!ids.isEmpty && ids.count <= LocalModel.maxTokens, "\(ids.count) tokens in a text")
            precondition(count + ids.count <= Self.capacity, "more than \(Self.capacity) tokens in a call")
            for (position, id) in ids.enumerated() {
                let row = hidden.block(rows: (count + position)..<(count + position + 1))
                weights.embed(id, position: position, into: row)
            }
            ranges.append(count..<(count + ids.count))
            count += ids.count
        }
        guard count > 0 else { return [] }
        normalize(0..<count, weights.embeddingNorm)
        for layer in weights.layers {
            layer.attention.apply(hidden, rows: 0..<count, into: qkv, outputRows: 0..<count)
            FloatKernels.addBias(
                qkv.block(rows: 0..<count, columns: 0..<TransformerShape.hidden),
                layer.queryBias.block(rows: 0..<1))
            for range in ranges { attend(range) }
            // Accumulating onto `hidden` is the residual connection.
            layer.attentionOutput.apply(
                context, rows: 0..<count, into: hidden, outputRows: 0..<count, accumulating: true)
            normalize(0..<count, layer.attentionNorm)
            feedForward(count, layer)
        }
        return ranges.map { FloatKernels.unitMean(hidden.block(rows: $0)) }
    }

    private func feedForward(_ count: Int, _ layer: TransformerWeights.Layer) {
        let parts = (count + feedForwardRows - 1) / feedForwardRows
        for part in 0..<parts {
            let rows = (count * part / parts)..<(count * (part + 1) / parts)
            layer.intermediate.apply(hidden, rows: rows, into: inner, outputRows: 0..<rows.count)
            FloatKernels.addBiasGELU(
                inner.block(rows: 0..<rows.count), layer.intermediateBias.block(rows: 0..<1))
            layer.output.apply(
                inner, rows: 0..<rows.count, into: hidden, outputRows: rows, accumulating: true)
            normalize(rows, layer.outputNorm)
        }
    }

    private func normalize(_ rows: Range<Int>, _ norm: TransformerWeights.Norm) {
        FloatKernels.addBiasNormalize(
            hidden.block(rows: rows), bias: norm.bias.block(rows: 0..<1), gain: norm.gain.block(rows: 0..<1),
            shift: norm.shift.block(rows: 0..<1))
    }

    /// Attention among the tokens of one text: for each head, context = softmax(Q Kᵀ) V.
    private func attend(_ rows: Range<Int>) {
        let count = rows.count
        let padded = (count + 15) / 16 * 16
        keys.reshape(columns: padded)
        scores.reshape(columns: padded)
        let (width, hidden) = (TransformerShape.headWidth, TransformerShape.hidden)
        // As many rows at a time as the small kernels take; what divides the softmax is applied at the end.
        let step = min(count, max(1, BLAS.smallProductLimit / (padded * width)))
        for head in 0..<TransformerShape.heads {
            let columns = (head * width)..<((head + 1) * width)
            FloatKernels.transpose(
                qkv.block(rows: rows, columns: (hidden + columns.lowerBound)..<(hidden + columns.upperBound)),
                into: keys.block(rows: 0..<width))
            let values = qkv.block(
                rows: rows, columns: (2 * hidden + columns.lowerBound)..<(2 * hidden + columns.upperBound))
            for first in stride(from: 0, to: count, by: step) {
                let part = (rows.lowerBound + first)..<min(rows.lowerBound + first + step, rows.upperBound)
                let scored = scores.block(rows: 0..<part.count)
                BLAS.multiply(
                    qkv.block(rows: part, columns: columns), keys.block(rows: 0..<width), into: scored)
                FloatKernels.softmaxNumerators(scored, count: count, scales: scales.block(rows: 0..<1))
                let mixed = context.block(rows: part, columns: columns)
                BLAS.multiply(
                    scores.block(rows: 0..<part.count, columns: 0..<count), values, into: mixed)
                FloatKernels.scaleRows(mixed, by: scales.block(rows: 0..<1))
            }
        }
    }
}
