import Concurrency
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
                case .toolCall:
                    // No tools were given, so none can be called.
                    continue
                case .usage(let usage):
                    step.note("input_tokens", Double(usage.inputTokens))
                    step.note("output_tokens", Double(usage.outputTokens))
                    try step.spend(tokens: usage.inputTokens + usage.outputTokens)
                case .finished(let stop):
                    reason = stop
                }
            }
            // A stream that ends because its reader was cancelled ends without an error.
            try Task.checkCancellation()
        }
        step.send(
            Draft(text: text, stopReason: reason, prepared: prepared, generator: generator.name), to: draft)
    }
}
