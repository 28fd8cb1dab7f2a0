@_spi(CorpusEngine) import Corpus

/// Who may read a document that others stand in, or that stands in others.
struct PostgresInclusionReaders: InclusionReaders {
    let db: PostgresConnection

    func ownReaders(ofDocument id: String) throws -> AccessRule? {
        try db.text("SELECT a.rule FROM document d \(PostgresCorpus.ownAccess) WHERE d.id = $1", [.text(id)])
            .map { try CorpusText.decodeRule($0) }
    }

    func inclusions(ofDocument id: String) throws -> [Inclusion] {
        try PostgresCorpus.inclusions(ofDocument: id, db)
    }

    func documents(including id: String) throws -> [String] {
        try db.texts(
            "SELECT document_id FROM inclusion WHERE target_id = $1 AND is_allowed AND document_id <> target_id",
            [.text(id)])
    }

    func intern(_ rule: AccessRule) throws -> AccessClassID { try PostgresCorpus.intern(rule, db) }

    func set(_ access: AccessClassID, ofDocument id: String) throws {
        try db.pipeline([
            .init(
                "UPDATE document SET access_class_id = $1 WHERE id = $2 AND access_class_id <> $1",
                [.int(access), .text(id)]),
            .init(
                "UPDATE chunk SET access_class_id = $1 WHERE document_id = $2 AND access_class_id <> $1",
                [.int(access), .text(id)]),
        ])
    }

    func keep(_ own: AccessRule, access: AccessClassID, ofDocument id: String) throws {
        let ownAccess = try intern(own)
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
}
