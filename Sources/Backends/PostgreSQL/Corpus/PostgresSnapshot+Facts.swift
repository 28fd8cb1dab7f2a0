@_spi(CorpusEngine) import Corpus
import Foundation

/// What is asked of every passage that a search ranks, shown or not.
extension PostgresSnapshot {
    func documentIDs(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        return try mapErrors { try corpus.facts.documents(ofChunks: ids, for: classes, in: self) }
    }

    func facts(ofDocuments ids: [String]) throws(CorpusError) -> [DocumentFacts] {
        guard !ids.isEmpty else { return [] }
        return try mapErrors { try corpus.facts.facts(ofDocuments: ids, for: classes, in: self) }
    }
}

extension PostgresSnapshot: PassageFactsReader {
    func changes(after sequence: Int64) throws -> [PassageFactsCache.Change]? {
        guard try PostgresChangeLog.reachesBack(to: sequence, db) else { return nil }
        return try db.query(
            "SELECT document_id, chunk_id FROM chunk_change WHERE sequence > $1", [.int(sequence)]
        ).rows.map { .init(document: try $0.text(0), chunk: try $0.optionalInt(1)) }
    }

    func places(ofChunks ids: [Int64]) throws -> [Int64: PassageFactsCache.Place] {
        var found: [Int64: PassageFactsCache.Place] = [:]
        let rows = try db.query(
            "SELECT id, document_id, access_class_id FROM chunk WHERE id = ANY($1)", [.ints(ids)]
        ).rows
        for row in rows {
            found[try row.int(0)] = .init(document: try row.text(1), accessClass: try row.int(2))
        }
        return found
    }

    func unnamedFacts(ofDocuments ids: [String]) throws -> [PassageFactsCache.Facts] {
        try db.query(
            """
            SELECT d.id, d.kind, d.space_key, \(PostgresCorpus.labels), d.author, d.title, d.updated_at,
                d.access_class_id
            FROM document d
            WHERE d.id = ANY($1) AND EXISTS (SELECT 1 FROM chunk c WHERE c.document_id = d.id)
            """, [.texts(ids)]
        ).rows.map { row in
            .init(
                DocumentFacts(
                    id: try row.text(0), kind: Document.Kind(rawValue: try row.text(1)) ?? .page,
                    spaceKey: try row.text(2), spaceName: "", labels: try row.texts(3),
                    author: try row.optionalText(4), title: try row.text(5),
                    updatedAt: try row.optionalDate(6)),
                accessClass: try row.int(7))
        }
    }

    func names(ofSpaces keys: Set<String>) throws -> [String: String] {
        var names: [String: String] = [:]
        let rows = try db.query("SELECT key, name FROM space WHERE key = ANY($1)", [.texts(keys.sorted())])
        for row in rows.rows { names[try row.text(0)] = try row.text(1) }
        return names
    }
}
