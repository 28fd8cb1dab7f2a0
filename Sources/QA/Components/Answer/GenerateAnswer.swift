import Flow
import Models

/// Prompt to draft, piece by piece.
struct GenerateAnswer: Component {
    static let type = "Generate"
    static let summary = "Lets the configured model write the answer, and streams it."
    let prompt: Input<PreparedPrompt>
    let draft: Output<Draft>
    let generator: any Generator

    init(_ declare: inout Declaration, generator: any Generator) {
        self.generator = generator
        prompt = declare.input("prompt", "Question and passages.")
        draft = declare.output("draft", "What the model wrote, with its markers.")
    }

    func run(_ step: Step) async throws {
        let prepared = step[prompt]
        var text = ""
        var reason = prepared.passages.isEmpty ? StopReason.noAnswer : .complete
        if !prepared.passages.isEmpty {
            for try await event in generator.generate(prepared.prompt) {
                switch event {
                case .text(let piece):
                    text += piece
                    // Waits while whoever reads is behind, so that the model is not read faster than its reader.
                    try await step.emit(TokenEmission(text: piece))
                case .finished(let stop, let inputTokens, let outputTokens):
                    reason = stop
                    if let inputTokens { step.note("input_tokens", Double(inputTokens)) }
                    if let outputTokens { step.note("output_tokens", Double(outputTokens)) }
                    try step.spend(tokens: (inputTokens ?? 0) + (outputTokens ?? 0))
                }
            }
            // A stream that ends because its reader was cancelled ends without an error.
            try Task.checkCancellation()
        }
        step.send(
            Draft(text: text, stopReason: reason, prepared: prepared, generator: generator.name), to: draft)
    }
}
