import JSONValue

/// What a guardrail of Bedrock is paid for, as AWS counts it: texts in units of 1,000 characters, by the policy that looked
/// at them.
public enum GuardrailUnit: String, Sendable, Hashable, CaseIterable {
    case topic
    case content
    /// Images, one by one.
    case image
    /// Words and phrases, which are free.
    case word
    /// Kinds of personal data.
    case sensitiveInformation = "sensitive_information"
    /// Patterns of one's own, which are free.
    case pattern
    case grounding
    case reasoning

    /// The member of AWS's usage that counts it.
    private var member: String {
        switch self {
        case .topic: "topicPolicyUnits"
        case .content: "contentPolicyUnits"
        case .image: "contentPolicyImageUnits"
        case .word: "wordPolicyUnits"
        case .sensitiveInformation: "sensitiveInformationPolicyUnits"
        case .pattern: "sensitiveInformationPolicyFreeUnits"
        case .grounding: "contextualGroundingPolicyUnits"
        case .reasoning: "automatedReasoningPolicyUnits"
        }
    }

    /// Out of what ApplyGuardrail tells of its use; kinds of which there was nothing are left out.
    static func counts(in usage: JSONValue?) -> [GuardrailUnit: Int] {
        var counts: [GuardrailUnit: Int] = [:]
        for unit in allCases {
            let count = ModelUse.believed(usage?[unit.member]?.integer ?? 0)
            if count > 0 { counts[unit] = count }
        }
        return counts
    }

    /// Out of what Converse's trace tells: the sum over what was asked and what was answered.
    ///
    /// - Returns: `nil` where the trace tells of no use.
    static func counts(inTrace trace: JSONValue) -> [GuardrailUnit: Int]? {
        let asked = (trace["inputAssessment"]?.object ?? [:]).values.map { $0 }
        let answered = (trace["outputAssessments"]?.object ?? [:]).values.flatMap { $0.array ?? [$0] }
        let told = (asked + answered).compactMap { $0["invocationMetrics"]?["usage"] }
        guard !told.isEmpty else { return nil }
        return told.map { counts(in: $0) }.reduce(into: [:]) { sum, counts in
            sum.merge(counts) { ModelUse.believed($0 + $1) }
        }
    }
}
