import JSONValue

/// What a guardrail, or a filter of the model's provider, did to an answer, and why.
///
/// It tells which policies were at work, and never what they found: that may be the very thing they keep back.
public struct GuardrailIntervention: Sendable, Hashable {
    /// What a guardrail looks for, in Bedrock's kinds.
    public enum Policy: String, Sendable, Hashable, CaseIterable, Codable {
        /// A topic that is denied.
        case topic
        /// Hate, violence, insults, an attack on the prompt, and the like.
        case content
        case word
        /// Personal data and patterns.
        case sensitiveInformation = "sensitive_information"
        /// An answer that the passages do not bear out, or that is beside the question.
        case grounding
    }

    /// What it was found in.
    public enum Place: String, Sendable, Hashable, CaseIterable, Codable {
        /// The question and all that was sent with it.
        case question
        case answer
    }

    /// Id or ARN; `nil` for a filter that the provider keeps itself.
    public var guardrail: String?
    public var version: String?
    /// In the order of the kinds; empty where the provider does not tell.
    public var policies: [Policy]
    /// Empty where the provider does not tell.
    public var places: [Place]
    /// The provider's id of the request; `nil` where it tells none.
    public var requestID: String?
    /// Whether the answer was kept back. Else what was found in it is masked, and the rest of it stands.
    public var isBlocked: Bool

    public init(
        guardrail: String? = nil, version: String? = nil, policies: [Policy] = [], places: [Place] = [],
        requestID: String? = nil, isBlocked: Bool = true
    ) {
        self.guardrail = guardrail
        self.version = version
        self.policies = policies
        self.places = places
        self.requestID = requestID
        self.isBlocked = isBlocked
    }

    /// What to do about it.
    public var advice: String {
        guard guardrail != nil else { return "Ask in other words, or let another model answer." }
        switch policies.first {
        case .topic:
            return "Ask about something else, or take the topic from those that the guardrail denies."
        case .content: return "Ask in other words, or lower the strength of the guardrail's content filters."
        case .word: return "Ask without that word, or take it from the guardrail's list."
        case .sensitiveInformation:
            return "Leave personal data out, or have the guardrail mask them instead of blocking."
        case .grounding:
            return "Ask more precisely, or lower the thresholds of the guardrail's grounding check."
        case nil:
            return "Ask in other words, or look the request up in the guardrail's trace."
        }
    }
}

extension GuardrailIntervention: CustomStringConvertible {
    /// What happened and what to do, for whoever runs the server.
    public var description: String {
        let who = guardrail.map { "The guardrail \($0)" + (version.map { " (version \($0))" } ?? "") }
        let kinds = policies.map { $0.rawValue.replacing("_", with: " ") }.joined(separator: ", ")
        let by = kinds.isEmpty ? "" : " by its policy for \(kinds)"
        let place = places.map(\.rawValue).joined(separator: " and ")
        let at = place.isEmpty ? "" : " at the \(place)"
        let request = requestID.map { " (request id \($0))" } ?? ""
        return """
            \(who ?? "A filter of the model's provider") \(isBlocked ? "withheld" : "masked a part of") the answer\
            \(by)\(at)\(request). \(advice)
            """
    }
}

extension GuardrailIntervention {
    /// As everything that publishes one writes it: all members are there, and null where the provider tells nothing.
    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "guardrail": text(guardrail), "guardrail_version": text(version),
            "policies": .array(policies.map { .string($0.rawValue) }),
            "places": .array(places.map { .string($0.rawValue) }), "request_id": text(requestID),
            "advice": .string(advice),
        ]
    }

    /// `nil` for what was not written by ``json``.
    public init?(json: JSONValue) {
        guard let policies = json["policies"]?.array, let places = json["places"]?.array else { return nil }
        self.init(
            guardrail: json["guardrail"]?.string, version: json["guardrail_version"]?.string,
            policies: policies.compactMap { $0.string.flatMap(Policy.init) },
            places: places.compactMap { $0.string.flatMap(Place.init) },
            requestID: json["request_id"]?.string)
    }
}
