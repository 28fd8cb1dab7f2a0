import Flow
import Models

/// The question's vector.
struct EmbedQuestion: Component {
    static let type = "EmbedQuestion"
    static let summary = "The question as a vector, by the model that embedded the passages."
    let question: Input<Question>
    let vector: Output<QuestionVector>
    let embedder: any Embedder

    init(_ declare: inout Declaration, embedder: any Embedder) {
        self.embedder = embedder
        question = declare.input("question", "What is embedded.")
        vector = declare.output("vector", "One float a dimension of the model, of length 1.")
    }

    func run(_ step: Step) async throws {
        let parts = step[question].parts
        let texts = [step[question].text] + (parts.count > 1 ? parts : [])
        let vectors = try await embedder.embed(texts, purpose: .query)
        guard let first = vectors.first else { return }
        step.send(QuestionVector(floats: first, parts: Array(vectors.dropFirst())), to: vector)
    }
}
