@_spi(CorpusEngine) import Corpus
import GRDB
import Text

/// The statements of a document's chunks, prepared once.
struct ChunkInsertion {
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
                    text, token_count, range_start, range_end, anchor, model, content_hash, section_start,
                    section_end)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        embeddingStatement = try db.makeStatement(
            sql: "INSERT OR IGNORE INTO embedding (model, content_hash, vector) VALUES (?, ?, ?)")
    }

    func callAsFunction(_ chunk: Chunk, _ embedding: [Float], _ db: Database) throws -> Int64 {
        let hash = ContentHash.of(chunk.embeddedText)
        try embeddingStatement.execute(arguments: [model, hash, VectorBlob.encode(embedding)])
        try chunkStatement.execute(arguments: [
            document.id, access, chunk.ordinal, chunk.kind.rawValue, document.title,
            chunk.headingPath.joined(separator: "\n"), try SQLiteCorpus.encode(chunk.headingPath), chunk.text,
            chunk.tokenCount, chunk.range.lowerBound, chunk.range.upperBound, chunk.anchor, model, hash,
            chunk.section?.lowerBound, chunk.section?.upperBound,
        ])
        return db.lastInsertedRowID
    }
}
