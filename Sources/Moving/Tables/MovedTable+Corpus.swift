extension MovedTable {
    /// What Millrace remembers of documents.
    static let corpus: [MovedTable] =
        [
            // Each database has an identity of its own: what was derived of one is not taken for another's. Keys that KMS
            // guards lie in a file beside SQLite, and are copied by whoever moves.
            MovedTable(
                "state", in: .corpus, key: ["key"], text: ["key", "value"],
                condition: "key NOT IN ('identity', 'seal_keys')"),
            MovedTable("space", in: .corpus, key: ["key"], text: ["key", "name", "type"]),
            MovedTable(
                "access_class", in: .corpus, key: ["id"], numbered: "id", text: ["rule"], integer: ["id"],
                onlyPostgreSQL: [
                    Derived(
                        name: "digest", expression: "encode(sha256(convert_to({rule}, 'UTF8')), 'hex')")
                ]),
            MovedTable(
                "document", in: .corpus, key: ["id"],
                text: [
                    "id", "kind", "space_key", "title", "ancestors", "author", "url", "text", "content_hash",
                    "chunk_signature",
                ], integer: ["version", "access_class_id"], real: ["updated_at"]),
            MovedTable(
                "label", in: .corpus, key: ["document_id", "name"], text: ["document_id", "name"]),
            MovedTable(
                "chunk", in: .corpus, key: ["id"], numbered: "id",
                text: [
                    "document_id", "kind", "headings", "text", "anchor", "model", "content_hash",
                ],
                integer: [
                    "id", "access_class_id", "ordinal", "token_count", "range_start", "range_end",
                    "section_start", "section_end",
                ],
                // SQLite also keeps the headings a line each, from when it searched for words itself.
                renamed: ["headings": "heading_path"],
                onlySQLite: [
                    Derived(
                        name: "title", expression: "(SELECT title FROM document WHERE id = {document_id})"),
                    Derived(
                        name: "headings",
                        expression: """
                            (SELECT coalesce(group_concat(value, char(10)), '')
                                FROM (SELECT value FROM json_each({headings}) ORDER BY key))
                            """),
                ]),
            MovedTable(
                "embedding", in: .corpus, key: ["model", "content_hash"], text: ["model", "content_hash"],
                bytes: ["vector"], unnamed: ["id"]),
            MovedTable(
                "evidence", in: .corpus, key: ["model", "content_hash"], text: ["model", "content_hash"],
                integer: ["rules"], bytes: ["vectors"]),
            MovedTable(
                "insight", in: .corpus, key: ["content_hash"], text: ["content_hash", "analyzer", "facts"]),
            MovedTable(
                "insight_term", in: .corpus, key: ["content_hash", "kind", "value"],
                text: ["content_hash", "kind", "value"]),
        ] + readingOfSources

    /// How far sources were read, and what is still to be done with them.
    private static let readingOfSources: [MovedTable] = [
        MovedTable(
            "page_origin", in: .corpus, key: ["document_id"],
            text: ["document_id", "format", "body", "rendered", "names", "hash"]),
        MovedTable(
            "inclusion", in: .corpus, key: ["document_id", "space_key", "title"],
            text: ["document_id", "space_key", "title", "target_id", "target_hash"],
            boolean: ["is_allowed"]),
        MovedTable(
            "withheld", in: .corpus, key: ["document_id"], text: ["document_id"],
            integer: ["access_class_id"]),
        MovedTable(
            "sync_space", in: .corpus, key: ["source", "space_key"], text: ["source", "space_key", "phase"],
            integer: ["run", "since_full"], real: ["began_at", "high_water", "touched_at"],
            boolean: ["is_full"]),
        MovedTable(
            "sync_entry", in: .corpus, key: ["source", "id"],
            text: ["source", "id", "space_key", "owner", "parent", "title", "restriction", "facts"],
            integer: ["version", "restriction_run", "listed_run", "below_run"]),
        MovedTable(
            "group_member", in: .corpus, key: ["member", "group_name"], text: ["member", "group_name"]),
        MovedTable(
            "refresh_request", in: .corpus, key: ["target"], text: ["target"],
            integer: ["sequence", "attempts"], real: ["due_at"]),
        MovedTable(
            "ingest_job", in: .corpus, key: ["sequence"], numbered: "sequence",
            text: ["id", "source", "target", "state", "job"], integer: ["sequence"],
            boolean: ["is_dry_run"]),
        MovedTable(
            "ingest_failure", in: .corpus, key: ["source", "document_id"],
            text: ["source", "document_id", "title", "reason"], real: ["failed_at"]),
    ]
}
