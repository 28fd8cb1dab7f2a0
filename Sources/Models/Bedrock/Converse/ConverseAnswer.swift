import Concurrency
import JSONValue
import Transport

/// One answer of Converse under way.
final class ConverseAnswer {
    private var events: PulledSequence<ConverseEvent>.AsyncIterator
    private let requestID: String
    private let guardrail: ConverseRequest.Guardrail?
    /// The answer is the input of a call. A model that thinks cannot be made to call, and may write its data as text.
    private let isStructured: Bool
    private let meter: (any ModelUseMeter)?
    /// What such a model wrote.
    private var written = ""
    private var hasCalls = false
    private var stopReason: String?
    private var trace: JSONValue?
    /// What is told at the end.
    private var ending: [GenerationEvent] = []
    private var isFinished = false

    init(
        _ events: PulledSequence<ConverseEvent>, requestID: String, guardrail: ConverseRequest.Guardrail?,
        isStructured: Bool, meter: (any ModelUseMeter)?
    ) {
        self.events = events.makeAsyncIterator()
        self.requestID = requestID
        self.guardrail = guardrail
        self.isStructured = isStructured
        self.meter = meter
    }

    func next() async throws -> GenerationEvent? {
        while !isFinished {
            switch try await nextEvent() {
            case .text(let text) where isStructured: written += text
            case .text(let text) where text.isEmpty: continue
            case .text(let text): return .text(text)
            case .toolUse(let use):
                // Of several calls the first is the answer.
                if isStructured, hasCalls { continue }
                hasCalls = true
                guard isStructured else {
                    return .toolCall(ToolCall(id: use.toolUseId, name: use.name, arguments: use.input))
                }
                return .text(try use.input.text())
            case .reasoning(let thought):
                return .reasoning(
                    Reasoning(
                        text: thought.text, signature: thought.signature, redacted: thought.redacted))
            case .guardrail(let told):
                trace = told
                count(told)
            case .stop(let reason): stopReason = reason
            case .usage(let counts):
                return .usage(TokenUsage(counts))
            case nil:
                isFinished = true
                ending = try end()
            }
        }
        return ending.isEmpty ? nil : ending.removeFirst()
    }

    /// Counts what the guardrail looked at, whether it stepped in or not.
    private func count(_ trace: JSONValue) {
        guard let meter, let guardrail, let units = GuardrailUnit.counts(inTrace: trace) else { return }
        meter.count(.guardrail(guardrail.identifier, units))
    }

    private func nextEvent() async throws -> ConverseEvent? {
        do {
            return try await events.next()
        } catch {
            isFinished = true
            throw error
        }
    }

    private func end() throws -> [GenerationEvent] {
        if Task.isCancelled { throw BedrockError.transport(.cancelled) }
        guard let stopReason else {
            throw BedrockError.unexpectedResponse(
                operation: "ConverseStream", reason: "it ended without a messageStop event",
                requestID: requestID)
        }
        let intervention = intervention(stopReason)
        var events: [GenerationEvent] = []
        if isStructured, !hasCalls, !written.isEmpty {
            // Words of a guardrail are shown as they are.
            let isData = intervention?.isBlocked != true
            events.append(.text(isData ? JSONInText.found(in: written)?.text ?? written : written))
        }
        if let intervention { events.append(.intervened(intervention)) }
        return events + [.finished(meaning(of: stopReason, intervention))]
    }

    private func intervention(_ reason: String) -> GuardrailIntervention? {
        switch reason {
        case "guardrail_intervened": GuardrailIntervention(guardrail, trace: trace, requestID: requestID)
        case "content_filtered":
            GuardrailIntervention(
                policies: [.content], places: [.answer], requestID: requestID == "unknown" ? nil : requestID)
        default: nil
        }
    }

    private func meaning(of reason: String, _ intervention: GuardrailIntervention?) -> StopReason {
        switch reason {
        case "max_tokens", "model_context_window_exceeded": .maxTokens
        // What is masked is an answer still.
        case "guardrail_intervened" where intervention?.isBlocked == false:
            hasCalls && !isStructured ? .toolCalls : .complete
        case "guardrail_intervened", "content_filtered": .filtered
        case "tool_use": isStructured ? .complete : .toolCalls
        case "stop_sequence": .stopSequence
        default: .complete
        }
    }
}

extension TokenUsage {
    fileprivate init(_ counts: ConverseUsage) {
        self.init(
            inputTokens: counts.inputTokens, outputTokens: counts.outputTokens,
            cacheReadTokens: counts.cacheReadInputTokens ?? 0,
            cacheWriteTokens: counts.cacheWriteInputTokens ?? 0)
    }
}
