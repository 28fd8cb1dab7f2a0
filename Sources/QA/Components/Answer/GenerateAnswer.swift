import Components
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
    let price: ModelPrice?

    init(_ declare: inout Declaration, generator: any Generator, price: ModelPrice?) {
        (self.generator, self.price) = (generator, price)
        prompt = declare.input("prompt", "Question and passages.")
        draft = declare.output("draft", "What the model wrote, with its markers.")
    }

    func run(_ step: Step) async throws {
        let prepared = step[prompt]
        var told = ToldAnswer(passages: prepared.passages.count)
        var unanswered: [String] = []
        var nearest: [Quotation] = []
        var confidence: Double?
        var usage: TokenUsage?
        var intervention: GuardrailIntervention?
        var reason = prepared.passages.isEmpty ? StopReason.noAnswer : .complete
        if !prepared.passages.isEmpty {
            for try await event in generator.generate(prepared.prompt) {
                // Each waits while whoever reads is behind, so that the model is not read faster than its reader.
                switch event {
                case .text(let piece): try await emit(told.take(piece), step)
                case .quotation(let quotation): try await emit(told.take(quotation), step)
                case .unanswered(let part): unanswered.append(part)
                case .nearest(let quotation): nearest.append(quotation)
                case .confidence(let probability): confidence = probability
                case .toolCall, .reasoning:
                    // No tools were given, so none can be called; what a model thought is no answer.
                    continue
                case .intervened(let told):
                    intervention = told
                    step.tell(told)
                case .usage(let counted):
                    usage = counted
                    step.note("input_tokens", Double(counted.inputTokens))
                    step.note("output_tokens", Double(counted.outputTokens))
                    try step.spend(tokens: counted.inputTokens + counted.outputTokens)
                case .finished(let stop):
                    reason = stop
                }
            }
            try await emit(told.end(), step)
            // A stream that ends because its reader was cancelled ends without an error.
            try Task.checkCancellation()
        }
        if let confidence { step.note("confidence", confidence) }
        let cost = usage.flatMap { price?.cost(of: $0) }
        if let cost { step.note("dollars", cost) }
        step.send(
            Draft(
                pieces: told.pieces, unanswered: unanswered, nearest: nearest, confidence: confidence,
                stopReason: reason, intervention: intervention, prepared: prepared,
                generator: generator.name, usage: usage, cost: cost), to: draft)
    }

    private func emit(_ pieces: [ToldAnswer.Piece], _ step: Step) async throws {
        for piece in pieces {
            switch piece {
            case .text(let text): try await step.emit(TokenEmission(text: text))
            case .citation(let number, let passage):
                try await step.emit(CitationEmission(number: number, passage: passage))
            }
        }
    }
}
