import Corpus
import Foundation
import HTTPTypes
import Workspace

/// `/v1/sessions`: people who have signed in with their browsers.
struct SessionOperations: Sendable {
    let sessions: any SessionStore

    var operations: [Operation] { [list, end, endAll] }

    private var list: Operation {
        .scoped(
            .admin, "listSessions", .get, "/v1/sessions", summary: "who is signed in, newest first",
            section: "administration", inputs: .none,
            responses: [
                .json(SessionListDocument.self, "the newest \(People.sessionLimit) that have not ended")
            ]
        ) { _, caller in
            let found = try await sessions.sessions(
                of: caller.owner.tenant, at: Date(), limit: People.sessionLimit)
            return try .json(SessionListDocument(sessions: found.map { SessionDocument($0) }))
        }
    }

    private var end: Operation {
        .scoped(
            .admin, "endSession", .delete, "/v1/sessions/{id}", summary: "somebody's session, ended at once",
            section: "administration", inputs: Inputs.path("id", .text, "the session's id"),
            responses: [ResponseDeclaration(status: 204, summary: "it has ended", content: .none)],
            problems: [.noSuchThing]
        ) { id, caller in
            try await sessions.end(
                session: id, of: caller.owner.tenant,
                told: AuditAct(actor: caller.actor, act: "session.end", object: id))
            return APIResponse(status: .noContent)
        }
    }

    private var endAll: Operation {
        .scoped(
            .admin, "endMemberSessions", .delete, "/v1/members/{principal}/sessions",
            summary: "every session that stands for a user or group, ended at once",
            section: "administration",
            inputs: Inputs.path("principal", .text, "user:ID or group:NAME, percent-encoded"),
            responses: [.json(EndedSessionsDocument.self, "how many there were")], problems: [.noSuchThing]
        ) { text, caller in
            guard let principal = Principal(text), principal.kind != nil else {
                throw RequestFault.noSuchMember(text)
            }
            let ended = try await sessions.endSessions(
                of: principal, tenant: caller.owner.tenant,
                told: AuditAct(actor: caller.actor, act: "session.end", object: principal.description))
            return try .json(EndedSessionsDocument(ended: ended.count))
        }
    }
}
