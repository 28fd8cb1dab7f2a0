import FlowService
import Foundation
import HTTPTypes
import Workspace

/// `/v1/conversations`: what the caller and flows have said to each other.
///
/// A conversation is found by caller, flow and session together. Another caller's is not there.
struct ConversationOperations: Sendable {
    let service: FlowService

    private typealias Place = (flow: String, session: String)

    private static let place = Inputs.path("flow", .text, "the flow's id").and(
        Inputs.path("session", .text, "the session's name"))

    private func key(_ place: (String, String), _ caller: Caller) -> ConversationKey {
        ConversationKey(owner: caller.owner, flow: place.0, session: place.1)
    }

    var operations: [Operation] { [list, show, rename, delete] }

    private var list: Operation {
        .scoped(
            .ask, "listConversations", .get, "/v1/conversations",
            summary: "the caller's conversations, the latest first", section: "conversations",
            inputs: Inputs.query("flow", .text, standard: "", "only conversations with this flow")
                .and(Inputs.query("limit", .integer(in: 1...200), standard: 50, "how many at most")),
            responses: [.json(ConversationDocument.List.self, "the conversations")]
        ) { input, caller in
            let (flow, limit) = input
            let found = try await service.store.conversations(
                for: caller.owner, flow: flow.isEmpty ? nil : flow, after: nil, limit: limit)
            return try .json(
                ConversationDocument.List(conversations: found.map { ConversationDocument($0) }))
        }
    }

    private var show: Operation {
        .scoped(
            .ask, "getConversation", .get, "/v1/conversations/{flow}/{session}",
            summary: "what was said in a conversation, oldest first", section: "conversations",
            inputs: Self.place
                .and(Inputs.query("before", .text, standard: "", "“previous” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "messages a page")),
            responses: [.json(StoredMessageDocument.List.self, "one page of messages")],
            problems: [.noSuchConversation, .noSuchThing]
        ) { input, caller in
            try await messages(of: key(input.0.0, caller), before: input.0.1, limit: input.1)
        }
    }

    private func messages(
        of key: ConversationKey, before: String, limit: Int
    ) async throws -> APIResponse {
        _ = try await service.store.conversation(key)
        let messages = try await service.store.messages(
            of: key, before: before.isEmpty ? nil : before, limit: limit)
        let previous = messages.count == limit ? messages.first?.id : nil
        return try .json(
            StoredMessageDocument.List(
                messages: messages.map { StoredMessageDocument($0) },
                previous: Nullable(wrappedValue: previous)))
    }

    private var rename: Operation {
        .scoped(
            .ask, "renameConversation", .patch, "/v1/conversations/{flow}/{session}",
            summary: "another name for a conversation", section: "conversations",
            inputs: Self.place.and(.json(ConversationTitleBody.self)),
            responses: [.json(ConversationDocument.self, "the conversation")],
            problems: [.noSuchConversation]
        ) { input, caller in
            let (place, body) = input
            let key = self.key(place, caller)
            try await service.store.rename(key, title: body.title)
            return try .json(ConversationDocument(try await service.store.conversation(key)))
        }
    }

    private var delete: Operation {
        .scoped(
            .ask, "deleteConversation", .delete, "/v1/conversations/{flow}/{session}",
            summary: "a conversation, gone with all that was said in it", section: "conversations",
            inputs: Self.place,
            responses: [ResponseDeclaration(status: 204, summary: "it is gone", content: .none)],
            problems: [.noSuchConversation]
        ) { place, caller in
            let key = self.key(place, caller)
            _ = try await service.store.conversation(key)
            try await service.store.delete(key)
            return APIResponse(status: .noContent)
        }
    }
}
