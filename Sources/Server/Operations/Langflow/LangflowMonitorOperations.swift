import Components
import FlowService
import Foundation
import HTTPTypes
import JSONValue
import Workspace

/// `/api/v1/monitor`: what was said and what ran, in Langflow's form. Only the caller's own is ever shown.
struct LangflowMonitorOperations: Sendable {
    let service: FlowService

    private static let flow = Inputs.query("flow_id", .text, standard: "", "only of this flow")
    private static let session = Inputs.path("session", .text, "the session's name")
    private static let gone = ResponseDeclaration(status: 204, summary: "they are gone", content: .none)

    var operations: [Operation] {
        [sessions, messages, deleteMessages, updateMessage, renameSession, deleteSession, transactions]
    }

    private static func write(_ message: StoredMessage, to writer: inout JSONWriter) {
        let details = message.detailsJSON
        let messages = LangflowMessages(
            session: message.key.session, flow: message.key.flow, run: details["run"]?.string ?? "",
            time: message.sentAt)
        messages.writeKept(
            ChatMessage(message), id: message.id, component: details["component"]?.string ?? "",
            sender: message.sender, to: &writer)
    }

    private static func response(_ messages: some Sequence<StoredMessage>) -> APIResponse {
        var writer = JSONWriter()
        writer.list { list in
            for message in messages { list.object { write(message, to: &$0) } }
        }
        return .json(utf8: writer.bytes)
    }

    private var sessions: Operation {
        .scoped(
            .ask, "langflowListSessions", .get, "/api/v1/monitor/messages/sessions",
            summary: "the names of the caller's sessions", section: "langflow", inputs: Self.flow,
            responses: [
                ResponseDeclaration(status: 200, summary: "the names", content: .json(.list(of: .text)))
            ]
        ) { flow, caller in
            let found = try await service.store.conversations(
                for: caller.owner, flow: flow.isEmpty ? nil : flow, after: nil, limit: 1_000)
            var seen: Set<String> = []
            let names = found.map(\.key.session).filter { seen.insert($0).inserted }
            return try .json(names)
        }
    }

    private var messages: Operation {
        .scoped(
            .ask, "langflowListMessages", .get, "/api/v1/monitor/messages",
            summary: "what was said, oldest first", section: "langflow",
            inputs: Self.flow
                .and(Inputs.query("session_id", .text, standard: "", "only of this session"))
                .and(Inputs.query("sender", .text, standard: "", "User or Machine"))
                .and(Inputs.query("sender_name", .text, standard: "", "only of this name"))
                .and(Inputs.query("order_by", .text, standard: "timestamp", "taken as timestamp"))
                .and(Inputs.query("order", .text, standard: "ASC", "ASC or DESC"))
                .and(Inputs.query("limit", .integer(in: 0...1_000), standard: 0, "0 for 1,000")),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "the messages", content: .json(.list(of: .anyObject)))
            ]
        ) { input, caller in
            let ((((((flow, session), sender), name), _), order), limit) = input
            guard ["ASC", "DESC"].contains(order.uppercased()) else {
                throw RequestFault.invalidParameter(name: "order", expectation: "ASC or DESC")
            }
            let found = try await service.store.messages(
                for: caller.owner, flow: flow.isEmpty ? nil : flow, session: session.isEmpty ? nil : session,
                after: nil, limit: limit == 0 ? 1_000 : limit, follows: false)
            let wanted = found.filter {
                (sender.isEmpty
                    || sender == LangflowMessages.sender(ChatMessage.Role(rawValue: $0.role) ?? .assistant))
                    && (name.isEmpty || name == $0.sender)
            }
            return Self.response(order.uppercased() == "DESC" ? wanted.reversed() : wanted)
        }
    }

    private var deleteMessages: Operation {
        .scoped(
            .ask, "langflowDeleteMessages", .delete, "/api/v1/monitor/messages",
            summary: "messages, gone", section: "langflow", inputs: .ids("the ids of the messages"),
            responses: [Self.gone]
        ) { ids, caller in
            _ = try await service.store.delete(messages: ids, for: caller.owner)
            return APIResponse(status: .noContent)
        }
    }

    private var updateMessage: Operation {
        .scoped(
            .ask, "langflowUpdateMessage", .put, "/api/v1/monitor/messages/{id}",
            summary: "another text for a message", section: "langflow",
            inputs: Inputs.path("id", .text, "the message's id").and(.lenient(.anyObject, "its `text`")),
            responses: [
                ResponseDeclaration(status: 200, summary: "the message", content: .json(.anyObject))
            ],
            problems: [.noSuchThing]
        ) { input, caller in
            let (id, body) = input
            guard let text = body["text"]?.string else {
                throw RequestFault.invalidField(name: "text", reason: "must be a text")
            }
            let message = try await service.store.updateText(text, ofMessage: id, for: caller.owner)
            var writer = JSONWriter()
            writer.object { Self.write(message, to: &$0) }
            return .json(utf8: writer.bytes)
        }
    }

    /// The caller's conversations of a session's name, in whatever flow.
    private func keys(_ session: String, _ owner: Owner) async throws -> [ConversationKey] {
        try await service.store.conversations(for: owner, flow: nil, after: nil, limit: 1_000)
            .map(\.key).filter { $0.session == session }
    }

    private var renameSession: Operation {
        .scoped(
            .ask, "langflowRenameSession", .patch, "/api/v1/monitor/messages/session/{session}",
            summary: "another name for a session", section: "langflow",
            inputs: Self.session.and(Inputs.query("new_session_id", .text, standard: "", "the new name")),
            responses: [
                ResponseDeclaration(
                    status: 200, summary: "its messages", content: .json(.list(of: .anyObject)))
            ],
            problems: [.noSuchConversation, .nameTaken, .invalidParameter]
        ) { input, caller in
            let (old, new) = input
            guard !new.isEmpty, new.utf8.count <= FlowRequest.sessionLimit else {
                throw RequestFault.invalidParameter(
                    name: "new_session_id", expectation: "a name of 1 to \(FlowRequest.sessionLimit) bytes")
            }
            let keys = try await self.keys(old, caller.owner)
            guard !keys.isEmpty else {
                throw WorkspaceError.notFound(kind: "conversation", id: old)
            }
            for key in keys { try await service.store.move(key, toSession: new) }
            let found = try await service.store.messages(
                for: caller.owner, flow: nil, session: new, after: nil, limit: 1_000, follows: false)
            return Self.response(found)
        }
    }

    private var deleteSession: Operation {
        .scoped(
            .ask, "langflowDeleteSession", .delete, "/api/v1/monitor/messages/session/{session}",
            summary: "a session, gone with what was said in it", section: "langflow", inputs: Self.session,
            responses: [Self.gone]
        ) { session, caller in
            for key in try await keys(session, caller.owner) { try await service.store.delete(key) }
            return APIResponse(status: .noContent)
        }
    }

    private var transactions: Operation {
        .scoped(
            .flows, "langflowListTransactions", .get, "/api/v1/monitor/transactions",
            summary: "the steps of the caller's stored runs, the newest first", section: "langflow",
            inputs: Self.flow
                .and(Inputs.query("page", .integer(in: 1...10_000), standard: 1, "from 1 on"))
                .and(Inputs.query("size", .integer(in: 1...100), standard: 50, "steps a page")),
            responses: [
                ResponseDeclaration(status: 200, summary: "one page", content: .json(.anyObject))
            ]
        ) { input, caller in
            let ((flow, page), size) = input
            let runs = try await service.store.runs(
                for: caller.owner, flow: flow.isEmpty ? nil : flow, state: nil, before: nil, limit: 200)
            let items = runs.flatMap { Self.steps(of: $0) }
            let shown = items.dropFirst((page - 1) * size).prefix(size)
            return try .json(
                [
                    "items": .array(Array(shown)), "total": .integer(items.count), "page": .integer(page),
                    "size": .integer(size), "pages": .integer((items.count + size - 1) / size),
                ] as JSONValue)
        }
    }

    private static func steps(of run: StoredRun) -> [JSONValue] {
        let result = run.result.flatMap { try? JSONValue(parsing: $0) }
        return (result?["steps"]?.array ?? []).enumerated().map { offset, step in
            [
                "id": .string("\(run.id)-\(offset)"),
                "timestamp": .string((run.startedAt ?? run.createdAt).formatted(.iso8601)),
                "vertex_id": step["component"] ?? "", "target_id": nil, "inputs": [:],
                "outputs": step["notes"] ?? [:],
                "status": step["outcome"]?.string == "finished" ? "success" : "error",
            ]
        }
    }
}
