import Corpus
import QA

/// A question as `POST /v1/ask` takes it, and as the input of a flow.
struct QuestionBody: Decodable, Sendable {
    var question: String
    var conversation: [Question.Turn]
    var filters: FiltersBody
    var topK: Int?

    /// Turns that a conversation may have.
    static let turnLimit = 50

    enum CodingKeys: String, CodingKey, CaseIterable {
        case question, conversation, filters
        case topK = "top_k"
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
    }

    /// The question of `reader`, its limits checked.
    func question(reader: Reader) throws(QAError) -> Question {
        let filter = filters.filter(reader: reader)
        guard let topK else { return try Question(question, conversation: conversation, filter: filter) }
        return try Question(question, conversation: conversation, filter: filter, topK: topK)
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
struct AskBody: Decodable, Sendable {
    var question: QuestionBody
    var stream: Bool

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case question, conversation, filters
        case topK = "top_k"
        case stream
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream) ?? false
        question = try QuestionBody(decoder.container(keyedBy: QuestionBody.CodingKeys.self))
    }
}

/// The body of `POST /v1/flows/{name}/run`.
struct FlowRunBody: Decodable, Sendable {
    var input: QuestionBody
    var stream: Bool

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case input, stream
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        input = try container.decode(QuestionBody.self, forKey: .input)
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream) ?? false
    }
}
