import Corpus
import JSONValue
import QA

/// A question as `POST /v1/ask` takes it, and as the input of a flow.
struct QuestionBody: RequestDocument {
    var question: String
    var conversation: [Question.Turn]
    var filters: FiltersBody
    var topK: Int?
    var minConfidence: Double?

    /// Turns that a conversation may have.
    static let turnLimit = 50

    static let summary = "a question, with what was said before it"

    static var schema: JSONSchema {
        .request(required: required, optional: optional).named("Question")
    }

    fileprivate static var required: [String: JSONSchema] {
        [
            "question": JSONSchema([
                "type": "string", "minLength": 1, "maxLength": .integer(Question.byteLimit),
                "description": "with at least one letter or digit; the limit is in bytes of UTF-8",
            ])
        ]
    }

    fileprivate static var optional: [String: JSONSchema] {
        [
            "conversation": .list(
                of: .request(required: ["question": .text, "answer": .text]).named("Turn"),
                count: 0...turnLimit
            ).described("earlier turns, oldest first"),
            "filters": FiltersBody.schema,
            "top_k": .integer(in: 1...50).described(
                "passages found for the answer; a model that writes is given those beside them too"
            ).standard(8),
            "min_confidence": JSONSchema(["type": "number", "minimum": 0, "maximum": 1]).described(
                "how sure an answer must be to be given; without it the generator's own measure"),
        ]
    }

    fileprivate static var stream: JSONSchema {
        JSONSchema.flag.described("whether events are sent instead of one object").standard(false)
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case question, conversation, filters
        case topK = "top_k"
        case minConfidence = "min_confidence"
    }

    init(from decoder: any Decoder) throws {
        try self.init(decoder.strictContainer(keyedBy: CodingKeys.self))
    }

    fileprivate init(_ container: KeyedDecodingContainer<CodingKeys>) throws {
        question = try container.decode(String.self, forKey: .question)
        let turns = try container.decodeIfPresent([TurnBody].self, forKey: .conversation) ?? []
        guard turns.count <= Self.turnLimit else {
            throw RequestFault.invalidField(
                name: "conversation", reason: "has \(turns.count) turns; the limit is \(Self.turnLimit)")
        }
        conversation = turns.map { Question.Turn(question: $0.question, answer: $0.answer) }
        filters = try container.decodeIfPresent(FiltersBody.self, forKey: .filters) ?? FiltersBody()
        topK = try container.wholeNumber(forKey: .topK)
        minConfidence = try container.decodeIfPresent(Double.self, forKey: .minConfidence)
    }

    /// The question, its limits checked.
    func checked() throws(QAError) -> Question {
        let filter = filters.filter
        guard let topK else {
            return try Question(
                question, conversation: conversation, filter: filter, requiredConfidence: minConfidence)
        }
        return try Question(
            question, conversation: conversation, filter: filter, topK: topK,
            requiredConfidence: minConfidence)
    }
}

private struct TurnBody: Decodable {
    var question: String
    var answer: String

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case question, answer
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        question = try container.decode(String.self, forKey: .question)
        answer = try container.decode(String.self, forKey: .answer)
    }
}

/// The body of `POST /v1/ask`: a question, and whether the answer is wanted as events.
struct AskBody: RequestDocument {
    var question: QuestionBody
    var stream: Bool

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case question, conversation, filters
        case topK = "top_k"
        case minConfidence = "min_confidence"
        case stream
    }

    static let summary = QuestionBody.summary

    static var schema: JSONSchema {
        .request(
            required: QuestionBody.required,
            optional: QuestionBody.optional.merging(["stream": QuestionBody.stream]) { first, _ in first }
        ).named("AskRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream) ?? false
        question = try QuestionBody(decoder.container(keyedBy: QuestionBody.CodingKeys.self))
    }
}

/// The body of `POST /v1/flows/{name}/run`.
struct FlowRunBody: RequestDocument {
    var input: QuestionBody
    var stream: Bool

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case input, stream
    }

    static let summary = "what the flow is asked"

    static var schema: JSONSchema {
        .request(required: ["input": QuestionBody.schema], optional: ["stream": QuestionBody.stream])
            .named("FlowRunRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        input = try container.decode(QuestionBody.self, forKey: .input)
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream) ?? false
    }
}
