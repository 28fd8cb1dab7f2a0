import GRDB

extension Migrations {
    /// What pages are made from, which pages stand in which, and who is kept away until that is mended.
    static func createInclusions(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE page_origin (
                    document_id TEXT PRIMARY KEY NOT NULL REFERENCES document (id) ON DELETE CASCADE,
                    format TEXT NOT NULL,
                    body TEXT NOT NULL,
                    rendered TEXT,
                    names TEXT NOT NULL,
                    hash TEXT NOT NULL
                );

                -- target_id is no reference: a page that went is told by its absence.
                CREATE TABLE inclusion (
                    document_id TEXT NOT NULL REFERENCES document (id) ON DELETE CASCADE,
                    space_key TEXT NOT NULL,
                    title TEXT NOT NULL,
                    target_id TEXT,
                    target_hash TEXT NOT NULL,
                    is_allowed INTEGER NOT NULL,
                    PRIMARY KEY (document_id, space_key, title)
                ) WITHOUT ROWID;
                CREATE INDEX inclusion_by_target ON inclusion (target_id);

                -- The readers that a page has by itself, where included text lets only some of them see it.
                CREATE TABLE withheld (
                    document_id TEXT PRIMARY KEY NOT NULL REFERENCES document (id) ON DELETE CASCADE,
                    access_class_id INTEGER NOT NULL REFERENCES access_class (id)
                ) WITHOUT ROWID;

                CREATE INDEX document_by_title ON document (space_key, title COLLATE NOCASE);
                """)
    }

    /// What was derived of embedded texts beside their vectors, by what was embedded, as embeddings are kept.
    static func createEvidence(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE evidence (
                    model TEXT NOT NULL,
                    content_hash TEXT NOT NULL,
                    rules INTEGER NOT NULL,
                    vectors BLOB NOT NULL,
                    PRIMARY KEY (model, content_hash)
                );
                """)
    }

    /// What services found out about texts, by what was embedded, and what of it searches filter by.
    static func createInsights(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE insight (
                    content_hash TEXT PRIMARY KEY NOT NULL,
                    analyzer TEXT NOT NULL,
                    facts TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE insight_term (
                    kind TEXT NOT NULL,
                    value TEXT NOT NULL,
                    content_hash TEXT NOT NULL,
                    PRIMARY KEY (kind, value, content_hash)
                ) WITHOUT ROWID;
                CREATE INDEX insight_term_by_text ON insight_term (content_hash);
                CREATE INDEX chunk_by_text ON chunk (content_hash);
                """)
    }

    /// Words are looked up in an index of their own beside the database, which is derived from `chunk`.
    static func dropFullText(_ db: Database) throws {
        try db.execute(
            sql: """
                DROP TRIGGER chunk_text_insert;
                DROP TRIGGER chunk_text_delete;
                DROP TRIGGER chunk_text_update;
                DROP TABLE chunk_text;
                """)
    }

    /// Where a chunk's section begins and ends in its document's text: the parent of the chunk.
    static func createSections(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE chunk ADD COLUMN section_start INTEGER;
                ALTER TABLE chunk ADD COLUMN section_end INTEGER;
                """)
    }

    /// What happened to chunks, for whatever keeps sets of their ids; see ``ChangeLog``.
    static func createChunkChanges(_ db: Database) throws {
        try db.execute(
            sql: """
                -- AUTOINCREMENT: a number is never given twice, though the oldest are forgotten.
                CREATE TABLE chunk_change (
                    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id TEXT NOT NULL,
                    chunk_id INTEGER,
                    model TEXT,
                    before INTEGER,
                    after INTEGER
                );
                -- Holds all that sets of ids are made of.
                CREATE INDEX chunk_by_model ON chunk (model, access_class_id);
                CREATE INDEX document_by_update ON document (kind, updated_at DESC, id);
                CREATE TRIGGER chunk_change_insert AFTER INSERT ON chunk BEGIN
                    INSERT INTO chunk_change (document_id, chunk_id, model, after)
                    VALUES (new.document_id, new.id, new.model, new.access_class_id);
                END;
                CREATE TRIGGER chunk_change_delete AFTER DELETE ON chunk BEGIN
                    INSERT INTO chunk_change (document_id, chunk_id, model, before)
                    VALUES (old.document_id, old.id, old.model, old.access_class_id);
                END;
                CREATE TRIGGER chunk_change_update AFTER UPDATE OF access_class_id ON chunk
                WHEN old.access_class_id <> new.access_class_id BEGIN
                    INSERT INTO chunk_change (document_id, chunk_id, model, before, after)
                    VALUES (new.document_id, new.id, new.model, old.access_class_id, new.access_class_id);
                END;
                """)
    }
}
