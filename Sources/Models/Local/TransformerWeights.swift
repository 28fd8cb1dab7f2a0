/// The weights of an encoder, in the layout that products are fastest in.
///
/// Three things are computed once here instead of for every token: 1/√(head width) is multiplied into the
/// query weights; the type embeddings are added to the positions; and the biases of keys and values go. A
/// key's bias adds the same to all scores of a query, which softmax ignores. A value's bias passes through
/// attention whole, for its weights sum to 1, so it is folded into the bias of the output projection.
final class TransformerWeights: @unchecked Sendable {
    // Sendable proof: every property is constant, and the matrices behind them are written only in `init`,
    // before any other thread can hold a reference; afterwards they are only read.

    struct Layer {
        /// Query, key and value side by side.
        var attention: PackedProduct
        var queryBias: FloatMatrix
        var attentionOutput: PackedProduct
        var attentionNorm: Norm
        var intermediate: PackedProduct
        var intermediateBias: FloatMatrix
        var output: PackedProduct
        var outputNorm: Norm
    }

    /// A layer normalisation, with the bias of the product before it.
    struct Norm {
        var bias: FloatMatrix
        var gain: FloatMatrix
        var shift: FloatMatrix
    }

    let shape: EncoderShape
    /// Most tokens of a text.
    let maxTokens: Int
    let layers: [Layer]
    let embeddingNorm: Norm
    /// Position plus type embedding, one row a position, one run of ``maxTokens`` rows a type.
    let positions: FloatMatrix
    /// Biases by distance, if the family has them: row *h* holds head *h*'s, for key − query from
    /// −(``maxTokens`` − 1) on.
    let distanceBias: FloatMatrix?
    private let words: EmbeddingTable

    /// - Parameter maxTokens: at most as many as the position table has rows for.
    init(
        _ tensors: TensorSet, shape: EncoderShape, maxTokens: Int,
        precision: PackedProduct.Precision = .floats
    ) throws(ModelsError) {
        precondition(maxTokens <= shape.positions - shape.firstPosition, "\(maxTokens) positions")
        try Self.check(tensors, shape)
        let reader = LayerReader(
            tensors: tensors, names: EncoderNames(shape: shape), precision: precision)
        (self.shape, self.maxTokens) = (shape, maxTokens)
        words = try EmbeddingTable(tensors, name: EncoderNames.words, [shape.vocabulary, shape.hidden])
        embeddingNorm = reader.norm(
            EncoderNames.embeddingNorm, bias: [Float](repeating: 0, count: shape.hidden))
        positions = Self.positions(tensors, shape, maxTokens)
        distanceBias =
            shape.relativeBuckets > 0
            ? RelativePosition.table(
                tensors.floats(EncoderNames.relativeBias), heads: shape.heads,
                buckets: shape.relativeBuckets, maxTokens: maxTokens)
            : nil
        layers = (0..<shape.layers).map(reader.layer)
    }

    private static func positions(
        _ tensors: TensorSet, _ shape: EncoderShape, _ maxTokens: Int
    ) -> FloatMatrix {
        let places = tensors.floats(EncoderNames.positions)
        let types = max(shape.types, 1)
        let kinds =
            shape.types > 0
            ? tensors.floats(EncoderNames.types) : [Float](repeating: 0, count: shape.hidden)
        let table = FloatMatrix(rows: types * maxTokens, columns: shape.hidden)
        table.block(rows: 0..<(types * maxTokens)).withPointer { target in
            for type in 0..<types {
                for i in 0..<(maxTokens * shape.hidden) {
                    target[type * maxTokens * shape.hidden + i] =
                        places[shape.firstPosition * shape.hidden + i]
                        + kinds[type * shape.hidden + i % shape.hidden]
                }
            }
        }
        return table
    }

    /// Refuses a file that lacks a tensor or has one in another shape or type.
    static func check(_ tensors: TensorSet, _ shape: EncoderShape) throws(ModelsError) {
        for (name, shape) in EncoderNames(shape: shape).shapes {
            _ = try tensors.require(name, shape: shape)
        }
    }

    /// Writes the word embedding of `id` plus the position and type embedding into `target`.
    func embed(_ id: Int32, position: Int, type: Int, into target: FloatMatrix.Block) {
        // A family of one type, or none, has pairs too.
        let row = min(type, max(shape.types, 1) - 1) * maxTokens + position
        words.add(id, to: positions.block(rows: row..<(row + 1)), into: target)
    }
}

/// Reads checked tensors into layers.
private struct LayerReader {
    let tensors: TensorSet
    let names: EncoderNames
    let precision: PackedProduct.Precision

    func layer(_ i: Int) -> TransformerWeights.Layer {
        let shape = names.shape
        let (hidden, inner) = (shape.hidden, shape.intermediate)
        let scale = 1 / Float(shape.headWidth).squareRoot()
        func weight(_ name: String) -> [Float] { tensors.floats(name + ".weight") }
        func bias(_ name: String) -> [Float] { tensors.floats(name + ".bias") }
        let query = weight(names.query(i)).map { $0 * scale }
        let qkv = query + weight(names.key(i)) + weight(names.value(i))
        let output = weight(names.mixed(i))
        let valueBias = bias(names.value(i))
        var outputBias = bias(names.mixed(i))
        for o in 0..<hidden {
            for i in 0..<hidden { outputBias[o] += output[o * hidden + i] * valueBias[i] }
        }
        return TransformerWeights.Layer(
            attention: product(hidden, 3 * hidden, qkv),
            queryBias: FloatMatrix(row: bias(names.query(i)).map { $0 * scale }),
            attentionOutput: product(hidden, hidden, output),
            attentionNorm: norm(names.attentionNorm(i), bias: outputBias),
            intermediate: product(hidden, inner, weight(names.up(i))),
            intermediateBias: FloatMatrix(row: bias(names.up(i))),
            output: product(inner, hidden, weight(names.down(i))),
            outputNorm: norm(names.outputNorm(i), bias: bias(names.down(i))))
    }

    private func product(_ inner: Int, _ outer: Int, _ columns: [Float]) -> PackedProduct {
        PackedProduct(inner: inner, outer: outer, columns: columns, precision: precision)
    }

    func norm(_ name: String, bias: [Float]) -> TransformerWeights.Norm {
        TransformerWeights.Norm(
            bias: FloatMatrix(row: bias), gain: FloatMatrix(row: tensors.floats(name + ".weight")),
            shift: FloatMatrix(row: tensors.floats(name + ".bias")))
    }
}
