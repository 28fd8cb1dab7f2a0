@_spi(CorpusEngine) import Corpus
import Foundation
import Text

extension PostgresSnapshot: PassageSnapshot {
    func chunks(_ ids: [Int64]) throws(CorpusError) -> [StoredChunk] {
        guard !ids.isEmpty else { return [] }
        return try mapErrors {
            let found = try db.query(
                """
                SELECT c.id, c.document_id, c.kind, c.anchor, c.ordinal, c.headings, c.text, c.token_count,
                    c.range_start, c.range_end, c.section_start, c.section_end, e.vectors, i.facts
                FROM chunk c LEFT JOIN evidence e ON e.model = c.model AND e.content_hash = c.content_hash
                    LEFT JOIN insight i ON i.content_hash = c.content_hash
                WHERE c.id = ANY($1) AND c.access_class_id = ANY($2)
                """, [.ints(ids), readable])
            let documents = try pages(Set(found.rows.map { try $0.text(1) }))
            var byID: [Int64: StoredChunk] = [:]
            for row in found.rows {
                guard let page = documents[try row.text(1)] else { continue }
                byID[try row.int(0)] = try Self.storedChunk(row, of: page)
            }
            return ids.compactMap { byID[$0] }
        }
    }

    func evidence(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: Data] {
        guard !ids.isEmpty else { return [:] }
        return try mapErrors {
            let found = try db.query(
                """
                SELECT c.id, e.vectors FROM chunk c
                    JOIN evidence e ON e.model = c.model AND e.content_hash = c.content_hash
                WHERE c.id = ANY($1) AND c.access_class_id = ANY($2)
                """, [.ints(ids), readable])
            var evidence: [Int64: Data] = [:]
            for row in found.rows { evidence[try row.int(0)] = try row.bytes(1) }
            return evidence
        }
    }

    func neighbours(ofChunks ids: [Int64], distance: Int) throws(CorpusError) -> [Int64: [Int64]] {
        guard !ids.isEmpty, distance > 0 else { return [:] }
        return try mapErrors {
            let found = try db.query(
                """
                SELECT hit.id, near.id FROM chunk hit JOIN chunk near ON near.document_id = hit.document_id
                    AND near.ordinal BETWEEN hit.ordinal - $1 AND hit.ordinal + $1 AND near.id <> hit.id
                WHERE hit.id = ANY($2) AND near.access_class_id = ANY($3) ORDER BY hit.id, near.ordinal
                """, [.int(Int64(distance)), .ints(ids), readable])
            var neighbours: [Int64: [Int64]] = [:]
            for row in found.rows { neighbours[try row.int(0), default: []].append(try row.int(1)) }
            return neighbours
        }
    }

    func context(ofChunk id: Int64, bytes: Int) throws(CorpusError) -> ChunkContext? {
        guard let chunk = try chunks([id]).first else { return nil }
        let text = try mapErrors {
            try db.text("SELECT text FROM document WHERE id = $1", [.text(chunk.documentID)])
        }
        return text.map { ChunkContext(of: chunk, in: $0, bytes: bytes) }
    }

    // MARK: Rows

    /// What citations show of a document.
    private struct Page {
        var kind: Document.Kind
        var spaceKey: String
        var spaceName: String
        var title: String
        var ancestors: [Ancestor]
        var author: String?
        var updatedAt: Date?
        var url: String?
        var labels: [String]
    }

    private func pages(_ ids: Set<String>) throws -> [String: Page] {
        let found = try db.query(
            """
            SELECT d.id, d.kind, d.space_key, s.name, d.title, d.ancestors, d.author, d.updated_at, d.url,
                \(PostgresCorpus.labels)
            FROM document d JOIN space s ON s.key = d.space_key WHERE d.id = ANY($1)
            """, [.texts(ids.sorted())])
        var pages: [String: Page] = [:]
        for row in found.rows {
            pages[try row.text(0)] = Page(
                kind: Document.Kind(rawValue: try row.text(1)) ?? .page, spaceKey: try row.text(2),
                spaceName: try row.text(3), title: try row.text(4),
                ancestors: try CorpusText.decode([Ancestor].self, row.text(5)),
                author: try row.optionalText(6), updatedAt: try row.optionalDate(7),
                url: try row.optionalText(8), labels: try row.texts(9))
        }
        return pages
    }

    private static func storedChunk(_ row: PostgresRow, of page: Page) throws -> StoredChunk {
        let (start, end) = (Int(try row.int(8)), Int(try row.int(9)))
        let section = try row.optionalInt(10).map { start in
            Int(start)..<max(Int(start), Int(try row.optionalInt(11) ?? start))
        }
        return StoredChunk(
            id: try row.int(0), documentID: try row.text(1), kind: page.kind,
            chunkKind: Chunk.Kind(rawValue: try row.text(2)) ?? .prose, spaceKey: page.spaceKey,
            spaceName: page.spaceName, title: page.title, ancestors: page.ancestors, labels: page.labels,
            author: page.author, updatedAt: page.updatedAt, url: page.url, anchor: try row.optionalText(3),
            ordinal: Int(try row.int(4)), headingPath: try CorpusText.decode([String].self, row.text(5)),
            text: try row.text(6), tokenCount: Int(try row.int(7)), range: start..<max(start, end),
            section: section, evidence: try row.optionalBytes(12),
            insights: try row.optionalText(13).map { try CorpusText.decode(PassageInsights.self, $0) })
    }
}
