import Models

/// Vectors of questions that several processes share, behind each one's own ``EmbeddingCache``.
///
/// A vector depends on model and text alone: whoever asks the same is given the same, whatever they may read.
public protocol SharedQuestionVectors: Sendable {
    /// It answers soon, whatever holds it up: a question waits for it.
    ///
    /// - Returns: what is known of `texts`, each as `model` embeds questions; nothing when it cannot be told.
    func vectors(of texts: [String], model: EmbeddingModel) async -> [String: [Float]]

    /// Keeps vectors as far as it can.
    func keep(_ vectors: [(text: String, vector: [Float])], model: EmbeddingModel) async
}
