import Foundation

/// What somebody thinks of an answer.
public struct StoredFeedback: Sendable, Hashable {
    /// Whether it helped.
    public enum Rating: String, Sendable, Hashable, CaseIterable {
        case up, down
    }

    /// What was the matter with it.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case wrong, incomplete, outdated
        /// It told what should not have been told, or refused what should have been.
        case notAllowed = "not_allowed"
        case other
    }

    /// A UUID in lower case.
    public var id: String
    public var owner: Owner
    /// The answer's own id, if it has one.
    public var answer: String?
    /// Of the request that asked, as the response's header has it.
    public var request: String?
    public var question: String
    public var rating: Rating
    public var reason: Reason?
    /// At most ``commentLimit`` characters; empty for none.
    public var comment: String
    public var createdAt: Date

    /// Characters of a comment.
    public static let commentLimit = 2_000

    public init(
        id: String, owner: Owner, answer: String?, request: String?, question: String, rating: Rating,
        reason: Reason?, comment: String, createdAt: Date
    ) {
        self.id = id
        self.owner = owner
        self.answer = answer
        self.request = request
        self.question = question
        self.rating = rating
        self.reason = reason
        self.comment = comment
        self.createdAt = createdAt
    }

    /// Refuses names and sizes that no store keeps.
    public func check() throws(WorkspaceError) {
        try owner.check()
        try WorkspaceLimits.check(id, as: "feedback")
        for name in [answer, request].compactMap(\.self) { try WorkspaceLimits.check(name, as: "answer") }
        try WorkspaceLimits.check(
            question.utf8.count, of: "question", limit: WorkspaceLimits.textBytes)
        guard comment.count <= Self.commentLimit, comment.utf8.count <= 8 * Self.commentLimit else {
            throw .tooLarge(kind: "comment", bytes: comment.utf8.count, limit: Self.commentLimit)
        }
    }
}
