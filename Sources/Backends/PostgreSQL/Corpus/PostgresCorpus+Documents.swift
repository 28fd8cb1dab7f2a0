@_spi(CorpusEngine) import Corpus
import Foundation
import Text

extension PostgresCorpus: DocumentStore {
    public var generation: Int64 {
        get async throws(CorpusError) { try await read { try Self.generation($0) } }
    }

    public func upsert(space: Space) async throws(CorpusError) {
        try await writeContent { db in
            try db.query(
                """
                INSERT INTO space (key, name, type) VALUES ($1, $2, $3)
                ON CONFLICT (key) DO UPDATE SET name = excluded.name, type = excluded.type
                """, [.text(space.key), .text(space.name), .text(space.type)])
            return
        }
    }

    public func storedDocument(id: String) async throws(CorpusError) -> StoredDocumentState? {
        try await read { db in
            let found = try db.query(
                """
                SELECT d.version, d.content_hash, d.chunk_signature, a.rule, d.space_key, d.ancestors, d.url,
                    \(Self.labels)
                FROM document d \(Self.ownAccess) WHERE d.id = $1
                """, [.text(id)])
            return try found.first.map { row in
                StoredDocumentState(
                    version: Int(try row.int(0)), contentHash: try row.text(1),
                    chunkSignature: try row.text(2), readers: try CorpusText.decodeRule(row.text(3)),
                    place: DocumentPlace(
                        spaceKey: try row.text(4),
                        ancestors: try CorpusText.decode([Ancestor].self, row.text(5)),
                        labels: try row.texts(7), url: try row.optionalText(6)))
            }
        }
    }

    /// A document's labels as one column, over `document d`.
    static let labels =
        "ARRAY(SELECT l.name FROM label l WHERE l.document_id = d.id ORDER BY l.name) AS labels"

    /// The rule that a document has by itself as `a.rule`, over `document d`.
    static let ownAccess = """
        LEFT JOIN withheld w ON w.document_id = d.id
            JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
        """

    public func storedVersion(id: String, chunkSignature: String) async throws(CorpusError) -> Int? {
        try await read { db in
            try db.int(
                "SELECT version FROM document WHERE id = $1 AND chunk_signature = $2",
                [.text(id), .text(chunkSignature)]
            ).map { Int($0) }
        }
    }

    public func storedVersions() async throws(CorpusError) -> [String: Int] {
        try await read { db in
            let rows = try db.query("SELECT id, version FROM document").rows
            var versions: [String: Int] = [:]
            for row in rows { versions[try row.text(0)] = Int(try row.int(1)) }
            return versions
        }
    }

    public func documentIDs(inSpace key: String) async throws(CorpusError) -> Set<String> {
        try await read { Set(try $0.texts("SELECT id FROM document WHERE space_key = $1", [.text(key)])) }
    }

    public func titles(ofDocuments ids: [String]) async throws(CorpusError) -> [String: String] {
        guard !ids.isEmpty else { return [:] }
        return try await read { db in
            let rows = try db.query("SELECT id, title FROM document WHERE id = ANY($1)", [.texts(ids)]).rows
            var titles: [String: String] = [:]
            for row in rows { titles[try row.text(0)] = try row.text(1) }
            return titles
        }
    }

    public func replace(_ new: DocumentReplacement) async throws(CorpusError) -> DocumentChange {
        let document = new.document
        try new.check()
        return try await writeContent { db in
            let removed = try Self.deleteChunks(ofDocument: document.id, db)
            let readers = PostgresInclusionReaders(db: db)
            let access = try readers.access(
                document.readers, ofDocument: document.id, including: new.inclusions)
            try Self.demandSpace(document.spaceKey, of: document.id, db)
            try db.pipeline(
                [try Self.putting(document, new, access)]
                    + Self.settingLabels(document.labels, of: document.id)
                    + [.init(PostgresChangeLog.noteFacts, [.text(document.id)])]
                    + Self.puttingOrigin(new.origin, of: document.id)
                    + Self.puttingInclusions(new.inclusions, of: document.id))
            try readers.follow(document.readers, access: access, ofDocument: document.id)
            let added = try Self.insert(new, access: access, db)
            try Self.advanceGeneration(db)
            return DocumentChange(added: added, removed: removed)
        }
    }

    public func update(_ updates: [DocumentUpdate]) async throws(CorpusError) {
        guard !updates.isEmpty else { return }
        try await writeContent { db in
            for update in updates {
                if let readers = update.readers {
                    try PostgresInclusionReaders(db: db).set(readers, ofDocument: update.id)
                }
                if let place = update.place { try Self.set(place, ofDocument: update.id, db) }
            }
            try Self.advanceGeneration(db)
        }
    }

    public func removeDocuments(_ ids: [String]) async throws(CorpusError) -> DocumentChange {
        try await writeContent { db in
            var change = DocumentChange()
            for id in ids {
                change.removed += try Self.deleteChunks(ofDocument: id, db)
                let count = try db.query("DELETE FROM document WHERE id = $1", [.text(id)]).changed
                change.documents += count
                if count > 0 { try PostgresInclusionReaders(db: db).narrowDocuments(including: id) }
            }
            if change.documents > 0 { try Self.advanceGeneration(db) }
            return change
        }
    }

    // MARK: Parts of a write

    private static func set(_ place: DocumentPlace, ofDocument id: String, _ db: PostgresConnection) throws {
        try demandSpace(place.spaceKey, of: id, db)
        let changed = try db.query(
            "UPDATE document SET space_key = $1, ancestors = $2, url = COALESCE($3, url) WHERE id = $4",
            [
                .text(place.spaceKey), .text(try CorpusText.encode(place.ancestors)),
                PostgresValue(place.url),
                .text(id),
            ]
        ).changed
        guard changed > 0 else { return }
        try db.query(PostgresChangeLog.noteFacts, [.text(id)])
        if let labels = place.labels { try db.pipeline(settingLabels(labels, of: id)) }
    }

    private static func settingLabels(
        _ labels: [String], of id: String
    ) -> [PostgresConnection.Statement] {
        [
            .init("DELETE FROM label WHERE document_id = $1", [.text(id)]),
            .init(
                "INSERT INTO label (document_id, name) SELECT DISTINCT $1, name FROM unnest($2) name",
                [.text(id), .texts(labels)]),
        ]
    }

    private static func demandSpace(_ key: String, of id: String, _ db: PostgresConnection) throws {
        guard try db.query("SELECT 1 FROM space WHERE key = $1", [.text(key)]).count > 0 else {
            throw CorpusError.unknownSpace(key: key, documentID: id)
        }
    }

    private static func deleteChunks(
        ofDocument id: String, _ db: PostgresConnection
    ) throws -> [Int64] {
        try db.ints("DELETE FROM chunk WHERE document_id = $1 RETURNING id", [.text(id)]).sorted()
    }

    private static func putting(
        _ document: Document, _ new: DocumentReplacement, _ access: AccessClassID
    ) throws -> PostgresConnection.Statement {
        .init(
            """
            INSERT INTO document (id, kind, space_key, title, version, ancestors, author, updated_at, url, text,
                access_class_id, content_hash, chunk_signature)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, space_key = excluded.space_key,
                title = excluded.title, version = excluded.version, ancestors = excluded.ancestors,
                author = excluded.author, updated_at = excluded.updated_at, url = excluded.url,
                text = excluded.text, access_class_id = excluded.access_class_id,
                content_hash = excluded.content_hash, chunk_signature = excluded.chunk_signature
            """,
            [
                .text(document.id), .text(document.kind.rawValue), .text(document.spaceKey),
                .text(document.title), .int(Int64(document.version)),
                .text(try CorpusText.encode(document.ancestors)), PostgresValue(document.author),
                PostgresValue(document.updatedAt), PostgresValue(document.url), .text(document.text),
                .int(access), .text(new.contentHash), .text(new.chunkSignature),
            ])
    }

    /// All chunks of a document and what was embedded of them, in two statements.
    ///
    /// - Returns: their ids, in reading order.
    private static func insert(
        _ new: DocumentReplacement, access: AccessClassID, _ db: PostgresConnection
    ) throws -> [Int64] {
        guard !new.chunks.isEmpty else { return [] }
        let chunks = new.chunks
        let hashes = chunks.map { ContentHash.of($0.embeddedText) }
        func numbers(_ value: (Chunk) -> Int) -> PostgresValue { .ints(chunks.map { Int64(value($0)) }) }
        let results = try db.pipeline([
            .init(
                """
                INSERT INTO embedding (model, content_hash, vector)
                SELECT DISTINCT ON (hash) $1, hash, vector FROM unnest($2, $3) AS given (hash, vector)
                ON CONFLICT DO NOTHING
                """,
                [.text(new.model), .texts(hashes), .blobs(new.embeddings.map { VectorBlob.encode($0) })]),
            .init(
                """
                INSERT INTO chunk (document_id, access_class_id, model, ordinal, kind, headings, text, token_count,
                    range_start, range_end, section_start, section_end, anchor, content_hash)
                SELECT $1, $2, $3, given.* FROM unnest($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                    AS given (ordinal, kind, headings, text, token_count, range_start, range_end, section_start,
                        section_end, anchor, content_hash)
                RETURNING id, ordinal
                """,
                [
                    .text(new.document.id), .int(access), .text(new.model), numbers(\.ordinal),
                    .texts(chunks.map(\.kind.rawValue)),
                    .texts(try chunks.map { try CorpusText.encode($0.headingPath) }),
                    .texts(chunks.map(\.text)),
                    numbers(\.tokenCount), numbers(\.range.lowerBound), numbers(\.range.upperBound),
                    .optionalInts(chunks.map { $0.section.map { Int64($0.lowerBound) } }),
                    .optionalInts(chunks.map { $0.section.map { Int64($0.upperBound) } }),
                    .optionalTexts(chunks.map(\.anchor)), .texts(hashes),
                ]),
        ])
        var added: [(ordinal: Int64, id: Int64)] = []
        for row in results[1].rows { added.append((try row.int(1), try row.int(0))) }
        return added.sorted { $0.ordinal < $1.ordinal }.map(\.id)
    }
}
