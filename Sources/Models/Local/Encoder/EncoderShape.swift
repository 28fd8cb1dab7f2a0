/// The numbers and kinds that shape one encoder.
struct EncoderShape: Sendable, Equatable {
    /// Which checkpoint's names and which embeddings it has. All are post-norm encoders of equal layers.
    enum Family: String, Sendable {
        /// Positions from 0, token types.
        case bert
        /// Positions from 2, as RoBERTa and XLM-R count them; one token type.
        case roberta
        /// Positions from 2, no token types, and a bias by distance in attention, shared by all layers.
        case mpnet
    }

    /// What stands between the two products of the feed-forward part.
    enum Activation: String, Sendable {
        /// x Φ(x).
        case gelu
        /// x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
        case geluTanh = "gelu_new"
        case relu
    }

    var family = Family.bert
    var layers: Int
    var hidden: Int
    var heads: Int
    var intermediate: Int
    var vocabulary: Int
    /// Rows of the position table.
    var positions: Int
    /// Rows of the token type table; 0 if there is none.
    var types = 2
    /// What is added to a variance before its root is taken.
    var epsilon: Float = 1e-12
    var activation = Activation.gelu
    /// Rows of the table of biases by distance; 0 if there is none.
    var relativeBuckets = 0

    var headWidth: Int { hidden / heads }
    /// The row of the position table that the first token gets.
    var firstPosition: Int { family == .bert ? 0 : 2 }

    /// all-MiniLM-L6-v2.
    static let miniLM = EncoderShape(
        layers: 6, hidden: 384, heads: 12, intermediate: 1536, vocabulary: 30522, positions: 512)
}

/// One text, or a pair of them, as token ids.
struct EncoderInput: Sendable, Equatable {
    var ids: [Int32]
    /// Where the tokens of type 1 begin; `ids.count` if there are none.
    var secondStart: Int

    init(_ ids: [Int32], secondStart: Int? = nil) {
        (self.ids, self.secondStart) = (ids, secondStart ?? ids.count)
    }
}
