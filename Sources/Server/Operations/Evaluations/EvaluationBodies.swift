import Corpus
import JSONValue
import QA

/// The body of `POST /v1/evaluations/sets`.
struct EvaluationSetBody: RequestDocument {
    var name: String
    var values: [JSONValue]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case name, questions, lines
    }

    static let summary = "questions with what is known of their answers"

    static var schema: JSONSchema {
        let question = JSONSchema([
            "type": "object", "required": ["question"],
            "properties": [
                "question": ["type": "string", "minLength": 1],
                "id": ["type": "string"], "kind": ["type": "string"],
                "pages": ["type": "array", "items": ["type": "string"]],
                "answer": ["type": "string"], "unanswerable": ["type": "boolean"],
                "principals": ["type": "array", "items": ["type": "string"]],
            ],
        ]).described("as docs/evaluation.md tells; only what is asked and what answers it is needed")
            .named("EvaluationQuestion")
        let name = JSONSchema(["type": "string", "minLength": 1, "maxLength": 200])
        return .anyOf([
            .object(required: [
                "name": name, "questions": .list(of: question, count: 1...EvaluationQuestion.setLimit),
            ]),
            .object(required: [
                "name": name,
                "lines": JSONSchema.text.described("the same as JSON, one object a line"),
            ]),
        ]).named("EvaluationSetRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        guard (1...200).contains(name.utf8.count) else {
            throw RequestFault.invalidField(name: "name", reason: "must have 1 to 200 bytes")
        }
        let questions = try container.decodeIfPresent([JSONValue].self, forKey: .questions)
        let lines = try container.decodeIfPresent(String.self, forKey: .lines)
        guard (questions == nil) != (lines == nil) else {
            throw RequestFault.invalidField(
                name: "questions", reason: "is expected, or “lines” in its place, and not both")
        }
        values = try questions ?? Self.values(lines ?? "")
    }

    private static func values(_ text: String) throws -> [JSONValue] {
        var values: [JSONValue] = []
        for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains(where: { !$0.isWhitespace }) {
            do {
                values.append(try JSONValue(parsing: String(line)))
            } catch {
                throw RequestFault.invalidField(name: "lines", reason: "is no JSON in line \(place + 1)")
            }
        }
        return values
    }

    /// The questions as they are kept.
    ///
    /// - Parameter principals: who asks those that do not say.
    func lines(askedBy principals: [Principal]) throws -> String {
        do {
            return try EvaluationQuestion.completed(values, principals: principals)
        } catch QAError.unreadableQuestions(_, let line, let reason) {
            throw RequestFault.invalidField(
                name: line > 0 ? "questions[\(line - 1)]" : "questions",
                reason: "cannot be taken: \(reason.hasSuffix(".") ? String(reason.dropLast()) : reason)")
        }
    }
}

/// The body of `POST /v1/evaluations/runs`.
struct EvaluationRunBody: RequestDocument {
    struct Variant: Decodable, Sendable {
        var variant: EvaluationVariant

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case name, flow, settings
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
            variant = .asServed
            variant.name = try container.decode(String.self, forKey: .name)
            guard (1...200).contains(variant.name.utf8.count) else {
                throw RequestFault.invalidField(
                    name: "variants.name", reason: "must have 1 to 200 bytes")
            }
            variant.flow = try container.decodeIfPresent(String.self, forKey: .flow) ?? variant.flow
            variant.settings =
                try container.decodeIfPresent([String: Double].self, forKey: .settings) ?? [:]
            try variant.check()
        }
    }

    var set: String
    var variants: [EvaluationVariant]
    var half: EvaluationHalf?
    var limit: Int?
    var concurrency: Int

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case set, variants, half, limit, concurrency
    }

    static let summary = "a set, and by which settings it is asked"

    static var schema: JSONSchema {
        let settings = JSONSchema([
            "type": "object", "additionalProperties": false,
            "properties": .object(
                EvaluationVariant.allowed.mapValues { range in
                    [
                        "type": "number", "minimum": .number(range.lowerBound),
                        "maximum": .number(range.upperBound),
                    ]
                }),
        ])
        let variant = JSONSchema.request(
            required: ["name": JSONSchema(["type": "string", "minLength": 1, "maxLength": 200])],
            optional: [
                "flow": JSONSchema.text.standard(.string(QuestionAnswering.defaultFlow)),
                "settings": settings.described("of search, where they differ from those that are served"),
            ])
        return .request(
            required: ["set": .text],
            optional: [
                "variants": JSONSchema.list(of: variant, count: 1...8).described(
                    "one run each; without any, one as served"),
                "half": .choice(EvaluationHalf.allCases.map(\.rawValue)),
                "limit": .integer(in: 1...EvaluationQuestion.setLimit)
                    .described("only the first so many questions"),
                "concurrency": JSONSchema.integer(in: 1...8).standard(1).described(
                    "questions asked at once; 1 to measure latency"),
            ]
        ).named("EvaluationRunRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        set = try container.decode(String.self, forKey: .set)
        let given = try container.decodeIfPresent([Variant].self, forKey: .variants)
        variants = given?.map(\.variant) ?? [.asServed]
        guard (1...8).contains(variants.count) else {
            throw RequestFault.invalidField(
                name: "variants", reason: "has \(variants.count) values; 1 to 8 are taken")
        }
        if let name = try container.decodeIfPresent(String.self, forKey: .half) {
            guard let half = EvaluationHalf(rawValue: name) else {
                throw RequestFault.invalidField(name: "half", reason: "must be development or report")
            }
            self.half = half
        }
        limit = try container.wholeNumber(forKey: .limit)
        if let limit, !(1...EvaluationQuestion.setLimit).contains(limit) {
            throw RequestFault.invalidField(
                name: "limit", reason: "must be from 1 to \(EvaluationQuestion.setLimit)")
        }
        concurrency = try container.wholeNumber(forKey: .concurrency) ?? 1
        guard (1...8).contains(concurrency) else {
            throw RequestFault.invalidField(name: "concurrency", reason: "must be from 1 to 8")
        }
    }
}
