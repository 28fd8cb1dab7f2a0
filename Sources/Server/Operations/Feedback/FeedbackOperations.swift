import Foundation
import HTTPTypes
import Workspace

/// `/v1/feedback`: what people think of answers. Each sees and removes their own; administrators that of their tenant.
struct FeedbackOperations: Sendable {
    let store: any FeedbackStore
    var now: @Sendable () -> Date = { Date() }
    var freshID: @Sendable () -> String = { UUID().uuidString.lowercased() }

    var operations: [Operation] { [create, list, delete] }

    private var create: Operation {
        .scoped(
            .ask, "giveFeedback", .post, "/v1/feedback", summary: "what the caller thinks of an answer",
            section: "feedback", inputs: .json(FeedbackBody.self),
            responses: [.json(FeedbackDocument.self, status: 201, "it is kept")], problems: [.tooMany]
        ) { body, caller in
            let feedback = StoredFeedback(
                id: freshID(), owner: caller.owner, answer: body.answer, request: body.request,
                question: body.question, rating: body.rating, reason: body.reason, comment: body.comment,
                createdAt: now())
            try await store.add(feedback)
            return try .json(
                FeedbackDocument(feedback), status: .created, location: "/v1/feedback/\(feedback.id)")
        }
    }

    private var list: Operation {
        .scoped(
            .ask, "listFeedback", .get, "/v1/feedback",
            summary: "feedback, newest first: the caller's own, and everybody's for administrators",
            section: "feedback",
            inputs: Inputs.query("rating", .text, standard: "", "only this rating: up or down")
                .and(Inputs.query("cursor", .cursor, standard: .beginning, "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "entries a page")),
            responses: [.json(FeedbackDocument.List.self, "one page")],
            problems: [.invalidParameter, .noSuchThing]
        ) { input, caller in
            let ((written, cursor), limit) = input
            let rating = StoredFeedback.Rating(rawValue: written)
            guard written.isEmpty || rating != nil else {
                throw RequestFault.invalidParameter(name: "rating", expectation: "up or down")
            }
            let last = cursor.id.isEmpty ? nil : cursor.id
            let found =
                caller.has(.admin)
                ? try await store.feedback(
                    inTenant: caller.owner.tenant, rating: rating, before: last, limit: limit)
                : try await store.feedback(for: caller.owner, rating: rating, before: last, limit: limit)
            return try .json(
                FeedbackDocument.List(
                    feedback: found.map { FeedbackDocument($0) },
                    next: Nullable(wrappedValue: PageCursor.next(after: found.map(\.id), limit: limit))))
        }
    }

    private var delete: Operation {
        .scoped(
            .ask, "deleteFeedback", .delete, "/v1/feedback/{id}", summary: "feedback, gone",
            section: "feedback", inputs: .path("id", .text, "its id"),
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchThing]
        ) { id, caller in
            if caller.has(.admin) {
                try await store.delete(feedback: id, inTenant: caller.owner.tenant)
            } else {
                try await store.delete(feedback: id, for: caller.owner)
            }
            return APIResponse(status: .noContent)
        }
    }
}
