/// Scores passages by the cosine of their embeddings to the query's, −1…1.
///
/// It reads passages whole, where a search compares what was embedded of them, and serves with a model other
/// than the index's.
public struct EmbeddingReranker: Reranker {
    private let embedder: any Embedder

    public init(_ embedder: any Embedder) {
        self.embedder = embedder
    }

    public var name: String { "cosine of \(embedder.model.name)" }

    public func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        guard !passages.isEmpty else { return [] }
        try Task.checkCancellation()
        async let asked = embedder.embed([query], purpose: .query)
        let vectors = try await embedder.embed(passages, purpose: .passage)
        let questions = try await asked
        guard questions.count == 1 else { throw wrongCount(expected: 1, actual: questions.count) }
        guard vectors.count == passages.count else {
            throw wrongCount(expected: passages.count, actual: vectors.count)
        }
        return vectors.map { vector in
            Double(zip(questions[0], vector).reduce(Float(0)) { $0 + $1.0 * $1.1 })
        }
    }

    private func wrongCount(expected: Int, actual: Int) -> ModelsError {
        .wrongCount(model: embedder.model.name, expected: expected, actual: actual)
    }
}
