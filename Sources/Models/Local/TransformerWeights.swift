/// The numbers that shape the one network this encoder runs.
enum TransformerShape {
    static let layers = 6
    static let hidden = 384
    static let heads = 12
    static let headWidth = hidden / heads
    static let intermediate = 1536
    static let vocabulary = 30522
    static let positions = 512
}

/// The weights of all-MiniLM-L6-v2, in the layout that products are fastest in.
///
/// Three things are computed once here instead of for every token: 1/√32 is multiplied into the query
/// weights; the type embedding is added to the positions; and the biases of keys and values go. A key's
/// bias adds the same to all scores of a query, which softmax ignores. A value's bias passes through
/// attention whole, for its weights sum to 1, so it is folded into the bias of the output projection.
final class TransformerWeights: @unchecked Sendable {
    // Sendable proof: every property is constant, and the matrices behind them are written only in `init`,
    // before any other thread can hold a reference; afterwards they are only read.

    struct Layer {
        /// Query, key and value side by side.
        var attention: MatrixProduct
        var queryBias: FloatMatrix
        var attentionOutput: MatrixProduct
        var attentionNorm: Norm
        var intermediate: MatrixProduct
        var intermediateBias: FloatMatrix
        var output: MatrixProduct
        var outputNorm: Norm
    }

    /// A layer normalisation, with the bias of the product before it.
    struct Norm {
        var bias: FloatMatrix
        var gain: FloatMatrix
        var shift: FloatMatrix
    }

    let layers: [Layer]
    let embeddingNorm: Norm
    /// Position plus type embedding, one row a position.
    let positions: FloatMatrix
    private let tensors: Safetensors
    private let words: Safetensors.Tensor

    init(_ tensors: Safetensors) throws(ModelsError) {
        try Self.check(tensors)
        let reader = TensorReader(tensors: tensors)
        self.tensors = tensors
        words = try tensors.require(
            reader.prefix + Self.wordTable, shape: [TransformerShape.vocabulary, TransformerShape.hidden])
        embeddingNorm = Norm(
            bias: FloatMatrix(rows: 1, columns: TransformerShape.hidden),
            gain: FloatMatrix(row: reader.floats("embeddings.LayerNorm.weight")),
            shift: FloatMatrix(row: reader.floats("embeddings.LayerNorm.bias")))
        let kinds = reader.floats("embeddings.token_type_embeddings.weight")
        let places = reader.floats("embeddings.position_embeddings.weight")
        positions = FloatMatrix(rows: LocalModel.maxTokens, columns: TransformerShape.hidden)
        positions.block(rows: 0..<LocalModel.maxTokens).withPointer { target in
            for i in 0..<(LocalModel.maxTokens * TransformerShape.hidden) {
                target[i] = places[i] + kinds[i % TransformerShape.hidden]
            }
        }
        layers = (0..<TransformerShape.layers).map(reader.layer)
    }

    private static let wordTable = "embeddings.word_embeddings.weight"

    /// Refuses a file that lacks a tensor or has one in another shape or type.
    static func check(_ tensors: Safetensors) throws(ModelsError) {
        let (hidden, inner) = (TransformerShape.hidden, TransformerShape.intermediate)
        var shapes: [(String, [Int])] = [
            (wordTable, [TransformerShape.vocabulary, hidden]),
            ("embeddings.position_embeddings.weight", [TransformerShape.positions, hidden]),
            ("embeddings.token_type_embeddings.weight", [2, hidden]),
            ("embeddings.LayerNorm.weight", [hidden]), ("embeddings.LayerNorm.bias", [hidden]),
        ]
        for i in 0..<TransformerShape.layers {
            let layer = "encoder.layer.\(i)."
            for name in ["self.query", "self.key", "self.value", "output.dense"] {
                shapes.append(("\(layer)attention.\(name).weight", [hidden, hidden]))
                shapes.append(("\(layer)attention.\(name).bias", [hidden]))
            }
            for name in ["attention.output.LayerNorm", "output.LayerNorm"] {
                shapes.append(("\(layer)\(name).weight", [hidden]))
                shapes.append(("\(layer)\(name).bias", [hidden]))
            }
            shapes.append(("\(layer)intermediate.dense.weight", [inner, hidden]))
            shapes.append(("\(layer)intermediate.dense.bias", [inner]))
            shapes.append(("\(layer)output.dense.weight", [hidden, inner]))
            shapes.append(("\(layer)output.dense.bias", [hidden]))
        }
        let prefix = TensorReader(tensors: tensors).prefix
        for (name, shape) in shapes { _ = try tensors.require(prefix + name, shape: shape) }
    }

    /// Writes the word embedding of `id` plus the position embedding of `position` into `target`.
    func embed(_ id: Int32, position: Int, into target: FloatMatrix.Block) {
        let bytes = TransformerShape.hidden * MemoryLayout<Float>.stride
        precondition(id >= 0 && id < TransformerShape.vocabulary, "token \(id)")
        tensors.withBytes(of: words) { table in
            let row = table.extracting((Int(id) * bytes)..<((Int(id) + 1) * bytes))
            FloatKernels.add(row, positions.block(rows: position..<(position + 1)), into: target)
        }
    }
}

/// Reads checked tensors by the names that BERT checkpoints give them.
private struct TensorReader {
    let tensors: Safetensors
    /// Some checkpoints name everything `bert.…`.
    var prefix: String { tensors.tensors.keys.contains { $0.hasPrefix("bert.") } ? "bert." : "" }

    /// All floats of a tensor, in order. The file was checked to have it.
    func floats(_ name: String) -> [Float] {
        guard let tensor = tensors.tensors[prefix + name] else {
            preconditionFailure("\(name) was not checked")
        }
        return tensors.withBytes(of: tensor) { bytes in
            [Float](unsafeUninitializedCapacity: bytes.byteCount / 4) { floats, count in
                // The file is little-endian, as every processor that Swift for Linux runs on.
                bytes.withUnsafeBytes { UnsafeMutableRawBufferPointer(floats).copyMemory(from: $0) }
                count = bytes.byteCount / 4
            }
        }
    }

    func layer(_ number: Int) -> TransformerWeights.Layer {
        let (hidden, inner) = (TransformerShape.hidden, TransformerShape.intermediate)
        let name = "encoder.layer.\(number)."
        let scale = 1 / Float(TransformerShape.headWidth).squareRoot()
        let query = floats(name + "attention.self.query.weight").map { $0 * scale }
        let qkv =
            query + floats(name + "attention.self.key.weight") + floats(name + "attention.self.value.weight")
        let output = floats(name + "attention.output.dense.weight")
        let valueBias = floats(name + "attention.self.value.bias")
        var outputBias = floats(name + "attention.output.dense.bias")
        for o in 0..<hidden {
            for i in 0..<hidden { outputBias[o] += output[o * hidden + i] * valueBias[i] }
        }
        let up = floats(name + "intermediate.dense.weight")
        let down = floats(name + "output.dense.weight")
        return TransformerWeights.Layer(
            attention: MatrixProduct(inner: hidden, outer: 3 * hidden, columns: qkv),
            queryBias: FloatMatrix(row: floats(name + "attention.self.query.bias").map { $0 * scale }),
            attentionOutput: MatrixProduct(inner: hidden, outer: hidden, columns: output),
            attentionNorm: norm(name + "attention.output.LayerNorm", bias: outputBias),
            intermediate: MatrixProduct(inner: hidden, outer: inner, columns: up),
            intermediateBias: FloatMatrix(row: floats(name + "intermediate.dense.bias")),
            output: MatrixProduct(inner: inner, outer: hidden, columns: down),
            outputNorm: norm(name + "output.LayerNorm", bias: floats(name + "output.dense.bias")))
    }

    private func norm(_ name: String, bias: [Float]) -> TransformerWeights.Norm {
        TransformerWeights.Norm(
            bias: FloatMatrix(row: bias), gain: FloatMatrix(row: floats(name + ".weight")),
            shift: FloatMatrix(row: floats(name + ".bias")))
    }
}
