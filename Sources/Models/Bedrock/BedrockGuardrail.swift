import Transport

/// A guardrail of Bedrock, asked about texts that no model is asked about.
public struct BedrockGuardrail: Sendable {
    /// What it makes of a text.
    public enum Judgement: Sendable, Hashable {
        case passed
        /// The text with what was found replaced.
        case masked(String, GuardrailIntervention)
        /// What is to be shown in its place, in the guardrail's own words; `nil` where it has none.
        case blocked(String?, GuardrailIntervention)
    }

    private let runtime: BedrockRuntime
    private let guardrail: ConverseRequest.Guardrail
    private let meter: (any ModelUseMeter)?

    /// - Parameter meter: is told the units of each judgement, by policy.
    public init(
        _ runtime: BedrockRuntime, _ guardrail: ConverseRequest.Guardrail, meter: (any ModelUseMeter)? = nil
    ) {
        self.runtime = runtime
        self.guardrail = guardrail
        self.meter = meter
    }

    /// - Parameters:
    ///   - text: has a visible character.
    ///   - place: what the text is: each policy may look at either or both.
    /// - Throws: ``BedrockError``.
    public func judge(_ text: String, at place: GuardrailIntervention.Place) async throws -> Judgement {
        let verdict = try await runtime.applyGuardrail(
            guardrail, to: [(text, nil)], source: place == .question ? .input : .output)
        meter?.count(.guardrail(guardrail.identifier, GuardrailUnit.counts(in: verdict.usage)))
        guard verdict.hasIntervened else { return .passed }
        let intervention = GuardrailIntervention(guardrail, verdict, at: place)
        let words = verdict.outputs.joined(separator: "\n")
        return intervention.isBlocked || words.isEmpty
            ? .blocked(words.isEmpty ? nil : words, intervention) : .masked(words, intervention)
    }
}
