import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: PassageStore {
    /// The chunks of these ids that `reader` may read, in the order of `ids`; others are left out.
    public func chunks(_ ids: [Int64], reader: Reader) async throws(CorpusError) -> [StoredChunk] {
        guard !ids.isEmpty else { return [] }
        return try await read { try self.chunks(ids, reader: reader, $0) }
    }

    private func chunks(_ ids: [Int64], reader: Reader, _ db: Database) throws -> [StoredChunk] {
        let filter = try self.condition(for: ChunkFilter(reader: reader), db)
        let rows = try Row.fetchAll(
            db,
            sql: Self.chunkSelection + " WHERE c.id IN (\(databaseQuestionMarks(count: ids.count))) AND "
                + filter.sql,
            arguments: StatementArguments(ids))
        var byID: [Int64: StoredChunk] = [:]
        for row in rows {
            let chunk = try Self.storedChunk(row)
            byID[chunk.id] = chunk
        }
        return ids.compactMap { byID[$0] }
    }

    /// A passage with what stands around it, or `nil` when it is not there for this reader.
    ///
    /// - Parameter bytes: how much text to show on each side at most.
    public func context(
        ofChunk id: Int64, reader: Reader, bytes: Int
    ) async throws(CorpusError) -> ChunkContext? {
        // In one transaction: the text must be the one that this reader was let in to.
        let found: (chunk: StoredChunk, text: String)? = try await read { db in
            guard let chunk = try self.chunks([id], reader: reader, db).first,
                let text = try String.fetchOne(
                    db, sql: "SELECT text FROM document WHERE id = ?", arguments: [chunk.documentID])
            else { return nil }
            return (chunk, text)
        }
        guard let (chunk, text) = found else { return nil }
        let utf8 = Array(text.utf8)
        guard chunk.range.upperBound <= utf8.count else {
            return ChunkContext(chunk: chunk, before: "", after: "", section: chunk.text)
        }
        return ChunkContext(
            chunk: chunk, before: Self.tail(of: utf8[..<chunk.range.lowerBound], bytes: bytes),
            after: Self.head(of: utf8[chunk.range.upperBound...], bytes: bytes),
            section: Self.section(of: chunk, in: utf8, bytes: bytes))
    }

    /// Counts only what `reader` may read.
    public func summary(reader: Reader) async throws(CorpusError) -> CorpusSummary {
        try await read { db in
            let filter = try self.condition(for: ChunkFilter(reader: reader), db)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT s.key, s.name, s.type, COUNT(DISTINCT d.id) AS documents, COUNT(c.id) AS chunks
                    FROM chunk c JOIN document d ON d.id = c.document_id JOIN space s ON s.key = d.space_key
                    WHERE \(filter.sql) GROUP BY s.key ORDER BY s.key
                    """)
            let spaces = rows.map { row in
                CorpusSummary.SpaceCount(
                    space: Space(key: row["key"], name: row["name"], type: row["type"]),
                    documents: row["documents"])
            }
            return CorpusSummary(
                documents: spaces.reduce(0) { $0 + $1.documents },
                chunks: rows.reduce(0) { $0 + ($1["chunks"] as Int) }, spaces: spaces)
        }
    }

    /// Titles of pages that `reader` may read, the most recently changed first.
    public func recentTitles(reader: Reader, limit: Int) async throws(CorpusError) -> [String] {
        try await read { db in
            let filter = try self.condition(for: ChunkFilter(reader: reader, kinds: [.page]), db)
            return try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT d.title FROM chunk c JOIN document d ON d.id = c.document_id
                    WHERE \(filter.sql) ORDER BY d.updated_at DESC, d.id LIMIT ?
                    """, arguments: StatementArguments(filter.arguments + [limit]))
        }
    }

    private static let chunkSelection = """
        SELECT c.id, c.document_id, d.kind, c.kind AS chunk_kind, d.space_key, s.name AS space_name, d.title,
            d.ancestors, d.author, d.updated_at, d.url, c.anchor, c.ordinal, c.heading_path, c.text,
            c.token_count, c.range_start, c.range_end, c.section_start, c.section_end,
            (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
        FROM chunk c JOIN document d ON d.id = c.document_id JOIN space s ON s.key = d.space_key
        """

    private static func storedChunk(_ row: Row) throws -> StoredChunk {
        StoredChunk(
            id: row["id"], documentID: row["document_id"],
            kind: Document.Kind(rawValue: row["kind"]) ?? .page,
            chunkKind: Chunk.Kind(rawValue: row["chunk_kind"]) ?? .prose, spaceKey: row["space_key"],
            spaceName: row["space_name"], title: row["title"],
            ancestors: try decode([Ancestor].self, row["ancestors"]),
            labels: try decode([String].self, row["labels"]), author: row["author"],
            updatedAt: (row["updated_at"] as Double?).map { Date(timeIntervalSince1970: $0) },
            url: row["url"], anchor: row["anchor"], ordinal: row["ordinal"],
            headingPath: try decode([String].self, row["heading_path"]), text: row["text"],
            tokenCount: row["token_count"],
            range: (row["range_start"] as Int)..<max(row["range_start"], row["range_end"]),
            section: (row["section_start"] as Int?).map { $0..<max($0, (row["section_end"] as Int?) ?? $0) })
    }

    /// - Parameter bytes: on each side of the passage at most.
    private static func section(of chunk: StoredChunk, in text: [UInt8], bytes: Int) -> String {
        guard let section = chunk.section, section.upperBound <= text.count,
            section.lowerBound <= chunk.range.lowerBound, section.upperBound >= chunk.range.upperBound
        else { return chunk.text }
        return tail(of: text[section.lowerBound..<chunk.range.lowerBound], bytes: bytes)
            + String(decoding: text[chunk.range], as: UTF8.self)
            + head(of: text[chunk.range.upperBound..<section.upperBound], bytes: bytes)
    }

    /// Whole lines from the end, unless the last line alone is longer.
    private static func tail(of text: ArraySlice<UInt8>, bytes: Int) -> String {
        guard text.count > bytes else { return String(decoding: text, as: UTF8.self) }
        let cut = text.suffix(bytes)
        let start = cut.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? cut.startIndex
        return String(decoding: cut[start...], as: UTF8.self)
    }

    private static func head(of text: ArraySlice<UInt8>, bytes: Int) -> String {
        guard text.count > bytes else { return String(decoding: text, as: UTF8.self) }
        let cut = text.prefix(bytes)
        return String(
            decoding: cut[..<(cut.lastIndex(of: UInt8(ascii: "\n")) ?? cut.endIndex)], as: UTF8.self)
    }
}
