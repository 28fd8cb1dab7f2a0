import Corpus
import Foundation
import Identity
import Workspace

/// Who has keys and sessions.
struct People: Sendable {
    let keys: APIKeys?
    let sessions: (any SessionStore)?

    /// Sessions that are looked at.
    static let sessionLimit = 1_000

    struct Holdings: Sendable {
        var keys: [Principal: [APIKey]] = [:]
        var sessions: [Principal: [SignInSession]] = [:]

        /// Whoever has something; not those that name nobody.
        var principals: Set<Principal> {
            Set(keys.keys).union(sessions.keys).filter { $0.kind != nil }
        }
    }

    /// Keys in force and sessions that have not ended, by whom they stand for.
    func holdings(tenant: String, at time: Date = Date()) async throws(WorkspaceError) -> Holdings {
        var holdings = Holdings()
        for key in try await keys?.list(tenant: tenant) ?? [] where key.state(at: time) == .active {
            for principal in key.principals { holdings.keys[principal, default: []].append(key) }
        }
        let open = try await sessions?.sessions(of: tenant, at: time, limit: Self.sessionLimit) ?? []
        for session in open {
            for principal in session.principals { holdings.sessions[principal, default: []].append(session) }
        }
        return holdings
    }
}
