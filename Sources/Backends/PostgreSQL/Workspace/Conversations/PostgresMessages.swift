import Foundation
import Workspace

/// Puts messages into conversations, and keeps level what a conversation's row says of them.
///
/// A conversation's row is locked before its messages are touched, so that one transaction at a time adds to it,
/// and none counts what another is adding: in one conversation numbers are committed in their order. Across those of an
/// owner they are not, and who adds says so (``MessageHorizon``).
enum PostgresMessages {
    /// Characters of a conversation's opening.
    private static let openingLength = 200

    /// Appends messages that were checked.
    ///
    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)`` for an id of another conversation of the same owner.
    static func append(_ messages: [StoredMessage], _ db: PostgresConnection) throws {
        var rest = messages[...]
        var announced: Set<String> = []
        while let first = rest.first {
            // What follows each other in one conversation, most often everything.
            let part = rest.prefix { isSame($0.key, first.key) }
            rest = rest.dropFirst(part.count)
            let owner = PostgresConnection.digest(of: first.key.owner)
            try append(part, to: first.key, announces: announced.insert(owner).inserted, db)
        }
    }

    /// - Parameter announces: whether the owner's messages are announced: once in a transaction.
    private static func append(
        _ messages: ArraySlice<StoredMessage>, to key: ConversationKey, announces: Bool,
        _ db: PostgresConnection
    ) throws {
        guard let first = messages.first else { return }
        let place = try place(of: key, startedBy: first, announces: announces, db)
        var replaced: [StoredMessage] = []
        var rest = messages
        while !rest.isEmpty {
            let part = part(of: rest)
            rest = rest.dropFirst(part.count)
            replaced += try add(part, at: place, db)
        }
        guard !replaced.isEmpty else { return }
        let results = try db.pipeline(replaced.map { replacement($0, at: place) })
        for (message, result) in zip(replaced, results) where result.changed == 0 {
            throw WorkspaceError.nameTaken(kind: "message", name: message.id)
        }
        try recount(place.conversation, db)
    }

    /// Adds messages whose ids are not there yet.
    ///
    /// - Returns: the others, in their order.
    private static func add(
        _ messages: ArraySlice<StoredMessage>, at place: Place, _ db: PostgresConnection
    ) throws -> [StoredMessage] {
        let added = try db.query(
            """
            WITH fresh AS (
                INSERT INTO message (conversation_id, owner_id, id, role, sender, sent_at, text, details)
                SELECT $1, $2, given.id, given.role, given.sender, given.sent_at, given.text, given.details
                FROM unnest($3, $4, $5, $6, $7, $8) WITH ORDINALITY
                    AS given (id, role, sender, sent_at, text, details, rank)
                ORDER BY given.rank
                ON CONFLICT (owner_id, id) DO NOTHING
                RETURNING id, sent_at)
            UPDATE conversation SET message_count = message_count + (SELECT count(*) FROM fresh),
                last_at = GREATEST(last_at, (SELECT max(sent_at) FROM fresh))
            WHERE id = $1
            RETURNING ARRAY(SELECT id FROM fresh)
            """,
            [
                .int(place.conversation), .int(place.owner), .texts(messages.map(\.id)),
                .texts(messages.map(\.role)), .texts(messages.map(\.sender)),
                .ints(messages.map(\.sentAt.microseconds)), .texts(messages.map(\.text)),
                .blobs(messages.map(\.details)),
            ])
        // By their bytes, as the database compares them.
        var fresh = Set(try added.first?.texts(0).map { Data($0.utf8) } ?? [])
        return messages.filter { fresh.remove(Data($0.id.utf8)) == nil }
    }

    private static func replacement(
        _ message: StoredMessage, at place: Place
    ) -> PostgresConnection.Statement {
        .init(
            """
            UPDATE message SET role = $1, sender = $2, sent_at = $3, text = $4, details = $5
            WHERE owner_id = $6 AND id = $7 AND conversation_id = $8
            """,
            [
                .text(message.role), .text(message.sender), .time(message.sentAt), .text(message.text),
                .bytes(message.details), .int(place.owner), .text(message.id), .int(place.conversation),
            ])
    }

    /// The first messages, as many as one statement should carry: its values are held three times at once.
    private static func part(of messages: ArraySlice<StoredMessage>) -> ArraySlice<StoredMessage> {
        var (count, bytes) = (0, 0)
        for message in messages {
            bytes += message.text.utf8.count + message.details.count + message.sender.utf8.count
            if count > 0, bytes > WorkspaceLimits.messageBytes || count >= 1_000 { break }
            count += 1
        }
        return messages.prefix(count)
    }

    // MARK: Places

    private struct Place {
        var conversation: Int64
        var owner: Int64
    }

    /// A conversation's numbers, its row locked; begun if it is not there.
    private static func place(
        of key: ConversationKey, startedBy message: StoredMessage, announces: Bool, _ db: PostgresConnection
    ) throws -> Place {
        let digest = PostgresValue.text(NameDigest.of(key.flow, key.session))
        let search = PostgresConnection.Statement(
            """
            SELECT c.id, c.owner_id FROM conversation c JOIN owner o ON o.id = c.owner_id
            WHERE o.digest = $1 AND c.digest = $2 FOR UPDATE OF c
            """, [.text(PostgresConnection.digest(of: key.owner)), digest])
        let announcement = announces ? [MessageHorizon.announcement(for: key.owner)] : []
        if let row = try db.pipeline([search] + announcement).first?.first {
            return Place(conversation: try row.int(0), owner: try row.int(1))
        }
        let owner = try db.ensuredOwnerID(key.owner)
        // Of two that begin it at once the second waits here, and goes on with the first one's row.
        let conversation = try db.int(
            """
            INSERT INTO conversation AS known
                (owner_id, flow, session, digest, opening, message_count, started_at, last_at)
            VALUES ($1, $2, $3, $4, $5, 0, $6, $6)
            ON CONFLICT (owner_id, digest) DO UPDATE SET message_count = known.message_count
            RETURNING id
            """,
            [
                .int(owner), .text(key.flow), .text(key.session), digest, .text(opening(message.text)),
                .time(message.sentAt),
            ])
        guard let conversation else { throw WorkspaceError.noConversation(key.session) }
        return Place(conversation: conversation, owner: owner)
    }

    /// Says of a conversation anew what follows from its messages; without any it goes. Its row is locked by the
    /// caller.
    static func recount(_ conversation: Int64, _ db: PostgresConnection) throws {
        let first = try db.query(
            "SELECT text, sent_at FROM message WHERE conversation_id = $1 ORDER BY sequence LIMIT 1",
            [.int(conversation)]
        ).first
        guard let first else {
            try db.query("DELETE FROM conversation WHERE id = $1", [.int(conversation)])
            return
        }
        try db.query(
            """
            UPDATE conversation SET opening = $2, started_at = $3, message_count = told.count,
                last_at = told.last_at
            FROM (SELECT count(*), max(sent_at) AS last_at FROM message WHERE conversation_id = $1) told
            WHERE id = $1
            """, [.int(conversation), .text(opening(try first.text(0))), .int(try first.int(1))])
    }

    private static func opening(_ text: String) -> String { String(text.prefix(openingLength)) }

    /// By their bytes: texts that Swift calls equal, as they look alike, may be two names here.
    private static func isSame(_ left: ConversationKey, _ right: ConversationKey) -> Bool {
        left.session.utf8.elementsEqual(right.session.utf8) && left.flow.utf8.elementsEqual(right.flow.utf8)
            && left.owner.name.utf8.elementsEqual(right.owner.name.utf8)
            && left.owner.tenant.utf8.elementsEqual(right.owner.tenant.utf8)
    }
}
