import QA

/// What became of one question.
struct EvaluationOutcomeDocument: ResponseDocument {
    struct Stage: Encodable, Sendable {
        var component: String
        var milliseconds: Double
    }

    var id: String
    var question: String
    var kind: String
    var isAnswerable: Bool
    var withheld: Bool
    var isRight: Bool
    var expectedPages: [String]
    @Nullable var expectedAnswer: String?
    var said: String
    @Nullable var confidence: Double?
    var firstPages: [String]
    var citedPages: [String]
    var problems: [String]
    var milliseconds: Double
    @Nullable var trace: String?
    var stages: [Stage]

    static var schema: JSONSchema {
        .object(required: [
            "id": .text, "question": .text, "kind": .text, "is_answerable": .flag, "withheld": .flag,
            "is_right": .flag, "expected_pages": .list(of: .text),
            "expected_answer": JSONSchema.text.orNull, "said": .text,
            "confidence": JSONSchema.number.orNull,
            "first_pages": JSONSchema.list(of: .text).described("of the hybrid search, ten at most"),
            "cited_pages": .list(of: .text),
            "problems": JSONSchema.list(of: .text).described("what went wrong, each in a sentence"),
            "milliseconds": .number,
            "trace": JSONSchema.text.orNull.described("for /v1/traces/{id}; it may be kept no longer"),
            "stages": .list(of: .object(required: ["component": .text, "milliseconds": .number])),
        ]).named("EvaluationOutcome")
    }

    init(_ outcome: EvaluationOutcome) {
        id = outcome.id
        question = outcome.question
        kind = outcome.kind
        isAnswerable = outcome.isAnswerable
        withheld = outcome.withheld
        isRight = outcome.isRight
        expectedPages = outcome.expectedPages
        _expectedAnswer = Nullable(wrappedValue: outcome.expectedAnswer)
        said = outcome.said
        _confidence = Nullable(wrappedValue: outcome.confidence)
        firstPages = outcome.firstPages
        var seen: Set<String> = []
        citedPages = outcome.passages.filter(\.isCited).map(\.page).filter { seen.insert($0).inserted }
        problems = outcome.problems
        milliseconds = outcome.milliseconds
        _trace = Nullable(wrappedValue: outcome.trace)
        stages = outcome.stages.map { Stage(component: $0.component, milliseconds: $0.milliseconds) }
    }
}

struct EvaluationOutcomeListDocument: ResponseDocument {
    var outcomes: [EvaluationOutcomeDocument]
    @Nullable var next: String?

    static var schema: JSONSchema {
        .object(required: [
            "outcomes": .list(of: EvaluationOutcomeDocument.schema), "next": JSONSchema.text.orNull,
        ]).named("EvaluationOutcomeList")
    }
}
