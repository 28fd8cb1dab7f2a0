import Concurrency
import Flow
import JSONValue
import Models

/// The calls of one model by one step of a run.
struct ModelSession: Sendable {
    let step: Step
    let model: LanguageModels.Model
    let meter: ModelMeter

    /// Bytes of an answer that are read at most.
    static let answerLimitBytes = 4 << 20

    init(_ step: Step, _ model: LanguageModels.Model) {
        self.step = step
        self.model = model
        meter = ModelMeter(step, model.price)
    }

    /// One answer, read to its end.
    ///
    /// - Parameter told: is given each piece of text as it comes, and holds the model up while it waits.
    /// - Throws: what the model or `told` throws, ``LanguageModelError/tooLong(component:model:limitBytes:)``, or
    ///   ``FlowError/budget(flow:_:limit:)`` when the run's tokens are used up.
    func answer(
        _ request: GenerationRequest, telling told: (String) async throws -> Void = { _ in }
    ) async throws -> ModelAnswer {
        // An answer that the run may not pay for is not asked for.
        if step.tokensLeft == 0 { try step.spend(tokens: 1) }
        var answer = ModelAnswer()
        var usage: TokenUsage?
        var bytes = 0
        func take(_ piece: String) async throws {
            bytes += piece.utf8.count
            answer.add(text: piece)
            try await told(piece)
        }
        for try await event in model.generator.generate(request) {
            switch event {
            case .text(let piece): try await take(piece)
            case .quotation(let quotation): try await take(quotation.text)
            case .reasoning(let thought):
                bytes += thought.text.utf8.count
                answer.parts.append(.reasoning(thought))
            case .toolCall(let call): answer.parts.append(.toolCall(call))
            case .usage(let counted): usage = counted
            case .intervened(let intervention):
                answer.intervention = intervention
                step.tell(intervention)
            case .finished(let reason): answer.stopReason = reason
            case .unanswered, .nearest, .confidence: continue
            }
            guard bytes <= Self.answerLimitBytes else {
                throw LanguageModelError.tooLong(
                    component: step.component, model: model.name, limitBytes: Self.answerLimitBytes)
            }
        }
        // A stream that ends because its reader was cancelled ends without an error.
        try Task.checkCancellation()
        try meter.count(usage ?? .estimated(request, answerBytes: bytes))
        return answer
    }

    /// One answer that is worked with, and not only shown: the words of a guardrail are none.
    ///
    /// - Throws: as ``answer(_:telling:)``, and ``LanguageModelError/withheld(component:model:_:)``.
    func wholeAnswer(_ request: GenerationRequest) async throws -> ModelAnswer {
        let answer = try await answer(request)
        guard let withheld = answer.withheld else { return answer }
        throw LanguageModelError.withheld(component: step.component, model: model.name, withheld)
    }
}

/// What a model answered, in its own order.
struct ModelAnswer: Sendable {
    var parts: [Message.Part] = []
    var stopReason = StopReason.complete
    /// What a guardrail did to it, where the provider tells.
    var intervention: GuardrailIntervention?

    /// Who kept the answer or a part of it back; `nil` for one that came whole.
    var withheld: GuardrailIntervention? {
        stopReason == .filtered ? intervention ?? GuardrailIntervention() : nil
    }

    mutating func add(text piece: String) {
        if case .text(let before)? = parts.last {
            parts[parts.count - 1] = .text(before + piece)
        } else {
            parts.append(.text(piece))
        }
    }

    var text: String {
        parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    var calls: [ToolCall] {
        parts.compactMap { if case .toolCall(let call) = $0 { call } else { nil } }
    }

    /// Whether nothing in it can be shown.
    var isBlank: Bool { text.allSatisfy(\.isWhitespace) }
}

extension TokenUsage {
    /// For a provider that counts nothing, so that a run's budget holds with it, too: a token every four bytes of
    /// text, a little more than English has.
    static func estimated(_ request: GenerationRequest, answerBytes: Int) -> TokenUsage {
        let asked = request.messages.reduce(0) { $0 + $1.parts.reduce(0) { $0 + $1.textBytes } }
        return TokenUsage(inputTokens: (asked + 3) / 4, outputTokens: (answerBytes + 3) / 4)
    }
}

extension Message.Part {
    fileprivate var textBytes: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .reasoning(let thought): thought.text.utf8.count
        case .toolCall(let call): (try? call.arguments.text())?.utf8.count ?? 0
        case .toolResult(let result):
            switch result.content {
            case .text(let text): text.utf8.count
            case .json(let value): (try? value.text())?.utf8.count ?? 0
            }
        case .grounding(let asked):
            asked.passages.reduce(asked.question.utf8.count) { $0 + $1.text.utf8.count }
        case .image: 0
        }
    }
}
