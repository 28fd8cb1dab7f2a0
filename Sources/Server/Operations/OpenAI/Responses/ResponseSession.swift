import Components
import FlowService
import Foundation
import JSONValue
import Workspace

/// Finds what a response goes on from, among the caller's conversations with the flow.
struct ResponseSession: Sendable {
    let service: FlowService
    let owner: Owner
    /// The flow's id.
    let flow: String
    let freshID: @Sendable () -> String
    /// Whether an id that was not made here is a session's name, as Langflow takes it.
    let takesNames: Bool

    /// Messages that are looked at and copied.
    private static let limit = 1_000

    /// What the request says, and the session that its response belongs to; `nil` for one that is not kept.
    ///
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a response that the caller does not have.
    func prepare(_ wanted: OpenAIResponseRequest) async throws -> FlowRequest {
        var history = wanted.messages.history
        if let instructions = wanted.instructions {
            history.insert(ChatMessage(instructions, role: .system), at: 0)
        }
        var request = FlowRequest(wanted.messages.asked, isKept: wanted.isKept)
        if wanted.isKept {
            request.session = try await session(wanted)
        } else {
            history = try await said(wanted) + history
        }
        request.history = Array(history.suffix(FlowRequest.historyLimit))
        return request
    }

    /// The session that goes on: the one that is named, that of the response before, or a new one.
    private func session(_ wanted: OpenAIResponseRequest) async throws -> String {
        if let name = wanted.conversation { return name }
        guard let previous = wanted.previous else { return freshID() }
        guard let id = ResponseID(previous) else {
            if takesNames { return previous }
            throw Self.missing(previous)
        }
        guard let session = id.session else { throw Self.missing(previous) }
        let last = try await service.store.messages(of: key(session), before: nil, limit: 1)
        if last.last?.run == id.run { return session }
        // Something came after it: what goes on from here is another conversation.
        let fork = freshID()
        let copies = try await messages(upTo: id.run, in: session, previous).map { message in
            var copy = message
            copy.id = freshID()
            copy.key.session = fork
            return copy
        }
        try await service.store.append(copies)
        return fork
    }

    /// What was said before a response that is not kept.
    private func said(_ wanted: OpenAIResponseRequest) async throws -> [ChatMessage] {
        if let name = wanted.conversation {
            return try await service.store.messages(of: key(name), before: nil, limit: Self.limit).map {
                ChatMessage($0)
            }
        }
        guard let previous = wanted.previous else { return [] }
        guard let id = ResponseID(previous), let session = id.session else { throw Self.missing(previous) }
        return try await messages(upTo: id.run, in: session, previous).map { ChatMessage($0) }
    }

    private func messages(
        upTo run: String, in session: String, _ previous: String
    ) async throws -> [StoredMessage] {
        let all = try await service.store.messages(of: key(session), before: nil, limit: Self.limit)
        guard let end = all.lastIndex(where: { $0.run == run }) else { throw Self.missing(previous) }
        return Array(all[...end])
    }

    private func key(_ session: String) -> ConversationKey {
        ConversationKey(owner: owner, flow: flow, session: session)
    }

    private static func missing(_ id: String) -> RequestFault {
        .invalidField(
            name: "previous_response_id",
            reason: """
                is “\(id.prefix(100))”, and there is no such response of yours and of this model; one that was made with \
                “store” false is not kept
                """)
    }
}

extension StoredMessage {
    /// The run that said it.
    fileprivate var run: String? { detailsJSON["run"]?.string }
}
