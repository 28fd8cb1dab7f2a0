import Foundation
import GRDB
import Workspace

/// Puts messages into conversations, and keeps level what a conversation's row says of them.
enum MessageAppending {
    /// Characters of a conversation's opening.
    private static let openingLength = 200

    /// Appends messages that were checked.
    static func append(_ messages: [StoredMessage], _ db: Database) throws {
        var rest = messages[...]
        while let first = rest.first {
            // What follows each other in one conversation, most often everything.
            let part = rest.prefix { isSame($0.key, first.key) }
            rest = rest.dropFirst(part.count)
            try append(part, to: first.key, db)
        }
    }

    private static func append(
        _ messages: ArraySlice<StoredMessage>, to key: ConversationKey, _ db: Database
    ) throws {
        guard let first = messages.first else { return }
        let (conversation, owner) = try place(of: key, startedBy: first, db)
        var (added, hasReplaced) = (0, false)
        var rest = messages
        while !rest.isEmpty {
            let rows = rest.prefix(rowsAtOnce)
            rest = rest.dropFirst(rows.count)
            let inserted = try insert(rows, conversation, owner, db)
            added += inserted
            guard inserted < rows.count else { continue }
            // Some were there before. Which ones is not told, and what was just written is only written once more.
            for message in rows { try replace(message, conversation, owner, db) }
            hasReplaced = true
        }
        if hasReplaced { return try recount(conversation, db) }
        try db.run(
            "UPDATE conversation SET message_count = message_count + ?, last_at = MAX(last_at, ?) WHERE id = ?",
            added, messages.map(\.sentAt.microseconds).max(), conversation)
    }

    /// Rows that one statement inserts: most runs say two things, what was asked and what was answered.
    private static let rowsAtOnce = 16

    /// By the number of their rows, from one on.
    private static let insertions = (1...rowsAtOnce).map { count in
        """
        INSERT INTO message (conversation_id, owner_id, id, role, sender, sent_at, text, details)
        VALUES \(Array(repeating: "(?, ?, ?, ?, ?, ?, ?, ?)", count: count).joined(separator: ", "))
        ON CONFLICT (owner_id, id) DO NOTHING
        """
    }

    /// Inserts those whose ids are new.
    ///
    /// - Parameter messages: one to ``rowsAtOnce``.
    /// - Returns: how many were inserted.
    private static func insert(
        _ messages: ArraySlice<StoredMessage>, _ conversation: Int64, _ owner: Int64, _ db: Database
    ) throws -> Int {
        var values: [Database.Value] = []
        values.reserveCapacity(8 * messages.count)
        for message in messages {
            values += [
                conversation, owner, message.id, message.role, message.sender,
                message.sentAt.microseconds, message.text, message.details,
            ]
        }
        return try db.changes(insertions[messages.count - 1], values)
    }

    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)`` for an id of another conversation's.
    private static func replace(
        _ message: StoredMessage, _ conversation: Int64, _ owner: Int64, _ db: Database
    ) throws {
        let replaced = try db.changes(
            """
            UPDATE message SET role = ?, sender = ?, sent_at = ?, text = ?, details = ?
            WHERE owner_id = ? AND id = ? AND conversation_id = ?
            """, message.role, message.sender, message.sentAt.microseconds, message.text,
            message.details, owner, message.id, conversation)
        guard replaced > 0 else { throw WorkspaceError.nameTaken(kind: "message", name: message.id) }
    }

    private static func place(
        of key: ConversationKey, startedBy message: StoredMessage, _ db: Database
    ) throws -> (conversation: Int64, owner: Int64) {
        let found = try db.row(
            """
            SELECT c.id, c.owner_id FROM owner o CROSS JOIN conversation c ON c.owner_id = o.id
            WHERE o.tenant = ? AND o.name = ? AND c.flow = ? AND c.session = ?
            """, key.owner.tenant, key.owner.name, key.flow, key.session)
        if let found { return (found["id"], found["owner_id"]) }
        let owner = try db.ensuredOwnerID(key.owner)
        let time = message.sentAt.microseconds
        try db.run(
            """
            INSERT INTO conversation (owner_id, flow, session, opening, message_count, started_at, last_at)
            VALUES (?, ?, ?, ?, 0, ?, ?)
            """, owner, key.flow, key.session, opening(message.text), time, time)
        return (db.lastInsertedRowID, owner)
    }

    /// Says of a conversation anew what follows from its messages; without any it goes.
    static func recount(_ conversation: Int64, _ db: Database) throws {
        guard
            let first = try db.row(
                "SELECT text, sent_at FROM message WHERE conversation_id = ? ORDER BY sequence LIMIT 1",
                conversation)
        else { return try db.run("DELETE FROM conversation WHERE id = ?", conversation) }
        let startedAt: Int64 = first["sent_at"]
        try db.run(
            """
            UPDATE conversation SET opening = ?, started_at = ?,
                message_count = (SELECT COUNT(*) FROM message WHERE conversation_id = ?),
                last_at = (SELECT MAX(sent_at) FROM message WHERE conversation_id = ?)
            WHERE id = ?
            """, opening(first["text"]), startedAt, conversation, conversation, conversation)
    }

    static func place(
        of id: String, ofOwner owner: Int64, _ db: Database
    ) throws -> (sequence: Int64, conversation: Int64)? {
        try db.row(
            "SELECT sequence, conversation_id FROM message WHERE owner_id = ? AND id = ?", owner, id
        ).map { ($0["sequence"], $0["conversation_id"]) }
    }

    private static func opening(_ text: String) -> String { String(text.prefix(openingLength)) }

    /// By their bytes: texts that Swift calls equal, as they look alike, may be two names here.
    private static func isSame(_ left: ConversationKey, _ right: ConversationKey) -> Bool {
        left.session.utf8.elementsEqual(right.session.utf8) && left.flow.utf8.elementsEqual(right.flow.utf8)
            && left.owner.name.utf8.elementsEqual(right.owner.name.utf8)
            && left.owner.tenant.utf8.elementsEqual(right.owner.tenant.utf8)
    }
}
