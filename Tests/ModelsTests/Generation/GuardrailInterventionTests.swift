import JSONValue
import Models
import Testing

@Suite struct `What a guardrail did` {
    private static let members: Set = [
        "guardrail", "guardrail_version", "policies", "places", "request_id", "advice",
    ]

    @Test(arguments: [
        GuardrailIntervention(),
        GuardrailIntervention(
            guardrail: "gr1", version: "3", policies: [.topic, .word], places: [.answer],
            requestID: "aws-1"),
    ])
    func `is published with all of its members, and read again`(told: GuardrailIntervention) {
        #expect(Set(told.json.object.map { Array($0.keys) } ?? []) == Self.members)
        #expect(told.json["guardrail"] == (told.guardrail.map { .string($0) } ?? .null))
        #expect(told.json["guardrail_version"] == (told.version.map { .string($0) } ?? .null))
        #expect(told.json["request_id"] == (told.requestID.map { .string($0) } ?? .null))
        #expect(GuardrailIntervention(json: told.json) == told)
    }

    @Test func `is read as versions before this one kept it`() {
        let kept: JSONValue = ["policies": ["topic"], "places": [], "advice": "Ask."]
        #expect(GuardrailIntervention(json: kept) == GuardrailIntervention(policies: [.topic]))
    }
}
