import Flow
import Models

/// A message to the answer of a language model.
struct LanguageModel: Component {
    static let type = "LanguageModel"
    static let summary = "Lets a language model answer a message."

    let input: Input<ChatMessage>
    let system: OptionalInput<String>
    let history: InputList<[ChatMessage]>
    let model: Parameter<String>
    let systemMessage: Parameter<String>
    let temperature: Parameter<Double>
    let maxTokens: Parameter<Int>
    let stream: Parameter<Bool>
    let message: Output<ChatMessage>
    let models: LanguageModels

    init(_ declare: inout Declaration, models: LanguageModels) {
        self.models = models
        input = declare.input("input", "What the model answers.")
        system = declare.optionalInput(
            "system", "What the model is told to be and to do; goes before “system_message”.")
        history = declare.inputList("history", "What was said before, oldest first.")
        model = declare.model()
        systemMessage = declare.text("system_message", "", "What the model is told to be and to do.")
        temperature = declare.number(
            "temperature", 0.1, in: 0...1, "0 for the likeliest words; a model that takes none ignores it.")
        maxTokens = declare.maxTokens()
        stream = declare.flag("stream", true, "Whether the text is told while it is written.")
        message = declare.output(
            "message", "The answer. Its [1], [2], … stand for what the run's searches found.")
    }

    func run(_ step: Step) async throws {
        let asked = step[input].text
        guard !asked.trimmed.isEmpty else { throw LanguageModelError.nothingAsked(component: step.component) }
        let session = ModelSession(step, try models.model(step[model]))
        let offer = CallerOffer(step)
        var conversation = Conversation(
            system: [step[system] ?? step[systemMessage]], history: step[history].flatMap { $0 }, asked: asked
        )
        offer?.add(to: &conversation)
        var request = GenerationRequest(
            messages: conversation.messages, maxTokens: step[maxTokens] > 0 ? step[maxTokens] : nil,
            temperature: step[temperature])
        offer?.add(to: &request)
        let tells = step[stream]
        var text = CitedText(try? step.context.fact(RunSources.self))
        func tell(_ piece: String) async throws {
            if tells, !piece.isEmpty { try await step.emit(TextEmission(piece)) }
        }
        let answer = try await session.answer(request) { try await tell(text.take($0)) }
        try await tell(text.end())
        if let offer {
            if try offer.take(answer, saying: text.text, model: session.model.name) {
                step.send(text.message, to: message)
                return
            }
            try offer.checkDemand(answer, model: session.model.name)
        }
        guard !answer.isBlank else {
            if let withheld = answer.intervention, withheld.isBlocked {
                throw LanguageModelError.withheld(
                    component: step.component, model: session.model.name, withheld)
            }
            throw LanguageModelError.nothingWritten(
                component: step.component, model: session.model.name, reason: answer.stopReason)
        }
        if answer.stopReason == .maxTokens { step.note("cut", 1) }
        var told = text.message
        told.withheld = answer.withheld
        step.send(told, to: message)
    }
}

extension Declaration {
    /// The parameter that names a model.
    mutating func model() -> Parameter<String> {
        text("model", "", maxBytes: 512, "The name of a configured model; empty for the standard one.")
    }

    mutating func maxTokens() -> Parameter<Int> {
        integer(
            "max_tokens", 0, in: 0...1_000_000, unit: "tokens",
            "How long an answer may be; 0 for the model's own limit.")
    }
}
