import Foundation
import Workspace

/// What somebody thinks of an answer.
struct FeedbackDocument: ResponseDocument {
    var id: String
    /// Whose it is.
    var owner: String
    @Nullable var answerID: String?
    @Nullable var requestID: String?
    var question: String
    var rating: String
    @Nullable var reason: String?
    var comment: String
    var createdAt: Date

    init(_ feedback: StoredFeedback) {
        id = feedback.id
        owner = feedback.owner.name
        answerID = feedback.answer
        requestID = feedback.request
        question = feedback.question
        rating = feedback.rating.rawValue
        reason = feedback.reason?.rawValue
        comment = feedback.comment
        createdAt = feedback.createdAt
    }

    static var schema: JSONSchema {
        .object(required: [
            "id": .text, "owner": .text, "answer_id": .text.orNull, "request_id": .text.orNull,
            "question": .text, "rating": .choice(StoredFeedback.Rating.allCases.map(\.rawValue)),
            "reason": JSONSchema.choice(StoredFeedback.Reason.allCases.map(\.rawValue)).orNull,
            "comment": .text, "created_at": .time,
        ]).named("Feedback")
    }

    struct List: ResponseDocument {
        var feedback: [FeedbackDocument]
        /// The cursor of the next page; null behind the last one.
        @Nullable var next: String?

        static var schema: JSONSchema {
            .object(required: [
                "feedback": .list(of: FeedbackDocument.schema), "next": JSONSchema.text.orNull,
            ]).named("FeedbackList")
        }
    }
}
