@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

extension SQLiteCorpus {
    static func put(_ origin: PageOrigin?, ofDocument id: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM page_origin WHERE document_id = ?", arguments: [id])
        guard let origin else { return }
        try db.execute(
            sql: """
                INSERT INTO page_origin (document_id, format, body, rendered, names, hash)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, origin.format, origin.body, origin.rendered, try encode(origin.names), origin.hash,
            ])
    }

    static func put(_ inclusions: [Inclusion], ofDocument id: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM inclusion WHERE document_id = ?", arguments: [id])
        for inclusion in inclusions {
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO inclusion
                        (document_id, space_key, title, target_id, target_hash, is_allowed)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id, inclusion.spaceKey, inclusion.title, inclusion.targetID, inclusion.targetHash,
                    inclusion.isAllowed,
                ])
        }
    }

    static func inclusion(_ row: Row) -> Inclusion {
        Inclusion(
            spaceKey: row["space_key"], title: row["title"], targetID: row["target_id"],
            targetHash: row["target_hash"], isAllowed: row["is_allowed"])
    }

    static func state(
        title: String, spaceKey: String, _ db: Database
    ) throws -> StaleInclusions.Target? {
        try row("SELECT d.id, o.hash, a.rule", title: title, spaceKey: spaceKey, db).map { row in
            StaleInclusions.Target(id: row["id"], hash: row["hash"], readers: try decodeRule(row["rule"]))
        }
    }

    private static let origins = """
         FROM document d JOIN page_origin o ON o.document_id = d.id
            LEFT JOIN withheld w ON w.document_id = d.id
            JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
        """

    /// A page before a blog post, and the title as it is written before others.
    private static func row(
        _ columns: String, title: String, spaceKey: String, _ db: Database
    ) throws -> Row? {
        if spaceKey == Inclusion.byID {
            return try Row.fetchOne(db, sql: columns + origins + " WHERE d.id = ?", arguments: [title])
        }
        return try Row.fetchOne(
            db,
            sql: columns + origins + """
                 WHERE d.space_key = ? AND d.title = ? COLLATE NOCASE AND d.kind IN ('page', 'blogPost')
                ORDER BY d.kind = 'page' DESC, d.title = ? DESC, d.id LIMIT 1
                """, arguments: [spaceKey, title, title])
    }

    static func includablePage(
        title: String, spaceKey: String, _ db: Database
    ) throws -> IncludablePage? {
        let columns = "SELECT d.id, d.title, d.space_key, a.rule, o.format, o.body, o.rendered, o.names"
        return try row(columns, title: title, spaceKey: spaceKey, db).map { row in
            IncludablePage(
                id: row["id"], title: row["title"], spaceKey: row["space_key"],
                readers: try decodeRule(row["rule"]), origin: try origin(row))
        }
    }

    static func origin(_ row: Row) throws -> PageOrigin {
        PageOrigin(
            format: row["format"], body: row["body"], rendered: row["rendered"],
            names: try decode([String: String].self, row["names"]))
    }

    static func document(_ row: Row) throws -> Document {
        Document(
            id: row["id"], kind: Document.Kind(rawValue: row["kind"]) ?? .page, spaceKey: row["space_key"],
            title: row["title"], version: row["version"],
            ancestors: try decode([Ancestor].self, row["ancestors"]),
            labels: try decode([String].self, row["labels"]), author: row["author"],
            updatedAt: (row["updated_at"] as Double?).map { Date(timeIntervalSince1970: $0) },
            url: row["url"], text: row["text"], readers: try decodeRule(row["rule"]))
    }
}
