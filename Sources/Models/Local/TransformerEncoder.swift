/// The forward pass of an encoder over several texts at once, and the memory it works in.
///
/// The tokens of all texts lie packed in one matrix, one row a token, without padding: products, norms and
/// activations see only rows, and only attention knows where a text begins and ends.
///
/// Not to be shared between threads; make one for each.
final class TransformerEncoder {
    /// Most tokens of one call.
    let capacity: Int

    private let weights: TransformerWeights
    private let shape: EncoderShape
    private let hidden: FloatMatrix
    private let qkv: FloatMatrix
    private let context: FloatMatrix
    private let inner: FloatMatrix
    private let scores: FloatMatrix
    private let keys: FloatMatrix
    private let scales: FloatMatrix
    /// Rows that pass through the feed-forward part together: few enough that its wide activations stay
    /// in the cache, if products do not need more to be fast.
    private let feedForwardRows: Int

    init(_ weights: TransformerWeights, capacity: Int = 512) {
        precondition(capacity >= weights.maxTokens, "\(capacity) tokens of \(weights.maxTokens)")
        BLAS.useOneThread()
        (self.weights, self.capacity, shape) = (weights, capacity, weights.shape)
        feedForwardRows = BLAS.hasSmallKernels ? MatrixProduct.rowsPerPiece : capacity
        hidden = FloatMatrix(rows: capacity, columns: shape.hidden)
        qkv = FloatMatrix(rows: capacity, columns: 3 * shape.hidden)
        context = FloatMatrix(rows: capacity, columns: shape.hidden)
        inner = FloatMatrix(rows: feedForwardRows, columns: shape.intermediate)
        let padded = (weights.maxTokens + 15) / 16 * 16
        scores = FloatMatrix(rows: padded, columns: padded)
        keys = FloatMatrix(rows: shape.headWidth, columns: padded)
        scales = FloatMatrix(rows: 1, columns: padded)
    }

    /// - Parameter texts: token ids, each 1 to the weights' `maxTokens`, together at most ``capacity``.
    /// - Returns: one unit vector a text, the mean of its tokens.
    func encode(_ texts: some Collection<[Int32]>) -> [[Float]] {
        forward(texts.map { EncoderInput($0) }).map { FloatKernels.unitMean(hidden.block(rows: $0)) }
    }

    /// The last hidden states of the tokens `rows` of the last ``forward(_:)``, one row a token.
    func states(_ rows: Range<Int>) -> FloatMatrix.Block { hidden.block(rows: rows) }

    /// Runs all layers.
    ///
    /// - Parameter inputs: each of 1 to the weights' `maxTokens` tokens, together at most ``capacity``.
    /// - Returns: for each input the rows of ``states(_:)`` that are its tokens.
    func forward(_ inputs: [EncoderInput]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var count = 0
        for input in inputs {
            ranges.append(embed(input, from: count))
            count += input.ids.count
        }
        guard count > 0 else { return [] }
        normalize(0..<count, weights.embeddingNorm)
        for layer in weights.layers {
            layer.attention.apply(hidden, rows: 0..<count, into: qkv, outputRows: 0..<count)
            FloatKernels.addBias(
                qkv.block(rows: 0..<count, columns: 0..<shape.hidden), layer.queryBias.block(rows: 0..<1))
            for range in ranges { attend(range) }
            // Accumulating onto `hidden` is the residual connection.
            layer.attentionOutput.apply(
                context, rows: 0..<count, into: hidden, outputRows: 0..<count, accumulating: true)
            normalize(0..<count, layer.attentionNorm)
            feedForward(count, layer)
        }
        return ranges
    }

    private func embed(_ input: EncoderInput, from first: Int) -> Range<Int> {
        let count = input.ids.count
        precondition(count > 0 && count <= weights.maxTokens, "\(count) tokens in a text")
        precondition(first + count <= capacity, "more than \(capacity) tokens in a call")
        for (position, id) in input.ids.enumerated() {
            let row = hidden.block(rows: (first + position)..<(first + position + 1))
            weights.embed(id, position: position, type: position < input.secondStart ? 0 : 1, into: row)
        }
        return first..<(first + count)
    }

    private func feedForward(_ count: Int, _ layer: TransformerWeights.Layer) {
        let parts = (count + feedForwardRows - 1) / feedForwardRows
        for part in 0..<parts {
            let rows = (count * part / parts)..<(count * (part + 1) / parts)
            layer.intermediate.apply(hidden, rows: rows, into: inner, outputRows: 0..<rows.count)
            FloatKernels.addBias(
                inner.block(rows: 0..<rows.count), layer.intermediateBias.block(rows: 0..<1),
                then: shape.activation)
            layer.output.apply(
                inner, rows: 0..<rows.count, into: hidden, outputRows: rows, accumulating: true)
            normalize(rows, layer.outputNorm)
        }
    }

    private func normalize(_ rows: Range<Int>, _ norm: TransformerWeights.Norm) {
        FloatKernels.addBiasNormalize(
            hidden.block(rows: rows), bias: norm.bias.block(rows: 0..<1), gain: norm.gain.block(rows: 0..<1),
            shift: norm.shift.block(rows: 0..<1), epsilon: shape.epsilon)
    }

    /// Attention among the tokens of one text: for each head, context = softmax(Q Kᵀ + bias) V.
    private func attend(_ rows: Range<Int>) {
        let count = rows.count
        let padded = (count + 15) / 16 * 16
        keys.reshape(columns: padded)
        scores.reshape(columns: padded)
        let (width, hidden) = (shape.headWidth, shape.hidden)
        // As many rows at a time as the small kernels take; what divides the softmax is applied at the end.
        let step = min(count, max(1, BLAS.smallProductLimit / (padded * width)))
        for head in 0..<shape.heads {
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
                if let table = weights.distanceBias {
                    addDistanceBias(scored, count: count, first: first, table.block(rows: head..<(head + 1)))
                }
                FloatKernels.softmaxNumerators(scored, count: count, scales: scales.block(rows: 0..<1))
                let mixed = context.block(rows: part, columns: columns)
                BLAS.multiply(
                    scores.block(rows: 0..<part.count, columns: 0..<count), values, into: mixed)
                FloatKernels.scaleRows(mixed, by: scales.block(rows: 0..<1))
            }
        }
    }

    /// Adds to the score of query `first + r` and key `c` the bias of the distance between them.
    private func addDistanceBias(
        _ scored: FloatMatrix.Block, count: Int, first: Int, _ bias: FloatMatrix.Block
    ) {
        let zero = weights.maxTokens - 1
        precondition(first + scored.rows <= weights.maxTokens && count <= weights.maxTokens)
        scored.withPointer { x in
            bias.withPointer { b in
                for r in 0..<scored.rows {
                    // In bounds: 0 ≤ zero − (first + r), and zero + count − 1 < 2 maxTokens − 1.
                    let row = b + (zero - first - r)
                    for c in 0..<count { x[r * scored.stride + c] += row[c] }
                }
            }
        }
    }
}
