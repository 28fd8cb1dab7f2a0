import Models

/// The question with its passages, within a budget of tokens.
struct BuildPrompt: FlowComponent {
    static let type = "Prompt"
    static let summary = "Numbers the best passages and puts them with the question, within a token budget."
    static let inputs = [Port("question", .question), Port("passages", .passages)]
    static let outputs = [Port("prompt", .prompt)]
    static let parameters = [
        ParameterSpecification(
            name: "max_passage_tokens", allowed: 64...200_000, standard: 4_000, isInteger: true),
        ParameterSpecification(
            name: "max_answer_tokens", allowed: 16...16_000, standard: 800, isInteger: true),
        ParameterSpecification(name: "temperature", allowed: 0...1, standard: 0, isInteger: false),
    ]

    let builder: PromptBuilder

    init(settings: [String: Double], services: FlowServices) {
        builder = PromptBuilder(
            maxPassageTokens: Int(settings["max_passage_tokens"] ?? 4_000),
            maxAnswerTokens: Int(settings["max_answer_tokens"] ?? 800),
            temperature: settings["temperature"] ?? 0)
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let prepared = builder.prepare(try inputs.question("question"), try inputs.passages("passages"))
        context.note("passages", Double(prepared.passages.count))
        context.emit(.passages(prepared.passages))
        return ["prompt": .prompt(prepared)]
    }
}

/// Prompt to draft, word by word.
struct GenerateAnswer: FlowComponent {
    static let type = "Generate"
    static let summary = "Lets the configured model write the answer, and streams it."
    static let inputs = [Port("prompt", .prompt)]
    static let outputs = [Port("draft", .draft)]
    static let parameters: [ParameterSpecification] = []

    let generator: any Generator

    init(settings: [String: Double], services: FlowServices) {
        generator = services.generator
    }

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let prepared = try inputs.prompt("prompt")
        guard !prepared.passages.isEmpty else {
            let draft = Draft(text: "", stopReason: .noAnswer, prepared: prepared, generator: generator.name)
            return ["draft": .draft(draft)]
        }
        var text = ""
        var reason = StopReason.complete
        for try await event in generator.generate(prepared.prompt) {
            switch event {
            case .text(let piece):
                text += piece
                context.emit(.token(piece))
            case .finished(let stop, let inputTokens, let outputTokens):
                reason = stop
                if let inputTokens { context.note("input_tokens", Double(inputTokens)) }
                if let outputTokens { context.note("output_tokens", Double(outputTokens)) }
            }
        }
        return [
            "draft": .draft(
                Draft(text: text, stopReason: reason, prepared: prepared, generator: generator.name))
        ]
    }
}

/// Draft to checked answer.
struct CiteAnswer: FlowComponent {
    static let type = "Cite"
    static let summary =
        "Resolves each marker to its passage and checks that the passage bears the sentence out."
    static let inputs = [Port("draft", .draft)]
    static let outputs = [Port("answer", .answer)]
    static let parameters: [ParameterSpecification] = []

    init(settings: [String: Double], services: FlowServices) {}

    func run(_ inputs: FlowInputs, context: FlowContext) async throws -> [String: FlowValue] {
        let answer = CitationResolver().answer(try inputs.draft("draft"), question: context.question.text)
        context.note("citations", Double(answer.citations.count))
        return ["answer": .answer(answer)]
    }
}
