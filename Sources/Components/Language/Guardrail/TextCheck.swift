import Models

/// What a managed service makes of a text.
public enum TextVerdict: Sendable, Hashable {
    case passed
    /// The text with what must not be in it replaced, and why.
    case masked(String, GuardrailIntervention)
    /// The service's own words for whoever wrote or waits for the text, where it has some, and why.
    case refused(words: String?, GuardrailIntervention)
}

/// Whether a text was written to a model or by one: a service may look for other things in either.
public enum TextSide: String, Sendable, Hashable, CaseIterable {
    case question, answer
}

/// A check of texts outside of this process, such as a guardrail of a model's provider.
public protocol TextCheck: Sendable {
    /// - Throws: when the text was not looked at: it does not go on then.
    func verdict(on text: String, from side: TextSide) async throws -> TextVerdict
}
