import Corpus
import Foundation
import GRDB
import Text

extension SQLiteSnapshot: PassageSnapshot {
    func chunks(_ ids: [Int64]) throws(CorpusError) -> [StoredChunk] {
        guard !ids.isEmpty else { return [] }
        return try mapErrors {
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id, document_id, access_class_id, kind, anchor, ordinal, heading_path, text,
                            token_count, range_start, range_end, section_start, section_end,
                            (SELECT e.vectors FROM evidence e WHERE e.model = chunk.model
                                AND e.content_hash = chunk.content_hash) AS evidence,
                            (SELECT i.facts FROM insight i WHERE i.content_hash = chunk.content_hash)
                                AS insights
                        FROM chunk WHERE id IN (SELECT value FROM json_each(?))
                        """), arguments: [Self.list(ids)]
            ).filter { classes.contains($0["access_class_id"]) }
            corpus.activity.loaded(passages: rows.count)
            let documents = try documentRows(Set(rows.map { $0["document_id"] as String }))
            var byID: [Int64: StoredChunk] = [:]
            for row in rows {
                guard let document = documents[row["document_id"]] else { continue }
                byID[row["id"]] = try Self.storedChunk(row, of: document)
            }
            return ids.compactMap { byID[$0] }
        }
    }

    func neighbours(ofChunks ids: [Int64], distance: Int) throws(CorpusError) -> [Int64: [Int64]] {
        guard !ids.isEmpty, distance > 0 else { return [:] }
        return try mapErrors {
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT hit.id AS hit, near.id AS near, near.access_class_id
                        FROM chunk hit JOIN chunk near ON near.document_id = hit.document_id
                            AND near.ordinal BETWEEN hit.ordinal - ? AND hit.ordinal + ? AND near.id <> hit.id
                        WHERE hit.id IN (SELECT value FROM json_each(?))
                        ORDER BY hit.id, near.ordinal
                        """), arguments: [distance, distance, Self.list(ids)])
            var found: [Int64: [Int64]] = [:]
            for row in rows where classes.contains(row["access_class_id"]) {
                found[row["hit"], default: []].append(row["near"])
            }
            return found
        }
    }

    /// A passage with what stands around it, or `nil` when it is not there for this caller.
    func context(ofChunk id: Int64, bytes: Int) throws(CorpusError) -> ChunkContext? {
        guard let chunk = try chunks([id]).first else { return nil }
        let text = try mapErrors {
            try String.fetchOne(
                db, sql: "SELECT text FROM document WHERE id = ?", arguments: [chunk.documentID])
        }
        return text.map { ChunkContext(of: chunk, in: $0, bytes: bytes) }
    }

    /// Ids as SQLite's `json_each` reads them: one statement whatever their number.
    static func list(_ ids: [Int64]) -> String {
        "[" + ids.map(String.init).joined(separator: ",") + "]"
    }

    /// What citations show of documents, by id.
    private func documentRows(_ ids: Set<String>) throws -> [String: DocumentRow] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT d.id, d.kind, d.space_key, s.name AS space_name, d.title, d.ancestors, d.author,
                        d.updated_at, d.url,
                        (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
                    FROM document d JOIN space s ON s.key = d.space_key
                    WHERE d.id IN (SELECT value FROM json_each(?))
                    """), arguments: [SQLiteCorpus.encode(ids.sorted())])
        return Dictionary(
            try rows.map { row in
                (
                    row["id"] as String,
                    DocumentRow(
                        row: row, ancestors: try SQLiteCorpus.decode([Ancestor].self, row["ancestors"]),
                        labels: try SQLiteCorpus.decode([String].self, row["labels"]))
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    private struct DocumentRow {
        var row: Row
        var ancestors: [Ancestor]
        var labels: [String]
    }

    private static func storedChunk(_ row: Row, of document: DocumentRow) throws -> StoredChunk {
        let page = document.row
        return StoredChunk(
            id: row["id"], documentID: row["document_id"],
            kind: Document.Kind(rawValue: page["kind"]) ?? .page,
            chunkKind: Chunk.Kind(rawValue: row["kind"]) ?? .prose, spaceKey: page["space_key"],
            spaceName: page["space_name"], title: page["title"], ancestors: document.ancestors,
            labels: document.labels, author: page["author"],
            updatedAt: (page["updated_at"] as Double?).map { Date(timeIntervalSince1970: $0) },
            url: page["url"], anchor: row["anchor"], ordinal: row["ordinal"],
            headingPath: try SQLiteCorpus.decode([String].self, row["heading_path"]), text: row["text"],
            tokenCount: row["token_count"],
            range: (row["range_start"] as Int)..<max(row["range_start"], row["range_end"]),
            section: (row["section_start"] as Int?).map { $0..<max($0, (row["section_end"] as Int?) ?? $0) },
            evidence: row["evidence"],
            insights: try (row["insights"] as String?).map {
                try SQLiteCorpus.decode(PassageInsights.self, $0)
            })
    }
}
