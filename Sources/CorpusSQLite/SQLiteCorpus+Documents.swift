@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB
import Text

extension SQLiteCorpus: DocumentStore {
    public func upsert(space: Space) async throws(CorpusError) {
        try await write { db in
            try db.execute(
                sql: """
                    INSERT INTO space (key, name, type) VALUES (?, ?, ?)
                    ON CONFLICT (key) DO UPDATE SET name = excluded.name, type = excluded.type
                    """, arguments: [space.key, space.name, space.type])
        }
    }

    public func storedDocument(id: String) async throws(CorpusError) -> StoredDocumentState? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT d.version, d.content_hash, d.chunk_signature, a.rule, d.space_key, d.ancestors, d.url,
                        (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
                    FROM document d LEFT JOIN withheld w ON w.document_id = d.id
                        JOIN access_class a ON a.id = COALESCE(w.access_class_id, d.access_class_id)
                    WHERE d.id = ?
                    """)
            return try Row.fetchOne(statement, arguments: [id]).map { row in
                StoredDocumentState(
                    version: row["version"], contentHash: row["content_hash"],
                    chunkSignature: row["chunk_signature"], readers: try Self.decodeRule(row["rule"]),
                    place: DocumentPlace(
                        spaceKey: row["space_key"],
                        ancestors: try Self.decode([Ancestor].self, row["ancestors"]),
                        labels: try Self.decode([String].self, row["labels"]), url: row["url"]))
            }
        }
    }

    /// The version of a stored document, if it was cut with these settings.
    public func storedVersion(id: String, chunkSignature: String) async throws(CorpusError) -> Int? {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT version FROM document WHERE id = ? AND chunk_signature = ?")
            return try Int.fetchOne(statement, arguments: [id, chunkSignature])
        }
    }

    /// Every document's id and version.
    public func storedVersions() async throws(CorpusError) -> [String: Int] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id, version FROM document")
            return Dictionary(rows.map { ($0["id"], $0["version"]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    public func documentIDs(inSpace key: String) async throws(CorpusError) -> Set<String> {
        try await read { db in
            Set(try String.fetchAll(db, sql: "SELECT id FROM document WHERE space_key = ?", arguments: [key]))
        }
    }

    /// Titles of stored documents, by id.
    public func titles(ofDocuments ids: [String]) async throws(CorpusError) -> [String: String] {
        try await read { db in
            let statement = try db.cachedStatement(sql: "SELECT title FROM document WHERE id = ?")
            var titles: [String: String] = [:]
            for id in ids { titles[id] = try String.fetchOne(statement, arguments: [id]) }
            return titles
        }
    }

    public func replace(_ new: DocumentReplacement) async throws(CorpusError) -> DocumentChange {
        let (document, chunks) = (new.document, new.chunks)
        try new.check()
        return try await write { db in
            let removed = try Self.deleteChunks(ofDocument: document.id, db)
            let readers = SQLiteInclusionReaders(db: db)
            let access = try readers.access(
                document.readers, ofDocument: document.id, including: new.inclusions)
            try Self.put(
                document, contentHash: new.contentHash, chunkSignature: new.chunkSignature, access: access, db
            )
            try Self.put(new.origin, ofDocument: document.id, db)
            try Self.put(new.inclusions, ofDocument: document.id, db)
            try readers.follow(document.readers, access: access, ofDocument: document.id)
            let insert = try ChunkInsertion(document, access: access, model: new.model, db)
            var added: [Int64] = []
            added.reserveCapacity(chunks.count)
            for (chunk, embedding) in zip(chunks, new.embeddings) {
                added.append(try insert(chunk, embedding, db))
            }
            try Self.advanceGeneration(db)
            return DocumentChange(added: added, removed: removed)
        }
    }

    /// Changes who may read documents and where they stand, all in one transaction.
    public func update(_ updates: [DocumentUpdate]) async throws(CorpusError) {
        guard !updates.isEmpty else { return }
        try await write { db in
            for update in updates {
                if let readers = update.readers {
                    try SQLiteInclusionReaders(db: db).set(readers, ofDocument: update.id)
                }
                if let place = update.place { try Self.set(place, ofDocument: update.id, db) }
            }
            try Self.advanceGeneration(db)
        }
    }

    private static func set(_ place: DocumentPlace, ofDocument id: String, _ db: Database) throws {
        try demandSpace(place.spaceKey, of: id, db)
        try db.execute(
            sql: "UPDATE document SET space_key = ?, ancestors = ?, url = COALESCE(?, url) WHERE id = ?",
            arguments: [place.spaceKey, try encode(place.ancestors), place.url, id])
        guard db.changesCount > 0 else { return }
        try ChangeLog.noteFacts(ofDocument: id, db)
        guard let labels = place.labels else { return }
        try set(labels: labels, ofDocument: id, db)
    }

    private static func set(labels: [String], ofDocument id: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM label WHERE document_id = ?", arguments: [id])
        for label in labels {
            try db.execute(
                sql: "INSERT OR IGNORE INTO label (document_id, name) VALUES (?, ?)", arguments: [id, label])
        }
    }

    private static func demandSpace(_ key: String, of id: String, _ db: Database) throws {
        guard try Bool.fetchOne(db, sql: "SELECT 1 FROM space WHERE key = ?", arguments: [key]) != nil else {
            throw CorpusError.unknownSpace(key: key, documentID: id)
        }
    }

    /// Removes documents with their chunks, and closes those that include them until they are rendered anew; ids
    /// that are not there are ignored.
    public func removeDocuments(_ ids: [String]) async throws(CorpusError) -> DocumentChange {
        try await write { db in
            var change = DocumentChange()
            for id in ids {
                change.removed += try Self.deleteChunks(ofDocument: id, db)
                try db.execute(sql: "DELETE FROM document WHERE id = ?", arguments: [id])
                let count = db.changesCount
                change.documents += count
                if count > 0 { try SQLiteInclusionReaders(db: db).narrowDocuments(including: id) }
            }
            if change.documents > 0 { try Self.advanceGeneration(db) }
            return change
        }
    }

    private static func deleteChunks(ofDocument id: String, _ db: Database) throws -> [Int64] {
        let ids = try Int64.fetchAll(db, sql: "SELECT id FROM chunk WHERE document_id = ?", arguments: [id])
        try db.execute(sql: "DELETE FROM chunk WHERE document_id = ?", arguments: [id])
        return ids
    }

    private static func put(
        _ document: Document, contentHash: String, chunkSignature: String, access: AccessClassID,
        _ db: Database
    ) throws {
        try demandSpace(document.spaceKey, of: document.id, db)
        try db.execute(
            sql: """
                INSERT INTO document (id, kind, space_key, title, version, ancestors, author, updated_at, url,
                    text, access_class_id, content_hash, chunk_signature)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, space_key = excluded.space_key,
                    title = excluded.title, version = excluded.version, ancestors = excluded.ancestors,
                    author = excluded.author, updated_at = excluded.updated_at, url = excluded.url,
                    text = excluded.text, access_class_id = excluded.access_class_id,
                    content_hash = excluded.content_hash, chunk_signature = excluded.chunk_signature
                """,
            arguments: [
                document.id, document.kind.rawValue, document.spaceKey, document.title, document.version,
                try encode(document.ancestors), document.author, document.updatedAt?.timeIntervalSince1970,
                document.url, document.text, access, contentHash, chunkSignature,
            ])
        try set(labels: document.labels, ofDocument: document.id, db)
        try ChangeLog.noteFacts(ofDocument: document.id, db)
    }
}
