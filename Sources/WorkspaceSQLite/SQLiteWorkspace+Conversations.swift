import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: ConversationStore {
    public func conversations(
        for owner: Owner, flow: String?, after: ConversationSummary?, limit: Int
    ) async throws(WorkspaceError) -> [ConversationSummary] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            var conditions = ["owner_id = ?"]
            var values: [Database.Value] = [id]
            if let flow {
                conditions.append("flow = ?")
                values.append(flow)
            }
            if let after {
                conditions.append("(last_at, flow, session) < (?, ?, ?)")
                values += [after.lastAt.microseconds, after.key.flow, after.key.session]
            }
            return try db.rows(
                "SELECT * FROM conversation WHERE " + conditions.joined(separator: " AND ")
                    + " ORDER BY last_at DESC, flow DESC, session DESC LIMIT ?",
                values + [WorkspaceLimits.rows(limit)]
            ).map { Self.summary($0, of: owner) }
        }
    }

    public func conversation(_ key: ConversationKey) async throws(WorkspaceError) -> ConversationSummary {
        try await read { db in
            guard let id = try Self.conversationID(key, db),
                let row = try db.row("SELECT * FROM conversation WHERE id = ?", id)
            else { throw WorkspaceError.noConversation(key.session) }
            return Self.summary(row, of: key.owner)
        }
    }

    public func rename(_ key: ConversationKey, title: String?) async throws(WorkspaceError) {
        try WorkspaceLimits.check(title?.utf8.count ?? 0, of: "title", limit: WorkspaceLimits.textBytes)
        try await write { db in
            let id = try Self.existingConversationID(key, db)
            try db.run("UPDATE conversation SET title = ? WHERE id = ?", title, id)
        }
    }

    public func move(_ key: ConversationKey, toSession session: String) async throws(WorkspaceError) {
        try WorkspaceLimits.check(session, as: "session")
        try await write { db in
            let id = try Self.existingConversationID(key, db)
            let target = ConversationKey(owner: key.owner, flow: key.flow, session: session)
            if let other = try Self.conversationID(target, db), other != id {
                throw WorkspaceError.nameTaken(kind: "session", name: session)
            }
            try db.run("UPDATE conversation SET session = ? WHERE id = ?", session, id)
        }
    }

    public func delete(_ key: ConversationKey) async throws(WorkspaceError) {
        try await write { db in
            try db.run(
                "DELETE FROM conversation WHERE id = ?", try Self.existingConversationID(key, db))
        }
    }

    public func expire(before time: Date) async throws(WorkspaceError) -> Int {
        var count = 0
        while true {
            // In parts, so that nobody else's write waits for all of it.
            let part = try await write { db in
                // From owner to owner: an index by time alone would cost every message, and this is rare.
                let ids = try db.integers(
                    """
                    SELECT c.id FROM owner o CROSS JOIN conversation c ON c.owner_id = o.id AND c.last_at < ?
                    LIMIT ?
                    """, time.microseconds, Self.expiryPart)
                for id in ids { try db.run("DELETE FROM conversation WHERE id = ?", id) }
                return ids.count
            }
            count += part
            if part < Self.expiryPart { return count }
        }
    }

    /// Conversations or runs that are removed in one transaction.
    static let expiryPart = 200

    /// - Returns: `nil` for one that is not there.
    static func conversationID(_ key: ConversationKey, _ db: Database) throws -> Int64? {
        try key.check()
        guard let owner = try db.ownerID(key.owner) else { return nil }
        return try db.integer(
            "SELECT id FROM conversation WHERE owner_id = ? AND flow = ? AND session = ?", owner, key.flow,
            key.session)
    }

    private static func existingConversationID(_ key: ConversationKey, _ db: Database) throws -> Int64 {
        guard let id = try conversationID(key, db) else { throw WorkspaceError.noConversation(key.session) }
        return id
    }

    private static func summary(_ row: Row, of owner: Owner) -> ConversationSummary {
        ConversationSummary(
            key: ConversationKey(owner: owner, flow: row["flow"], session: row["session"]),
            title: row["title"], opening: row["opening"], messageCount: row["message_count"],
            startedAt: Date(microseconds: row["started_at"]), lastAt: Date(microseconds: row["last_at"]))
    }
}
