@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

/// What is asked of every passage that a search ranks, shown or not.
extension SQLiteSnapshot {
    func documentIDs(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        return try mapErrors {
            let now = try levelFacts()
            var places = corpus.facts.places(of: ids)
            let missing = ids.filter { places[$0] == nil }
            if !missing.isEmpty {
                let fresh = try readPlaces(missing)
                corpus.facts.remember(fresh, at: now)
                places.merge(fresh) { $1 }
            }
            return places.compactMapValues { classes.contains($0.accessClass) ? $0.document : nil }
        }
    }

    func facts(ofDocuments ids: [String]) throws(CorpusError) -> [DocumentFacts] {
        guard !ids.isEmpty else { return [] }
        return try mapErrors {
            let now = try levelFacts()
            let known = corpus.facts.facts(of: ids)
            var found = Array(known.values)
            let missing = known.count == ids.count ? [] : ids.filter { known[$0] == nil }
            if !missing.isEmpty {
                let fresh = try readFacts(missing)
                corpus.facts.remember(fresh, at: now)
                found += fresh
            }
            let readable = found.filter { classes.contains($0.accessClass) }.map(\.facts)
            return try named(readable)
        }
    }

    /// - Returns: the last change that this snapshot holds.
    private func levelFacts() throws -> Int64 {
        let now = try ChangeLog.last(db)
        try corpus.facts.level(upTo: now) { since in
            guard try ChangeLog.reachesBack(to: since, db) else { return nil }
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: "SELECT document_id, chunk_id FROM chunk_change WHERE sequence > ?"),
                arguments: [since])
            var changes: [PassageFactsCache.Change] = []
            while let row = try rows.next() { changes.append(.init(document: row[0], chunk: row[1])) }
            return changes
        }
        return now
    }

    private func readPlaces(_ ids: [Int64]) throws -> [Int64: PassageFactsCache.Place] {
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

    /// A document without passages has no readers either.
    private func readFacts(_ ids: [String]) throws -> [PassageFactsCache.Facts] {
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

    /// Facts with the names that their spaces have now.
    private func named(_ facts: [DocumentFacts]) throws -> [DocumentFacts] {
        var names: [String: String] = [:]
        let statement = try db.cachedStatement(sql: "SELECT name FROM space WHERE key = ?")
        for key in Set(facts.map(\.spaceKey)) {
            names[key] = try String.fetchOne(statement, arguments: [key])
        }
        return facts.map { facts in
            var facts = facts
            facts.spaceName = names[facts.spaceKey] ?? facts.spaceKey
            return facts
        }
    }
}
