import JSONValue
import Transport

extension GuardrailIntervention {
    /// Out of what Bedrock tells of a guardrail that stepped in.
    ///
    /// - Parameter trace: `nil` where it told nothing: the answer counts as withheld then.
    init(_ guardrail: ConverseRequest.Guardrail?, trace: JSONValue?, requestID: String) {
        let question = (trace?["inputAssessment"]?.object ?? [:]).values.map { $0 }
        let answer = (trace?["outputAssessments"]?.object ?? [:]).values.flatMap { $0.array ?? [$0] }
        var found = Findings()
        var places: [Place] = []
        if found.take(question) { places.append(.question) }
        if found.take(answer) { places.append(.answer) }
        self.init(
            guardrail: guardrail?.identifier, version: guardrail?.version,
            policies: Policy.allCases.filter(found.policies.contains), places: places,
            requestID: requestID == "unknown" ? nil : requestID,
            isBlocked: found.isBlocked || found.policies.isEmpty)
    }

    /// Out of what ApplyGuardrail tells.
    init(_ guardrail: ConverseRequest.Guardrail, _ verdict: GuardrailVerdict, at place: Place) {
        var found = Findings()
        _ = found.take(verdict.assessments)
        self.init(
            guardrail: guardrail.identifier, version: guardrail.version,
            policies: Policy.allCases.filter(found.policies.contains), places: [place],
            requestID: verdict.requestID == "unknown" ? nil : verdict.requestID,
            isBlocked: found.isBlocked || found.policies.isEmpty)
    }

    /// What the policies of a guardrail did, by its assessments.
    private struct Findings {
        var policies: Set<Policy> = []
        var isBlocked = false

        private static let kinds: [(name: String, policy: Policy)] = [
            ("topicPolicy", .topic), ("contentPolicy", .content), ("wordPolicy", .word),
            ("sensitiveInformationPolicy", .sensitiveInformation),
            ("contextualGroundingPolicy", .grounding),
        ]

        /// - Returns: whether a policy did something.
        mutating func take(_ assessments: [JSONValue]) -> Bool {
            var isFound = false
            for assessment in assessments {
                for (name, policy) in Self.kinds {
                    // Each has lists of its own, of items that say what was done about them.
                    let items = (assessment[name]?.object ?? [:]).values.flatMap { $0.array ?? [] }
                    let actions = items.compactMap { $0["action"]?.string }.filter { $0 != "NONE" }
                    guard !actions.isEmpty else { continue }
                    policies.insert(policy)
                    isFound = true
                    isBlocked = isBlocked || actions.contains("BLOCKED")
                }
            }
            return isFound
        }
    }
}
