import Foundation
import QA

/// A set of questions in a list.
struct EvaluationSetDocument: ResponseDocument {
    var id: String
    var name: String
    var isBuiltIn: Bool
    var questions: Int
    var answerable: Int
    var kinds: [String: Int]
    @Nullable var createdAt: Date?
    @Nullable var createdBy: String?

    static let fields: [String: JSONSchema] = [
        "id": .text, "name": .text,
        "is_built_in": JSONSchema.flag.described("comes with the server, and stays"),
        "questions": .integer, "answerable": .integer,
        "kinds": JSONSchema.map(to: .integer).described("questions by kind"),
        "created_at": JSONSchema.time.orNull, "created_by": JSONSchema.text.orNull,
    ]

    static var schema: JSONSchema { .object(required: fields).named("EvaluationSet") }

    init(_ set: EvaluationSets.Listed) {
        id = set.id
        name = set.name
        isBuiltIn = set.isBuiltIn
        questions = set.counts.questions
        answerable = set.counts.answerable
        kinds = set.counts.kinds
        _createdAt = Nullable(wrappedValue: set.createdAt)
        _createdBy = Nullable(wrappedValue: set.createdBy)
    }
}

struct EvaluationSetListDocument: ResponseDocument {
    var sets: [EvaluationSetDocument]

    static var schema: JSONSchema {
        .object(required: ["sets": .list(of: EvaluationSetDocument.schema)]).named("EvaluationSetList")
    }
}

/// A set with its questions.
struct EvaluationSetContentDocument: ResponseDocument {
    struct Item: Encodable, Sendable {
        var id: String
        var question: String
        var kind: String
        var pages: [String]
        @Nullable var answer: String?
        var half: String
        @Nullable var language: String?
    }

    private var set: EvaluationSetDocument
    private var items: [Item]

    private enum CodingKeys: String, CodingKey {
        case items
    }

    static var schema: JSONSchema {
        let item = JSONSchema.object(required: [
            "id": .text, "question": .text, "kind": .text, "pages": .list(of: .text),
            "answer": JSONSchema.text.orNull, "half": .choice(EvaluationHalf.allCases.map(\.rawValue)),
            "language": JSONSchema.text.orNull,
        ])
        return .object(
            required: EvaluationSetDocument.fields.merging(["items": .list(of: item)]) { first, _ in first }
        ).named("EvaluationSetContent")
    }

    init(_ opened: EvaluationSets.Opened) {
        set = EvaluationSetDocument(EvaluationSets.Listed(opened))
        items = opened.questions.map {
            Item(
                id: $0.id, question: $0.question, kind: $0.kind, pages: $0.pages,
                answer: Nullable(wrappedValue: $0.answer), half: $0.half.rawValue,
                language: Nullable(wrappedValue: $0.language))
        }
    }

    func encode(to encoder: any Encoder) throws {
        try set.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
    }
}
