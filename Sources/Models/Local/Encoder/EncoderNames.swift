/// What checkpoints call the tensors of an encoder, by family.
struct EncoderNames: Sendable {
    let shape: EncoderShape

    static let words = "embeddings.word_embeddings.weight"
    static let positions = "embeddings.position_embeddings.weight"
    static let types = "embeddings.token_type_embeddings.weight"
    static let embeddingNorm = "embeddings.LayerNorm"
    static let relativeBias = "encoder.relative_attention_bias.weight"

    private func layer(_ i: Int) -> String { "encoder.layer.\(i)." }
    private var isMPNet: Bool { shape.family == .mpnet }

    func query(_ i: Int) -> String { layer(i) + (isMPNet ? "attention.attn.q" : "attention.self.query") }
    func key(_ i: Int) -> String { layer(i) + (isMPNet ? "attention.attn.k" : "attention.self.key") }
    func value(_ i: Int) -> String { layer(i) + (isMPNet ? "attention.attn.v" : "attention.self.value") }
    func mixed(_ i: Int) -> String { layer(i) + (isMPNet ? "attention.attn.o" : "attention.output.dense") }
    func attentionNorm(_ i: Int) -> String {
        layer(i) + (isMPNet ? "attention.LayerNorm" : "attention.output.LayerNorm")
    }
    func up(_ i: Int) -> String { layer(i) + "intermediate.dense" }
    func down(_ i: Int) -> String { layer(i) + "output.dense" }
    func outputNorm(_ i: Int) -> String { layer(i) + "output.LayerNorm" }

    /// Every tensor that the encoder needs, with its shape.
    var shapes: [(name: String, shape: [Int])] {
        let (hidden, inner) = (shape.hidden, shape.intermediate)
        var shapes: [(String, [Int])] = [
            (Self.words, [shape.vocabulary, hidden]), (Self.positions, [shape.positions, hidden]),
            (Self.embeddingNorm + ".weight", [hidden]), (Self.embeddingNorm + ".bias", [hidden]),
        ]
        if shape.types > 0 { shapes.append((Self.types, [shape.types, hidden])) }
        if shape.relativeBuckets > 0 {
            shapes.append((Self.relativeBias, [shape.relativeBuckets, shape.heads]))
        }
        for i in 0..<shape.layers {
            for name in [query(i), key(i), value(i), mixed(i)] {
                shapes.append((name + ".weight", [hidden, hidden]))
                shapes.append((name + ".bias", [hidden]))
            }
            for name in [attentionNorm(i), outputNorm(i)] {
                shapes.append((name + ".weight", [hidden]))
                shapes.append((name + ".bias", [hidden]))
            }
            shapes.append((up(i) + ".weight", [inner, hidden]))
            shapes.append((up(i) + ".bias", [inner]))
            shapes.append((down(i) + ".weight", [hidden, inner]))
            shapes.append((down(i) + ".bias", [hidden]))
        }
        return shapes
    }
}
