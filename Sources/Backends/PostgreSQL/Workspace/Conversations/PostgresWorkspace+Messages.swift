import Foundation
import Workspace

extension PostgresWorkspace {
    public func append(_ messages: [StoredMessage]) async throws(WorkspaceError) {
        guard !messages.isEmpty else { return }
        for message in messages { try message.check() }
        try await write { db in try PostgresMessages.append(messages, db) }
    }

    public func messages(
        of key: ConversationKey, before message: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredMessage] {
        try await read { db in
            guard let id = try Self.conversationID(key, db) else {
                if let message { throw WorkspaceError.noMessage(message) }
                return []
            }
            var end = Int64.max
            if let message {
                let place = try db.int(
                    """
                    SELECT m.sequence FROM message m JOIN conversation c ON c.id = m.conversation_id
                    WHERE m.owner_id = c.owner_id AND m.id = $1 AND c.id = $2
                    """, [.text(message), .int(id)])
                guard let place else { throw WorkspaceError.noMessage(message) }
                end = place
            }
            return try db.query(
                Self.messageSelection
                    + " WHERE m.conversation_id = $1 AND m.sequence < $2 ORDER BY m.sequence DESC LIMIT $3",
                [.int(id), .int(end), .count(WorkspaceLimits.rows(limit))]
            ).rows.reversed().map { try Self.message($0, of: key.owner) }
        }
    }

    public func messages(
        for owner: Owner, flow: String?, session: String?, after message: String?, limit: Int,
        follows: Bool
    ) async throws(WorkspaceError) -> [StoredMessage] {
        try owner.check()
        // In one conversation numbers are committed in their order.
        let isOfOne = flow != nil && session != nil
        let end = isOfOne || !follows ? Int64.max : try await messageHorizon(for: owner)
        return try await read { db in
            guard let ownerID = try db.ownerID(owner) else {
                if let message { throw WorkspaceError.noMessage(message) }
                return []
            }
            var start: Int64 = 0
            if let message {
                let place = try db.int(
                    "SELECT sequence FROM message WHERE owner_id = $1 AND id = $2",
                    [.int(ownerID), .text(message)])
                guard let place else { throw WorkspaceError.noMessage(message) }
                start = place
            }
            var condition = PostgresCondition()
            condition.demand("m.sequence > ", .int(start))
            if let flow, let session {
                let key = ConversationKey(owner: owner, flow: flow, session: session)
                guard let id = try Self.conversationID(key, db) else { return [] }
                condition.demand("m.conversation_id = ", .int(id))
            } else {
                condition.demand("m.owner_id = ", .int(ownerID))
                condition.demand("m.sequence <= ", .int(end))
                if let flow { condition.demand("c.flow = ", .text(flow)) }
                if let session { condition.demand("c.session = ", .text(session)) }
            }
            let limit = condition.place(of: .count(WorkspaceLimits.rows(limit)))
            return try db.query(
                Self.messageSelection + " WHERE \(condition.sql) ORDER BY m.sequence LIMIT \(limit)",
                condition.values
            ).rows.map { try Self.message($0, of: owner) }
        }
    }

    public func delete(messages ids: [String], for owner: Owner) async throws(WorkspaceError) -> Int {
        try await write { db in
            guard let ownerID = try db.ownerID(owner) else { return 0 }
            let named: [PostgresValue] = [.int(ownerID), .texts(ids)]
            // The conversations first, as for whoever adds to one.
            let conversations = try db.ints(
                """
                SELECT id FROM conversation
                WHERE id IN (SELECT conversation_id FROM message WHERE owner_id = $1 AND id = ANY($2))
                ORDER BY id FOR UPDATE
                """, named)
            guard !conversations.isEmpty else { return 0 }
            let count = try db.query(
                "DELETE FROM message WHERE owner_id = $1 AND id = ANY($2) AND conversation_id = ANY($3)",
                named + [.ints(conversations)]
            ).changed
            for id in conversations { try PostgresMessages.recount(id, db) }
            return count
        }
    }

    public func updateText(
        _ text: String, ofMessage id: String, for owner: Owner
    ) async throws(WorkspaceError) -> StoredMessage {
        try WorkspaceLimits.check(text.utf8.count, of: "message", limit: WorkspaceLimits.messageBytes)
        return try await write { db in
            guard let ownerID = try db.ownerID(owner) else { throw WorkspaceError.noMessage(id) }
            let named: [PostgresValue] = [.int(ownerID), .text(id)]
            let conversation = try db.int(
                """
                SELECT id FROM conversation
                WHERE id = (SELECT conversation_id FROM message WHERE owner_id = $1 AND id = $2) FOR UPDATE
                """, named)
            guard let conversation else { throw WorkspaceError.noMessage(id) }
            let changed = try db.query(
                "UPDATE message SET text = $3 WHERE owner_id = $1 AND id = $2 AND conversation_id = $4",
                named + [.text(text), .int(conversation)]
            ).changed
            guard changed > 0 else { throw WorkspaceError.noMessage(id) }
            try PostgresMessages.recount(conversation, db)
            let row = try db.query(
                Self.messageSelection + " WHERE m.owner_id = $1 AND m.id = $2", named
            ).first
            guard let row else { throw WorkspaceError.noMessage(id) }
            return try Self.message(row, of: owner)
        }
    }

    private static let messageSelection = """
        SELECT m.id, m.role, m.sender, m.sent_at, m.text, m.details, c.flow, c.session
        FROM message m JOIN conversation c ON c.id = m.conversation_id
        """

    private static func message(_ row: PostgresRow, of owner: Owner) throws -> StoredMessage {
        StoredMessage(
            id: try row.text(0),
            key: ConversationKey(owner: owner, flow: try row.text(6), session: try row.text(7)),
            role: try row.text(1), sender: try row.text(2), text: try row.text(4),
            details: try row.bytes(5), sentAt: try row.time(3))
    }
}
