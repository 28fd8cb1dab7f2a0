import Foundation
import Workspace

extension PostgresWorkspace: ConversationStore {
    public func conversations(
        for owner: Owner, flow: String?, after: ConversationSummary?, limit: Int
    ) async throws(WorkspaceError) -> [ConversationSummary] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            let ofFlow = " AND left(flow, 200) = left($3, 200) AND flow = $3"
            let behind = " AND last_at <= $4 AND (last_at, flow, session) < ($4, $5, $6)"
            return try db.query(
                "SELECT \(Self.columns) FROM conversation WHERE owner_id = $1"
                    + (flow == nil ? "" : ofFlow) + (after == nil ? "" : behind)
                    + " ORDER BY last_at DESC, flow DESC, session DESC LIMIT $2",
                [
                    .int(id), .count(WorkspaceLimits.rows(limit)), .text(flow ?? ""),
                    .int(after?.lastAt.microseconds ?? 0), .text(after?.key.flow ?? ""),
                    .text(after?.key.session ?? ""),
                ]
            ).rows.map { try Self.summary($0, of: owner) }
        }
    }

    public func conversation(_ key: ConversationKey) async throws(WorkspaceError) -> ConversationSummary {
        try await read { db in
            guard let id = try Self.conversationID(key, db),
                let row = try db.query(
                    "SELECT \(Self.columns) FROM conversation WHERE id = $1", [.int(id)]
                ).first
            else { throw WorkspaceError.noConversation(key.session) }
            return try Self.summary(row, of: key.owner)
        }
    }

    public func rename(_ key: ConversationKey, title: String?) async throws(WorkspaceError) {
        try WorkspaceLimits.check(title?.utf8.count ?? 0, of: "title", limit: WorkspaceLimits.textBytes)
        try await write { db in
            let id = try Self.lockedConversationID(key, db)
            try db.query(
                "UPDATE conversation SET title = $2 WHERE id = $1", [.int(id), PostgresValue(title)])
            return
        }
    }

    public func move(_ key: ConversationKey, toSession session: String) async throws(WorkspaceError) {
        try WorkspaceLimits.check(session, as: "session")
        try await write { db in
            let id = try Self.lockedConversationID(key, db)
            let target = ConversationKey(owner: key.owner, flow: key.flow, session: session)
            if let other = try Self.conversationID(target, db), other != id {
                throw WorkspaceError.nameTaken(kind: "session", name: session)
            }
            do {
                try db.query(
                    "UPDATE conversation SET session = $2, digest = $3 WHERE id = $1",
                    [.int(id), .text(session), .text(NameDigest.of(key.flow, session))])
            } catch PostgresError.statement(_, let refusal) where refusal.isUniqueViolation {
                // One that was begun meanwhile.
                throw WorkspaceError.nameTaken(kind: "session", name: session)
            }
        }
    }

    public func delete(_ key: ConversationKey) async throws(WorkspaceError) {
        try await write { db in
            let id = try Self.lockedConversationID(key, db)
            try db.query("DELETE FROM conversation WHERE id = $1", [.int(id)])
            return
        }
    }

    public func expire(before time: Date) async throws(WorkspaceError) -> Int {
        var count = 0
        while true {
            // In parts, so that nobody else's write waits for all of it.
            let (found, removed) = try await write { db in try Self.expirePart(before: time, db) }
            count += removed
            if found < Self.expiryPart { return count }
        }
    }

    /// Conversations or runs that are removed in one transaction.
    static let expiryPart = 200

    private static func expirePart(
        before time: Date, _ db: PostgresConnection
    ) throws -> (found: Int, removed: Int) {
        // From owner to owner: an index by time alone would cost every message, and this is rare.
        let ids = try db.ints(
            """
            SELECT c.id FROM owner o CROSS JOIN LATERAL (
                SELECT id FROM conversation WHERE owner_id = o.id AND last_at < $1 ORDER BY last_at LIMIT $2) c
            LIMIT $2
            """, [.time(time), .count(expiryPart)])
        // What was said meanwhile keeps its conversation.
        let removed = try db.query(
            """
            DELETE FROM conversation WHERE id IN (
                SELECT id FROM conversation WHERE id = ANY($1) AND last_at < $2 ORDER BY id FOR UPDATE)
            """, [.ints(ids), .time(time)]
        ).changed
        return (ids.count, removed)
    }

    // MARK: Places

    /// - Returns: `nil` for one that is not there.
    static func conversationID(_ key: ConversationKey, _ db: PostgresConnection) throws -> Int64? {
        try conversationID(key, locks: false, db)
    }

    private static func conversationID(
        _ key: ConversationKey, locks: Bool, _ db: PostgresConnection
    ) throws -> Int64? {
        try key.check()
        return try db.int(
            """
            SELECT c.id FROM conversation c JOIN owner o ON o.id = c.owner_id
            WHERE o.digest = $1 AND c.digest = $2
            """ + (locks ? " FOR UPDATE OF c" : ""),
            [
                .text(PostgresConnection.digest(of: key.owner)),
                .text(NameDigest.of(key.flow, key.session)),
            ])
    }

    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    private static func lockedConversationID(
        _ key: ConversationKey, _ db: PostgresConnection
    ) throws -> Int64 {
        guard let id = try conversationID(key, locks: true, db) else {
            throw WorkspaceError.noConversation(key.session)
        }
        return id
    }

    private static let columns = "flow, session, title, opening, message_count, started_at, last_at"

    private static func summary(_ row: PostgresRow, of owner: Owner) throws -> ConversationSummary {
        ConversationSummary(
            key: ConversationKey(owner: owner, flow: try row.text(0), session: try row.text(1)),
            title: try row.optionalText(2), opening: try row.text(3), messageCount: try row.count(4),
            startedAt: try row.time(5), lastAt: try row.time(6))
    }
}
