import Foundation
import JSONValue
import Workspace

/// The body of `POST /v1/feedback`.
struct FeedbackBody: RequestDocument {
    var answer: String?
    var request: String?
    var question: String
    var rating: StoredFeedback.Rating
    var reason: StoredFeedback.Reason?
    var comment: String

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case answer = "answer_id"
        case request = "request_id"
        case question, rating, reason, comment
    }

    static let summary = "what somebody thinks of an answer"
    static let questionLimit = 8_000
    static let idLimitBytes = 200

    static var schema: JSONSchema {
        .request(
            required: [
                "question": JSONSchema(["type": "string", "maxLength": .integer(questionLimit)]),
                "rating": .choice(StoredFeedback.Rating.allCases.map(\.rawValue)),
            ],
            optional: [
                "answer_id": JSONSchema.text.described("the answer's id; it or “request_id” must be given"),
                "request_id": JSONSchema.text.described(
                    "the id of the request that asked, from its response"),
                "reason": .choice(StoredFeedback.Reason.allCases.map(\.rawValue)),
                "comment": JSONSchema([
                    "type": "string", "maxLength": .integer(StoredFeedback.commentLimit),
                ]),
            ]
        ).named("FeedbackRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys, limit: Int) throws -> String? {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard text.count <= limit else {
                throw RequestFault.invalidField(
                    name: key.stringValue, reason: "has \(text.count) characters; the limit is \(limit)")
            }
            return text
        }
        answer = try text(.answer, limit: Self.idLimitBytes).flatMap { $0.isEmpty ? nil : $0 }
        request = try text(.request, limit: Self.idLimitBytes).flatMap { $0.isEmpty ? nil : $0 }
        guard answer != nil || request != nil else {
            throw RequestFault.invalidField(
                name: "answer_id", reason: "is missing; give it or “request_id”")
        }
        question = try text(.question, limit: Self.questionLimit) ?? ""
        guard let rating: StoredFeedback.Rating = try container.choice(forKey: .rating) else {
            throw RequestFault.invalidField(name: "rating", reason: "is missing")
        }
        self.rating = rating
        reason = try container.choice(forKey: .reason)
        comment = try text(.comment, limit: StoredFeedback.commentLimit) ?? ""
        guard !question.isEmpty else {
            throw RequestFault.invalidField(name: "question", reason: "is missing or empty")
        }
    }
}
