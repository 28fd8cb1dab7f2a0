@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

/// Pages within pages, and what that means for who may read them.
///
/// What always holds in the database: if the text of page A may hold content of page B, then whoever may
/// search A's chunks may read B. A is written with B's content only where A's readers imply B's. When B's
/// readers are narrowed, the same transaction adds B's rule to A's (`withheld` keeps what A's rule is by
/// itself), so A is closed to some for a while rather than B open to them; when B is removed, A is closed to
/// all. The ingest then renders A anew without B, which gives A its own readers back.
extension SQLiteCorpus: InclusionStore {
    /// The page or blog post of that title, if its source is kept. Titles are compared as Confluence does,
    /// without regard to case.
    public func includablePage(title: String, spaceKey: String) async throws(CorpusError) -> IncludablePage? {
        try await read { try Self.includablePage(title: title, spaceKey: spaceKey, $0) }
    }

    /// The page or blog post of that id, if its source is kept.
    public func includablePage(id: String) async throws(CorpusError) -> IncludablePage? {
        try await includablePage(title: id, spaceKey: Inclusion.byID)
    }

    /// A stored document, with its own readers, and what it was rendered from.
    public func documentWithOrigin(id: String) async throws(CorpusError) -> (Document, PageOrigin)? {
        try await read { db in
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        SELECT d.*, a.rule, o.format, o.body, o.rendered, o.names,
                            (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
                        FROM document d JOIN page_origin o ON o.document_id = d.id
                            LEFT JOIN withheld w ON w.document_id = d.id
                            JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                        WHERE d.id = ?
                        """, arguments: [id])
            else { return nil }
            return (try Self.document(row), try Self.origin(row))
        }
    }

    /// Documents whose text would come out otherwise now: a page that they include changed, came, went, or
    /// is readable by others than it was.
    public func documentsWithStaleInclusions() async throws(CorpusError) -> [String] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT i.*, a.rule FROM inclusion i JOIN document d ON d.id = i.document_id
                        LEFT JOIN withheld w ON w.document_id = d.id
                        JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                    ORDER BY i.document_id
                    """)
            var stale: [String] = []
            var targets: [[String]: IncludableState?] = [:]
            for row in rows {
                let (id, known): (String, Inclusion) = (row["document_id"], Self.inclusion(row))
                guard stale.last != id else { continue }
                let key = [known.spaceKey, known.title]
                let target = try targets[key] ?? Self.state(title: known.title, spaceKey: known.spaceKey, db)
                targets[key] = .some(target)
                let isAllowed = try target.map { try Self.decodeRule(row["rule"]).implies($0.readers) }
                if target?.id != known.targetID || target?.hash ?? "" != known.targetHash
                    || isAllowed ?? false != known.isAllowed
                {
                    stale.append(id)
                }
            }
            return stale
        }
    }

    /// Notes what a document includes when its text came out the same.
    public func setInclusions(
        _ inclusions: [Inclusion], readers: AccessRule, ofDocument id: String
    ) async throws(CorpusError) {
        try await write { db in
            try Self.put(inclusions, ofDocument: id, db)
            let access = try Self.access(readers, ofDocument: id, including: inclusions, db)
            try Self.set(access, ofDocument: id, db)
            try Self.followReaders(readers, access: access, ofDocument: id, db)
            try Self.advanceGeneration(db)
        }
    }

    // MARK: Readers

    /// The class of those who may read a document by itself and all that it includes.
    static func access(
        _ readers: AccessRule, ofDocument document: String, including inclusions: [Inclusion], _ db: Database
    ) throws -> AccessClassID {
        let rule = try InclusionReaders.rule(readers, ofDocument: document, including: inclusions) {
            try ownReaders(ofDocument: $0, db)
        }
        return try intern(rule, db)
    }

    /// Keeps a document's own readers where it has fewer, and narrows those of the documents it stands in.
    static func followReaders(
        _ own: AccessRule, access: AccessClassID, ofDocument id: String, _ db: Database
    ) throws {
        try keep(own, access: access, ofDocument: id, db)
        try narrowDocuments(including: id, db)
    }

    /// Closes the documents that a document stands in to those who may not read it; to all once it is gone.
    static func narrowDocuments(including id: String, _ db: Database) throws {
        let around = try String.fetchAll(
            db,
            sql: """
                SELECT document_id FROM inclusion WHERE target_id = ? AND is_allowed AND document_id <> target_id
                """, arguments: [id])
        for document in around {
            guard let readers = try ownReaders(ofDocument: document, db) else { continue }
            let included = try inclusions(ofDocument: document, db)
            let access = try Self.access(readers, ofDocument: document, including: included, db)
            try set(access, ofDocument: document, db)
            try keep(readers, access: access, ofDocument: document, db)
        }
    }

    static func set(_ access: AccessClassID, ofDocument id: String, _ db: Database) throws {
        try db.execute(sql: "UPDATE document SET access_class_id = ? WHERE id = ?", arguments: [access, id])
        try db.execute(
            sql: "UPDATE chunk SET access_class_id = ? WHERE document_id = ?", arguments: [access, id])
    }

    private static func keep(
        _ own: AccessRule, access: AccessClassID, ofDocument id: String, _ db: Database
    ) throws {
        let ownAccess = try intern(own, db)
        try db.execute(sql: "DELETE FROM withheld WHERE document_id = ?", arguments: [id])
        // A document that is not stored has no readers to keep.
        guard ownAccess != access else { return }
        try db.execute(
            sql:
                "INSERT INTO withheld (document_id, access_class_id) SELECT id, ? FROM document WHERE id = ?",
            arguments: [ownAccess, id])
    }

    private static func ownReaders(ofDocument id: String, _ db: Database) throws -> AccessRule? {
        try String.fetchOne(
            db,
            sql: """
                SELECT a.rule FROM document d LEFT JOIN withheld w ON w.document_id = d.id
                    JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                WHERE d.id = ?
                """, arguments: [id]
        ).map { try decodeRule($0) }
    }

    // MARK: Rows

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

    static func inclusions(ofDocument id: String, _ db: Database) throws -> [Inclusion] {
        try Row.fetchAll(db, sql: "SELECT * FROM inclusion WHERE document_id = ?", arguments: [id])
            .map { inclusion($0) }
    }

    private static func inclusion(_ row: Row) -> Inclusion {
        Inclusion(
            spaceKey: row["space_key"], title: row["title"], targetID: row["target_id"],
            targetHash: row["target_hash"], isAllowed: row["is_allowed"])
    }

    /// What tells whether an included page is as it was.
    private struct IncludableState {
        var id: String
        var hash: String
        var readers: AccessRule
    }

    private static func state(
        title: String, spaceKey: String, _ db: Database
    ) throws -> IncludableState? {
        try row("SELECT d.id, o.hash, a.rule", title: title, spaceKey: spaceKey, db).map { row in
            IncludableState(id: row["id"], hash: row["hash"], readers: try decodeRule(row["rule"]))
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

    private static func includablePage(
        title: String, spaceKey: String, _ db: Database
    ) throws -> IncludablePage? {
        let columns = "SELECT d.id, d.title, d.space_key, a.rule, o.format, o.body, o.rendered, o.names"
        return try row(columns, title: title, spaceKey: spaceKey, db).map { row in
            IncludablePage(
                id: row["id"], title: row["title"], spaceKey: row["space_key"],
                readers: try decodeRule(row["rule"]), origin: try origin(row))
        }
    }

    private static func origin(_ row: Row) throws -> PageOrigin {
        PageOrigin(
            format: row["format"], body: row["body"], rendered: row["rendered"],
            names: try decode([String: String].self, row["names"]))
    }

    private static func document(_ row: Row) throws -> Document {
        Document(
            id: row["id"], kind: Document.Kind(rawValue: row["kind"]) ?? .page, spaceKey: row["space_key"],
            title: row["title"], version: row["version"],
            ancestors: try decode([Ancestor].self, row["ancestors"]),
            labels: try decode([String].self, row["labels"]), author: row["author"],
            updatedAt: (row["updated_at"] as Double?).map { Date(timeIntervalSince1970: $0) },
            url: row["url"], text: row["text"], readers: try decodeRule(row["rule"]))
    }
}
