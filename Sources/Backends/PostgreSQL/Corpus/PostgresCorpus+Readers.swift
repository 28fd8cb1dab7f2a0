@_spi(CorpusEngine) import Corpus

/// Who may read a document that others stand in, or that stands in others.
extension PostgresCorpus {
    /// The class of those who may read a document by itself and all that it includes.
    static func access(
        _ readers: AccessRule, ofDocument document: String, including inclusions: [Inclusion],
        _ db: PostgresConnection
    ) throws -> AccessClassID {
        let rule = try InclusionReaders.rule(readers, ofDocument: document, including: inclusions) {
            try ownReaders(ofDocument: $0, db)
        }
        return try intern(rule, db)
    }

    /// Keeps a document's own readers where it has fewer, and narrows those of the documents it stands in.
    static func followReaders(
        _ own: AccessRule, access: AccessClassID, ofDocument id: String, _ db: PostgresConnection
    ) throws {
        try keep(own, access: access, ofDocument: id, db)
        try narrowDocuments(including: id, db)
    }

    /// Closes the documents that a document stands in to those who may not read it; to all once it is gone.
    static func narrowDocuments(including id: String, _ db: PostgresConnection) throws {
        let around = try db.texts(
            "SELECT document_id FROM inclusion WHERE target_id = $1 AND is_allowed AND document_id <> target_id",
            [.text(id)])
        for document in around {
            guard let readers = try ownReaders(ofDocument: document, db) else { continue }
            let included = try inclusions(ofDocument: document, db)
            let access = try Self.access(readers, ofDocument: document, including: included, db)
            try set(access, ofDocument: document, db)
            try keep(readers, access: access, ofDocument: document, db)
        }
    }

    static func set(_ access: AccessClassID, ofDocument id: String, _ db: PostgresConnection) throws {
        try db.pipeline([
            .init(
                "UPDATE document SET access_class_id = $1 WHERE id = $2 AND access_class_id <> $1",
                [.int(access), .text(id)]),
            .init(
                "UPDATE chunk SET access_class_id = $1 WHERE document_id = $2 AND access_class_id <> $1",
                [.int(access), .text(id)]),
        ])
    }

    private static func keep(
        _ own: AccessRule, access: AccessClassID, ofDocument id: String, _ db: PostgresConnection
    ) throws {
        let ownAccess = try intern(own, db)
        guard ownAccess != access else {
            try db.query("DELETE FROM withheld WHERE document_id = $1", [.text(id)])
            return
        }
        // A document that is not stored has no readers to keep.
        try db.query(
            """
            INSERT INTO withheld (document_id, access_class_id) SELECT id, $1 FROM document WHERE id = $2
            ON CONFLICT (document_id) DO UPDATE SET access_class_id = excluded.access_class_id
            """, [.int(ownAccess), .text(id)])
    }

    private static func ownReaders(
        ofDocument id: String, _ db: PostgresConnection
    ) throws -> AccessRule? {
        try db.text("SELECT a.rule FROM document d \(ownAccess) WHERE d.id = $1", [.text(id)])
            .map { try CorpusText.decodeRule($0) }
    }
}
