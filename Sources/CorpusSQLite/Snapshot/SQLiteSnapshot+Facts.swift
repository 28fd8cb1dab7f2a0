@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

/// What is asked of every passage that a search ranks, shown or not.
extension SQLiteSnapshot {
    func documentIDs(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        return try mapErrors { try corpus.facts.documents(ofChunks: ids, for: classes, in: self) }
    }

    func facts(ofDocuments ids: [String]) throws(CorpusError) -> [DocumentFacts] {
        guard !ids.isEmpty else { return [] }
        return try mapErrors { try corpus.facts.facts(ofDocuments: ids, for: classes, in: self) }
    }
}

extension SQLiteSnapshot: PassageFactsReader {
    func lastChange() throws -> Int64 { try ChangeLog.last(db) }

    func changes(after sequence: Int64) throws -> [PassageFactsCache.Change]? {
        guard try ChangeLog.reachesBack(to: sequence, db) else { return nil }
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT document_id, chunk_id FROM chunk_change WHERE sequence > ?"),
            arguments: [sequence])
        var changes: [PassageFactsCache.Change] = []
        while let row = try rows.next() { changes.append(.init(document: row[0], chunk: row[1])) }
        return changes
    }

    func places(ofChunks ids: [Int64]) throws -> [Int64: PassageFactsCache.Place] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT id, document_id, access_class_id FROM chunk
                    WHERE id IN (SELECT value FROM json_each(?))
                    """), arguments: [Self.list(ids)])
        var found: [Int64: PassageFactsCache.Place] = [:]
        while let row = try rows.next() { found[row[0]] = .init(document: row[1], accessClass: row[2]) }
        return found
    }

    func unnamedFacts(ofDocuments ids: [String]) throws -> [PassageFactsCache.Facts] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT d.id, d.kind, d.space_key, d.author, d.title, d.updated_at,
                        (SELECT c.access_class_id FROM chunk c WHERE c.document_id = d.id LIMIT 1),
                        (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id)
                    FROM document d WHERE d.id IN (SELECT value FROM json_each(?))
                    """), arguments: [SQLiteCorpus.encode(ids)])
        var found: [PassageFactsCache.Facts] = []
        while let row = try rows.next() {
            guard let access = row[6] as AccessClassID? else { continue }
            let labels: String = row[7]
            found.append(
                .init(
                    DocumentFacts(
                        id: row[0], kind: Document.Kind(rawValue: row[1]) ?? .page, spaceKey: row[2],
                        spaceName: "",
                        labels: labels == "[]" ? [] : try SQLiteCorpus.decode([String].self, labels),
                        author: row[3], title: row[4],
                        updatedAt: (row[5] as Double?).map { Date(timeIntervalSince1970: $0) }),
                    accessClass: access))
        }
        return found
    }

    func names(ofSpaces keys: Set<String>) throws -> [String: String] {
        let statement = try db.cachedStatement(sql: "SELECT name FROM space WHERE key = ?")
        var names: [String: String] = [:]
        for key in keys { names[key] = try String.fetchOne(statement, arguments: [key]) }
        return names
    }
}
