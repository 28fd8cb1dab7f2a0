import GRDB

/// The schema, one numbered step after another. A step that has shipped is never edited.
enum Migrations {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-documents") { try createDocuments($0) }
        migrator.registerMigration("2-full-text") { try createFullText($0) }
        migrator.registerMigration("3-sync") { try createSync($0) }
        migrator.registerMigration("4-inclusions") { try createInclusions($0) }
        migrator.registerMigration("5-sections") { try createSections($0) }
        migrator.registerMigration("6-chunk-changes") { try createChunkChanges($0) }
        migrator.registerMigration("7-evidence") { try createEvidence($0) }
        migrator.registerMigration("8-no-full-text") { try dropFullText($0) }
        migrator.registerMigration("9-insights") { try createInsights($0) }
        migrator.registerMigration("10-ingest-jobs") { try createJobs($0) }
        return migrator
    }

    private static func createDocuments(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE state (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) WITHOUT ROWID;

                CREATE TABLE space (key TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL);

                -- Interned: equal rules share one row, and a row never changes.
                CREATE TABLE access_class (id INTEGER PRIMARY KEY AUTOINCREMENT, rule TEXT NOT NULL UNIQUE);

                CREATE TABLE document (
                    id TEXT PRIMARY KEY NOT NULL,
                    kind TEXT NOT NULL,
                    space_key TEXT NOT NULL REFERENCES space (key),
                    title TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    ancestors TEXT NOT NULL,
                    author TEXT,
                    updated_at REAL,
                    url TEXT,
                    text TEXT NOT NULL,
                    access_class_id INTEGER NOT NULL REFERENCES access_class (id),
                    content_hash TEXT NOT NULL,
                    chunk_signature TEXT NOT NULL
                );
                CREATE INDEX document_by_space ON document (space_key);

                CREATE TABLE label (
                    document_id TEXT NOT NULL REFERENCES document (id) ON DELETE CASCADE,
                    name TEXT NOT NULL,
                    PRIMARY KEY (document_id, name)
                ) WITHOUT ROWID;
                CREATE INDEX label_by_name ON label (name);

                -- AUTOINCREMENT: an id is never given twice, so the vector index can be levelled by ids alone.
                CREATE TABLE chunk (
                    id INTEGER PRIMARY KEY AUTOINCREMENT,
                    document_id TEXT NOT NULL REFERENCES document (id) ON DELETE CASCADE,
                    access_class_id INTEGER NOT NULL REFERENCES access_class (id),
                    ordinal INTEGER NOT NULL,
                    kind TEXT NOT NULL,
                    title TEXT NOT NULL,
                    headings TEXT NOT NULL,
                    heading_path TEXT NOT NULL,
                    text TEXT NOT NULL,
                    token_count INTEGER NOT NULL,
                    range_start INTEGER NOT NULL,
                    range_end INTEGER NOT NULL,
                    anchor TEXT,
                    model TEXT NOT NULL,
                    content_hash TEXT NOT NULL,
                    UNIQUE (document_id, ordinal)
                );
                CREATE INDEX chunk_by_access ON chunk (access_class_id);
                CREATE INDEX chunk_by_embedding ON chunk (model, content_hash);

                -- Little-endian float32 rows, kept by what was embedded and not by where it stands.
                CREATE TABLE embedding (
                    id INTEGER PRIMARY KEY,
                    model TEXT NOT NULL,
                    content_hash TEXT NOT NULL,
                    vector BLOB NOT NULL,
                    UNIQUE (model, content_hash)
                );
                """)
    }

    /// External content: the words are stored once, in `chunk`; the triggers keep the index level with it. Gone
    /// since step 8.
    private static func createFullText(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE VIRTUAL TABLE chunk_text USING fts5 (
                    title, headings, text,
                    content = 'chunk', content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2'
                );
                CREATE TRIGGER chunk_text_insert AFTER INSERT ON chunk BEGIN
                    INSERT INTO chunk_text (rowid, title, headings, text)
                    VALUES (new.id, new.title, new.headings, new.text);
                END;
                CREATE TRIGGER chunk_text_delete AFTER DELETE ON chunk BEGIN
                    INSERT INTO chunk_text (chunk_text, rowid, title, headings, text)
                    VALUES ('delete', old.id, old.title, old.headings, old.text);
                END;
                CREATE TRIGGER chunk_text_update AFTER UPDATE OF title, headings, text ON chunk BEGIN
                    INSERT INTO chunk_text (chunk_text, rowid, title, headings, text)
                    VALUES ('delete', old.id, old.title, old.headings, old.text);
                    INSERT INTO chunk_text (rowid, title, headings, text)
                    VALUES (new.id, new.title, new.headings, new.text);
                END;
                """)
    }

    /// What a sync must remember to go on after a kill and to ask only for what changed.
    private static func createSync(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE sync_space (
                    source TEXT NOT NULL,
                    space_key TEXT NOT NULL,
                    run INTEGER NOT NULL,
                    phase TEXT NOT NULL,
                    is_full INTEGER NOT NULL,
                    began_at REAL NOT NULL,
                    high_water REAL,
                    since_full INTEGER NOT NULL,
                    touched_at REAL NOT NULL,
                    PRIMARY KEY (source, space_key)
                ) WITHOUT ROWID;

                CREATE TABLE sync_entry (
                    source TEXT NOT NULL,
                    id TEXT NOT NULL,
                    space_key TEXT NOT NULL,
                    owner TEXT,
                    parent TEXT,
                    title TEXT NOT NULL,
                    version INTEGER NOT NULL,
                    restriction TEXT,
                    restriction_run INTEGER NOT NULL DEFAULT 0,
                    facts TEXT NOT NULL,
                    listed_run INTEGER NOT NULL,
                    below_run INTEGER NOT NULL DEFAULT 0,
                    PRIMARY KEY (source, id)
                ) WITHOUT ROWID;
                CREATE INDEX sync_entry_by_space ON sync_entry (source, space_key, listed_run);
                CREATE INDEX sync_entry_by_owner ON sync_entry (source, owner);
                CREATE INDEX sync_entry_by_parent ON sync_entry (source, parent);

                -- Users in groups, so that a caller who is known as a user is known as a member.
                CREATE TABLE group_member (
                    member TEXT NOT NULL,
                    group_name TEXT NOT NULL,
                    PRIMARY KEY (member, group_name)
                ) WITHOUT ROWID;
                CREATE INDEX group_member_by_group ON group_member (group_name);

                -- What a webhook said has changed, until it is read anew.
                CREATE TABLE refresh_request (
                    target TEXT PRIMARY KEY NOT NULL,
                    sequence INTEGER NOT NULL,
                    attempts INTEGER NOT NULL,
                    due_at REAL NOT NULL
                ) WITHOUT ROWID;
                """)
    }
}
