@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

extension SQLiteSnapshot {
    func evidence(ofChunks ids: [Int64]) throws(CorpusError) -> [Int64: Data] {
        var found: [Int64: Data] = [:]
        try withEvidence(ofChunks: ids) { found[$0] = Data(Array($1)) }
        return found
    }

    func withEvidence(ofChunks ids: [Int64], _ body: (Int64, Data) -> Void) throws(CorpusError) {
        guard !ids.isEmpty else { return }
        try mapErrors {
            // Who may read a passage is kept beside its document.
            let readable = try corpus.facts.documents(ofChunks: ids, for: classes, in: self)
            let known = corpus.evidencePlaces.places(of: readable.keys)
            let lent = try lendEvidence(at: known, body)
            let missing = readable.keys.filter { !lent.contains($0) }
            if !missing.isEmpty { try findEvidence(ofChunks: missing.sorted(), body) }
        }
    }

    /// Lends what stands where it stood before.
    ///
    /// - Returns: the passages whose evidence it was.
    private func lendEvidence(
        at places: [Int64: EvidencePlaces.Place], _ body: (Int64, Data) -> Void
    ) throws -> Set<Int64> {
        guard !places.isEmpty else { return [] }
        // Passages of one text share a row.
        var chunks: [Int64: [Int64]] = [:]
        for (chunk, place) in places { chunks[place.row, default: []].append(chunk) }
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT evidence.rowid, evidence.model, evidence.content_hash, evidence.vectors
                    FROM json_each(?) named CROSS JOIN evidence ON evidence.rowid = named.value
                    """), arguments: [Self.list(chunks.keys.sorted())])
        var lent: Set<Int64> = []
        while let row = try rows.next() {
            let (model, hash): (String, String) = (row[1], row[2])
            let prefix = EvidencePlaces.prefix(of: hash)
            for chunk in chunks[row[0]] ?? [] {
                guard let place = places[chunk], place.hash == prefix, place.model == model else { continue }
                lent.insert(chunk)
                try row.withUnsafeData(atIndex: 3) { data in
                    if let data { body(chunk, data) }
                }
            }
        }
        return lent
    }

    /// Looks up where evidence stands, remembers it and lends it.
    private func findEvidence(ofChunks ids: [Int64], _ body: (Int64, Data) -> Void) throws {
        // CROSS JOIN: by the ids named, whatever the planner believes.
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT chunk.id, chunk.model, chunk.content_hash, evidence.rowid, evidence.vectors
                    FROM json_each(?) named CROSS JOIN chunk ON chunk.id = named.value
                    CROSS JOIN evidence
                        ON evidence.model = chunk.model AND evidence.content_hash = chunk.content_hash
                    """), arguments: [Self.list(ids)])
        var places: [Int64: EvidencePlaces.Place] = [:]
        while let row = try rows.next() {
            let (model, hash): (String, String) = (row[1], row[2])
            places[row[0]] = EvidencePlaces.Place(
                row: row[3], model: model, hash: EvidencePlaces.prefix(of: hash))
            try row.withUnsafeData(atIndex: 4) { data in
                if let data { body(row[0], data) }
            }
        }
        corpus.evidencePlaces.remember(places)
    }
}
