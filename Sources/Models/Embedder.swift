/// What must be known of an embedding model to store its vectors and to refuse another's.
public struct EmbeddingModel: Sendable, Hashable, Codable {
    /// The name under which embeddings are kept, for example `all-MiniLM-L6-v2`. Two models whose
    /// vectors may not be mixed never share one.
    public var name: String
    /// Floats in a vector.
    public var dimension: Int
    /// Tokens of a text that the model reads; what follows is not seen.
    public var maxTokens: Int

    public init(name: String, dimension: Int, maxTokens: Int) {
        self.name = name
        self.dimension = dimension
        self.maxTokens = maxTokens
    }
}

/// What a text is embedded for. Some models (Cohere's, say) embed a question unlike a passage.
public enum EmbeddingPurpose: Sendable {
    case passage, query
}

/// Texts to unit vectors.
public protocol Embedder: Sendable {
    var model: EmbeddingModel { get }

    /// - Returns: one vector a text, in order; each has `model.dimension` floats and length 1.
    /// - Throws: ``ModelsError``, or the transport's error when the model is remote.
    func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]]
}
