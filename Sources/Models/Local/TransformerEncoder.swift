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
    private let attention: FloatMatrix
    private let codes: CodeScratch
    private let kernels: MatrixKernels
    /// Rows that pass through the feed-forward part together: few enough that its wide activations stay
    /// in the cache, and a multiple of the heights that products are cut into.
    private let feedForwardRows = 112

    init(_ weights: TransformerWeights, capacity: Int = 512, kernels: MatrixKernels = .best) {
        precondition(capacity >= weights.maxTokens, "\(capacity) tokens of \(weights.maxTokens)")
        (self.weights, self.capacity, shape) = (weights, capacity, weights.shape)
        self.kernels = kernels
        hidden = FloatMatrix(rows: capacity, columns: shape.hidden)
        qkv = FloatMatrix(rows: capacity, columns: 3 * shape.hidden)
        context = FloatMatrix(rows: capacity, columns: shape.hidden)
        inner = FloatMatrix(rows: feedForwardRows, columns: shape.intermediate)
        attention = FloatMatrix(
            rows: 1,
            columns: MatrixKernels.attentionScratch(count: weights.maxTokens, headWidth: shape.headWidth))
        // The widest factors are `hidden`, of all rows, and `inner`.
        codes = CodeScratch(
            rows: capacity,
            columns: max(shape.hidden, (shape.intermediate * feedForwardRows + capacity - 1) / capacity + 64))
    }

    /// - Parameter texts: token ids, each 1 to the weights' `maxTokens`, together at most ``capacity``.
    /// - Returns: one unit vector a text.
    func encode(
        _ texts: some Collection<[Int32]>, pooling: SentenceEmbedding.Pooling = .mean
    ) -> [[Float]] {
        let inputs = texts.map { EncoderInput($0) }
        let kept: [[Range<Int>]]? =
            switch pooling {
            case .mean: nil
            case .cls: inputs.map { _ in [0..<1] }
            }
        return forward(inputs, keeping: kept).map { FloatKernels.unitMean(hidden.block(rows: $0)) }
    }

    /// The last hidden states of the tokens `rows` of the last ``forward(_:keeping:)``, one row a token.
    func states(_ rows: Range<Int>) -> FloatMatrix.Block { hidden.block(rows: rows) }

    /// Runs all layers.
    ///
    /// - Parameters:
    ///   - inputs: each of 1 to the weights' `maxTokens` tokens, together at most ``capacity``.
    ///   - kept: for each input those of its tokens whose states are wanted, ascending and apart from each other;
    ///     `nil` for all. A state is the same, to the bit, whatever else is kept.
    /// - Returns: for each input the rows of ``states(_:)`` that are its tokens, or those kept of them, in order.
    func forward(_ inputs: [EncoderInput], keeping kept: [[Range<Int>]]? = nil) -> [Range<Int>] {
        precondition(kept == nil || kept?.count == inputs.count, "tokens kept of other inputs")
        var ranges: [Range<Int>] = []
        var count = 0
        for input in inputs {
            ranges.append(embed(input, from: count))
            count += input.ids.count
        }
        guard count > 0 else { return [] }
        kernels.normalize(
            hidden.block(rows: 0..<count), weights.embeddingNorm, epsilon: shape.epsilon)
        for (number, layer) in weights.layers.enumerated() {
            apply(layer.attention, hidden.block(rows: 0..<count), qkv.block(rows: 0..<count))
            FloatKernels.addBias(
                qkv.block(rows: 0..<count, columns: 0..<shape.hidden), layer.queryBias.block(rows: 0..<1))
            for range in ranges {
                kernels.attend(
                    qkv.block(rows: range), heads: shape.heads, distances: weights.distanceBias,
                    into: context.block(rows: range), scratch: attention)
            }
            if let kept, number + 1 == weights.layers.count {
                // Behind the last attention each row is on its own, so that the others need not go on.
                ranges = gather(kept, of: ranges)
                count = ranges.last?.upperBound ?? 0
                guard count > 0 else { return ranges }
            }
            let all = hidden.block(rows: 0..<count)
            // Accumulating onto `hidden` is the residual connection.
            apply(layer.attentionOutput, context.block(rows: 0..<count), all, accumulating: true)
            kernels.normalize(all, layer.attentionNorm, epsilon: shape.epsilon)
            feedForward(count, layer)
        }
        return ranges
    }

    /// Moves the rows that are kept of each input to the front, one behind the other.
    private func gather(_ kept: [[Range<Int>]], of ranges: [Range<Int>]) -> [Range<Int>] {
        var next = 0
        return zip(ranges, kept).map { input, parts in
            let first = next
            var end = 0
            for part in parts {
                precondition(
                    part.lowerBound >= end && part.upperBound <= input.count,
                    "tokens \(part) of \(input.count) behind \(end)")
                end = part.upperBound
                let rows = (input.lowerBound + part.lowerBound)..<(input.lowerBound + part.upperBound)
                hidden.moveRows(rows, to: next)
                context.moveRows(rows, to: next)
                next += part.count
            }
            return first..<next
        }
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
            let wide = inner.block(rows: 0..<rows.count)
            apply(layer.intermediate, hidden.block(rows: rows), wide)
            kernels.activate(wide, layer.intermediateBias, shape.activation)
            apply(layer.output, wide, hidden.block(rows: rows), accumulating: true)
            kernels.normalize(hidden.block(rows: rows), layer.outputNorm, epsilon: shape.epsilon)
        }
    }

    private func apply(
        _ product: PackedProduct, _ x: FloatMatrix.Block, _ y: FloatMatrix.Block, accumulating: Bool = false
    ) {
        product.apply(x, into: y, accumulating: accumulating, kernels: kernels, scratch: codes)
    }
}
