import Foundation
import GRDB

/// What a source must know of a stored document to leave it alone.
public struct StoredDocumentState: Hashable, Sendable {
    public var version: Int
    public var contentHash: String
    public var chunkSignature: String
    public var readers: AccessRule
}

/// Which chunks a write added and removed: what the vector index must follow.
public struct DocumentChange: Hashable, Sendable {
    public var added: [Int64]
    public var removed: [Int64]

    public init(added: [Int64] = [], removed: [Int64] = []) {
        self.added = added
        self.removed = removed
    }
}

extension CorpusStore {
    public func upsert(space: Space) throws(CorpusError) {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO space (key, name, type) VALUES (?, ?, ?)
                    ON CONFLICT (key) DO UPDATE SET name = excluded.name, type = excluded.type
                    """, arguments: [space.key, space.name, space.type])
        }
    }

    public func storedDocument(id: String) throws(CorpusError) -> StoredDocumentState? {
        try read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT d.version, d.content_hash, d.chunk_signature, a.rule
                    FROM document d JOIN access_class a ON a.id = d.access_class_id WHERE d.id = ?
                    """, arguments: [id]
            ).map { row in
                StoredDocumentState(
                    version: row["version"], contentHash: row["content_hash"],
                    chunkSignature: row["chunk_signature"], readers: try Self.decodeRule(row["rule"]))
            }
        }
    }

    /// Every document's id and version.
    public func storedVersions() throws(CorpusError) -> [String: Int] {
        try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id, version FROM document")
            return Dictionary(rows.map { ($0["id"], $0["version"]) }, uniquingKeysWith: { first, _ in first })
        }
    }

    public func documentIDs(inSpace key: String) throws(CorpusError) -> Set<String> {
        try read { db in
            Set(try String.fetchAll(db, sql: "SELECT id FROM document WHERE space_key = ?", arguments: [key]))
        }
    }

    /// Replaces a document, its chunks and their embeddings in one transaction.
    ///
    /// - Parameters:
    ///   - contentHash: of the source's body, to tell an unchanged page.
    ///   - chunkSignature: of the chunker's settings, to tell chunks that must be cut anew.
    ///   - embeddings: one a chunk, in order, each of the model's dimension.
    public func replace(
        _ document: Document, contentHash: String, chunkSignature: String, chunks: [Chunk],
        embeddings: [[Float]], model: String
    ) throws(CorpusError) -> DocumentChange {
        guard chunks.count == embeddings.count else {
            throw .countMismatch(documentID: document.id, chunks: chunks.count, embeddings: embeddings.count)
        }
        return try write { db in
            let removed = try Self.deleteChunks(ofDocument: document.id, db)
            let access = try Self.intern(document.readers, db)
            try Self.put(
                document, contentHash: contentHash, chunkSignature: chunkSignature, access: access, db)
            let insert = try ChunkInsertion(document, access: access, model: model, db)
            var added: [Int64] = []
            added.reserveCapacity(chunks.count)
            for (chunk, embedding) in zip(chunks, embeddings) {
                added.append(try insert(chunk, embedding, db))
            }
            try Self.advanceGeneration(db)
            return DocumentChange(added: added, removed: removed)
        }
    }

    /// Stores everything about a document but its text and chunks.
    public func updateMetadata(_ document: Document) throws(CorpusError) {
        try write { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT text, content_hash, chunk_signature FROM document WHERE id = ?",
                    arguments: [document.id])
            else { return }
            var document = document
            document.text = row["text"]
            let access = try Self.intern(document.readers, db)
            try Self.put(
                document, contentHash: row["content_hash"], chunkSignature: row["chunk_signature"],
                access: access, db)
            try db.execute(
                sql: "UPDATE chunk SET access_class_id = ? WHERE document_id = ?",
                arguments: [access, document.id])
            try Self.advanceGeneration(db)
        }
    }

    /// Changes who may read a document; embeds nothing.
    public func setReaders(_ readers: AccessRule, ofDocument id: String) throws(CorpusError) {
        try write { db in
            let access = try Self.intern(readers, db)
            try db.execute(
                sql: "UPDATE document SET access_class_id = ? WHERE id = ?", arguments: [access, id])
            try db.execute(
                sql: "UPDATE chunk SET access_class_id = ? WHERE document_id = ?", arguments: [access, id])
            try Self.advanceGeneration(db)
        }
    }

    /// Removes documents with their chunks; ids that are not there are ignored.
    public func removeDocuments(_ ids: [String]) throws(CorpusError) -> DocumentChange {
        try write { db in
            var removed: [Int64] = []
            for id in ids {
                removed += try Self.deleteChunks(ofDocument: id, db)
                try db.execute(sql: "DELETE FROM document WHERE id = ?", arguments: [id])
            }
            try Self.advanceGeneration(db)
            return DocumentChange(removed: removed)
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
        guard
            try Bool.fetchOne(
                db, sql: "SELECT 1 FROM space WHERE key = ?", arguments: [document.spaceKey]) != nil
        else {
            throw CorpusError.unknownSpace(key: document.spaceKey, documentID: document.id)
        }
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
        try db.execute(sql: "DELETE FROM label WHERE document_id = ?", arguments: [document.id])
        for label in document.labels {
            try db.execute(
                sql: "INSERT OR IGNORE INTO label (document_id, name) VALUES (?, ?)",
                arguments: [document.id, label])
        }
    }
}

/// The statements of a document's chunks, prepared once.
private struct ChunkInsertion {
    let document: Document
    let access: AccessClassID
    let model: String
    let chunkStatement: Statement
    let embeddingStatement: Statement

    init(_ document: Document, access: AccessClassID, model: String, _ db: Database) throws {
        self.document = document
        self.access = access
        self.model = model
        chunkStatement = try db.makeStatement(
            sql: """
                INSERT INTO chunk (document_id, access_class_id, ordinal, kind, title, headings, heading_path,
                    text, token_count, range_start, range_end, anchor, model, content_hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        embeddingStatement = try db.makeStatement(
            sql: "INSERT OR IGNORE INTO embedding (model, content_hash, vector) VALUES (?, ?, ?)")
    }

    func callAsFunction(_ chunk: Chunk, _ embedding: [Float], _ db: Database) throws -> Int64 {
        let hash = CorpusStore.contentHash(of: chunk.embeddedText)
        try embeddingStatement.execute(arguments: [model, hash, VectorBlob.encode(embedding)])
        try chunkStatement.execute(arguments: [
            document.id, access, chunk.ordinal, chunk.kind.rawValue, document.title,
            chunk.headingPath.joined(separator: "\n"), try CorpusStore.encode(chunk.headingPath), chunk.text,
            chunk.tokenCount, chunk.range.lowerBound, chunk.range.upperBound, chunk.anchor, model, hash,
        ])
        return db.lastInsertedRowID
    }
}
