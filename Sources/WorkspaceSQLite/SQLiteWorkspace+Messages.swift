import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace {
    public func append(_ messages: [StoredMessage]) async throws(WorkspaceError) {
        guard !messages.isEmpty else { return }
        for message in messages { try message.check() }
        try await write(.process) { db in try MessageAppending.append(messages, db) }
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
                let place = try db.integer(
                    """
                    SELECT m.sequence FROM message m JOIN conversation c ON c.id = m.conversation_id
                    WHERE m.owner_id = c.owner_id AND m.id = ? AND c.id = ?
                    """, message, id)
                guard let place else { throw WorkspaceError.noMessage(message) }
                end = place
            }
            return try db.rows(
                MessageRow.selection
                    + " WHERE m.conversation_id = ? AND m.sequence < ? ORDER BY m.sequence DESC LIMIT ?", id,
                end, WorkspaceLimits.rows(limit)
            ).reversed().map { MessageRow.message($0, of: key.owner) }
        }
    }

    public func messages(
        for owner: Owner, flow: String?, session: String?, after message: String?, limit: Int,
        follows: Bool
    ) async throws(WorkspaceError) -> [StoredMessage] {
        try await read { db in
            guard let ownerID = try db.ownerID(owner) else {
                if let message { throw WorkspaceError.noMessage(message) }
                return []
            }
            var start: Int64 = 0
            if let message {
                let place = try db.integer(
                    "SELECT sequence FROM message WHERE owner_id = ? AND id = ?", ownerID, message)
                guard let place else { throw WorkspaceError.noMessage(message) }
                start = place
            }
            var conditions: [String]
            var values: [Database.Value]
            if let flow, let session {
                let key = ConversationKey(owner: owner, flow: flow, session: session)
                guard let id = try Self.conversationID(key, db) else { return [] }
                (conditions, values) = (["m.conversation_id = ?"], [id])
            } else {
                (conditions, values) = (["m.owner_id = ?"], [ownerID])
                for (column, value) in [("c.flow", flow), ("c.session", session)] {
                    guard let value else { continue }
                    conditions.append("\(column) = ?")
                    values.append(value)
                }
            }
            return try db.rows(
                MessageRow.selection + " WHERE " + conditions.joined(separator: " AND ")
                    + " AND m.sequence > ? ORDER BY m.sequence LIMIT ?",
                values + [start, WorkspaceLimits.rows(limit)]
            ).map { MessageRow.message($0, of: owner) }
        }
    }

    public func delete(messages ids: [String], for owner: Owner) async throws(WorkspaceError) -> Int {
        try await write { db in
            guard let ownerID = try db.ownerID(owner) else { return 0 }
            var conversations: Set<Int64> = []
            var count = 0
            for id in ids {
                guard let place = try MessageAppending.place(of: id, ofOwner: ownerID, db) else { continue }
                try db.run("DELETE FROM message WHERE sequence = ?", place.sequence)
                conversations.insert(place.conversation)
                count += 1
            }
            for id in conversations { try MessageAppending.recount(id, db) }
            return count
        }
    }

    public func updateText(
        _ text: String, ofMessage id: String, for owner: Owner
    ) async throws(WorkspaceError) -> StoredMessage {
        try WorkspaceLimits.check(text.utf8.count, of: "message", limit: WorkspaceLimits.messageBytes)
        return try await write { db in
            guard let ownerID = try db.ownerID(owner),
                let place = try MessageAppending.place(of: id, ofOwner: ownerID, db)
            else { throw WorkspaceError.noMessage(id) }
            try db.run("UPDATE message SET text = ? WHERE sequence = ?", text, place.sequence)
            try MessageAppending.recount(place.conversation, db)
            guard
                let row = try db.row(MessageRow.selection + " WHERE m.sequence = ?", place.sequence)
            else { throw WorkspaceError.noMessage(id) }
            return MessageRow.message(row, of: owner)
        }
    }
}

/// A row of `message` as a value.
enum MessageRow {
    // CROSS JOIN: from the messages on, whose index has the order that is asked for.
    static let selection = """
        SELECT m.id, m.role, m.sender, m.sent_at, m.text, m.details, c.flow, c.session
        FROM message m CROSS JOIN conversation c ON c.id = m.conversation_id
        """

    static func message(_ row: Row, of owner: Owner) -> StoredMessage {
        StoredMessage(
            id: row["id"], key: ConversationKey(owner: owner, flow: row["flow"], session: row["session"]),
            role: row["role"], sender: row["sender"], text: row["text"], details: row["details"],
            sentAt: Date(microseconds: row["sent_at"]))
    }
}
