import Models

extension GuardrailIntervention {
    /// Who kept an answer or a part of it back, and why: ``json``, wherever it is published.
    static var schema: JSONSchema {
        .object(required: [
            "guardrail": JSONSchema.text.orNull.described(
                "its id or ARN; null for a filter of the model's provider"),
            "guardrail_version": JSONSchema.text.orNull,
            "policies": .list(of: .choice(Policy.allCases.map(\.rawValue)))
                .described("those at work, as far as the provider tells"),
            "places": .list(of: .choice(Place.allCases.map(\.rawValue)))
                .described("what it was found in"),
            "request_id": JSONSchema.text.orNull.described("the provider's, for its support"),
            "advice": JSONSchema.text.described("what to do about it"),
        ]).named("Withheld")
    }
}
