@_spi(CorpusEngine) import Corpus
import Foundation

/// What is asked of every passage that a search ranks, shown or not.
extension PostgresSnapshot {
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
        let now = try PostgresChangeLog.last(db)
        try corpus.facts.level(upTo: now) { since in
            guard try PostgresChangeLog.reachesBack(to: since, db) else { return nil }
            return try db.query(
                "SELECT document_id, chunk_id FROM chunk_change WHERE sequence > $1", [.int(since)]
            ).rows.map { .init(document: try $0.text(0), chunk: try $0.optionalInt(1)) }
        }
        return now
    }

    private func readPlaces(_ ids: [Int64]) throws -> [Int64: PassageFactsCache.Place] {
        let rows = try db.query(
            "SELECT id, document_id, access_class_id FROM chunk WHERE id = ANY($1)", [.ints(ids)]
        ).rows
        var found: [Int64: PassageFactsCache.Place] = [:]
        for row in rows {
            found[try row.int(0)] = .init(document: try row.text(1), accessClass: try row.int(2))
        }
        return found
    }

    /// A document without passages is nobody's to read.
    private func readFacts(_ ids: [String]) throws -> [PassageFactsCache.Facts] {
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

    /// Facts with the names that their spaces have now.
    private func named(_ facts: [DocumentFacts]) throws -> [DocumentFacts] {
        let keys = Set(facts.map(\.spaceKey))
        guard !keys.isEmpty else { return [] }
        var names: [String: String] = [:]
        for row in try db.query("SELECT key, name FROM space WHERE key = ANY($1)", [.texts(keys.sorted())])
            .rows
        {
            names[try row.text(0)] = try row.text(1)
        }
        return facts.map { facts in
            var facts = facts
            facts.spaceName = names[facts.spaceKey] ?? facts.spaceKey
            return facts
        }
    }
}
