@_spi(CorpusEngine) import Corpus
import GRDB

/// Who may read a document that others stand in, or that stands in others.
struct SQLiteInclusionReaders: InclusionReaders {
    let db: Database

    func ownReaders(ofDocument id: String) throws -> AccessRule? {
        try String.fetchOne(
            db,
            sql: """
                SELECT a.rule FROM document d LEFT JOIN withheld w ON w.document_id = d.id
                    JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                WHERE d.id = ?
                """, arguments: [id]
        ).map { try SQLiteCorpus.decodeRule($0) }
    }

    func inclusions(ofDocument id: String) throws -> [Inclusion] {
        try Row.fetchAll(db, sql: "SELECT * FROM inclusion WHERE document_id = ?", arguments: [id])
            .map { SQLiteCorpus.inclusion($0) }
    }

    func documents(including id: String) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT document_id FROM inclusion WHERE target_id = ? AND is_allowed AND document_id <> target_id
                """, arguments: [id])
    }

    func intern(_ rule: AccessRule) throws -> AccessClassID { try SQLiteCorpus.intern(rule, db) }

    func set(_ access: AccessClassID, ofDocument id: String) throws {
        try db.execute(sql: "UPDATE document SET access_class_id = ? WHERE id = ?", arguments: [access, id])
        try db.execute(
            sql: "UPDATE chunk SET access_class_id = ? WHERE document_id = ?", arguments: [access, id])
    }

    func keep(_ own: AccessRule, access: AccessClassID, ofDocument id: String) throws {
        let ownAccess = try intern(own)
        try db.execute(sql: "DELETE FROM withheld WHERE document_id = ?", arguments: [id])
        // A document that is not stored has no readers to keep.
        guard ownAccess != access else { return }
        try db.execute(
            sql:
                "INSERT INTO withheld (document_id, access_class_id) SELECT id, ? FROM document WHERE id = ?",
            arguments: [ownAccess, id])
    }
}
