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
    /// - Parameter models: those of the flow that may call the request's tools.
    /// - Throws: ``RequestFault/invalidField(name:reason:)`` for a response that the caller does not have, and for the
    ///   result of a call that nobody made.
    func prepare(_ wanted: OpenAIResponseRequest, models: [String]) async throws -> FlowRequest {
        var history = wanted.messages.history
        if let instructions = wanted.instructions {
            history.insert(ChatMessage(instructions, role: .system), at: 0)
        }
        var request = FlowRequest(isKept: wanted.isKept)
        var kept: [StoredMessage] = []
        var copies: [StoredMessage] = []
        if wanted.isKept {
            let session: String
            (session, copies) = try await self.session(wanted)
            request.session = session
            if !wanted.messages.tools.strays.isEmpty {
                kept =
                    copies.isEmpty
                    ? try await service.store.messages(of: key(session), before: nil, limit: Self.limit)
                    : copies
            }
        } else {
            kept = try await said(wanted)
        }
        var exchange = PendingExchange(kept)
        try exchange.add(wanted.messages.tools.strays)
        let asked = wanted.messages.asked
        if asked == nil, let before = exchange.asked {
            request.message = ChatMessage(before)
            if wanted.isKept { request.continued = before.id }
            kept = exchange.before
        } else {
            request.message = asked ?? ChatMessage("")
        }
        if !wanted.isKept {
            history = kept.filter { $0.callerTurn == nil }.map { ChatMessage($0) } + history
        }
        // Of calls that the person did not wait for only those count whose results have come now.
        let pending = wanted.messages.tools.strays.isEmpty ? [] : exchange.turns
        request.callerTools = try wanted.tools.forRun(
            of: models, turns: pending + wanted.messages.tools.turns,
            keptCount: wanted.messages.tools.strays.isEmpty ? 0 : exchange.keptCount)
        request.history = Array(history.suffix(FlowRequest.historyLimit))
        // Nothing is refused any more: a refusal would leave a conversation that nobody knows of.
        if !copies.isEmpty { try await service.store.append(copies) }
        return request
    }

    /// The session that goes on: the one that is named, that of the response before, or a new one, with the messages that
    /// it begins with and that are yet to be kept.
    private func session(_ wanted: OpenAIResponseRequest) async throws -> (String, copies: [StoredMessage]) {
        if let name = wanted.conversation { return (name, []) }
        guard let previous = wanted.previous else { return (freshID(), []) }
        guard let id = ResponseID(previous) else {
            if takesNames { return (previous, []) }
            throw Self.missing(previous)
        }
        guard let session = id.session else { throw Self.missing(previous) }
        let last = try await service.store.messages(of: key(session), before: nil, limit: 1)
        if last.last?.run == id.run { return (session, []) }
        // Something came after it: what goes on from here is another conversation.
        let fork = freshID()
        let copies = try await messages(upTo: id.run, in: session, previous).map { message in
            var copy = message
            copy.id = freshID()
            copy.key.session = fork
            return copy
        }
        return (fork, copies)
    }

    /// What was said before a response that is not kept.
    private func said(_ wanted: OpenAIResponseRequest) async throws -> [StoredMessage] {
        if let name = wanted.conversation {
            return try await service.store.messages(of: key(name), before: nil, limit: Self.limit)
        }
        guard let previous = wanted.previous else { return [] }
        guard let id = ResponseID(previous), let session = id.session else { throw Self.missing(previous) }
        return try await messages(upTo: id.run, in: session, previous)
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
