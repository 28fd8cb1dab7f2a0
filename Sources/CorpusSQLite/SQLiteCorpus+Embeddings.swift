@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: EmbeddingStore {
    /// The embeddings that are already known of these texts' hashes.
    public func embeddings(
        model: String, contentHashes: [String]
    ) async throws(CorpusError) -> [String: [Float]] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT vector FROM embedding WHERE model = ? AND content_hash = ?")
            var known: [String: [Float]] = [:]
            for hash in contentHashes where known[hash] == nil {
                if let data = try Data.fetchOne(statement, arguments: [model, hash]) {
                    known[hash] = VectorBlob.decode(data)
                }
            }
            return known
        }
    }

    public func evidenceHashes(
        model: String, rules: Int, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT 1 FROM evidence WHERE model = ? AND content_hash = ? AND rules = ?")
            var known: Set<String> = []
            for hash in contentHashes {
                if try Bool.fetchOne(statement, arguments: [model, hash, rules]) != nil {
                    known.insert(hash)
                }
            }
            return known
        }
    }

    public func saveEvidence(
        _ evidence: [String: Data], model: String, rules: Int
    ) async throws(CorpusError) {
        guard !evidence.isEmpty else { return }
        try await write { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO evidence (model, content_hash, rules, vectors) VALUES (?, ?, ?, ?)
                    """)
            for (hash, data) in evidence { try statement.execute(arguments: [model, hash, rules, data]) }
        }
    }

    /// Ids of all chunks embedded by `model`.
    public func chunkIDs(model: String) async throws(CorpusError) -> Set<Int64> {
        try await read { db in
            let statement = try db.cachedStatement(sql: "SELECT id FROM chunk WHERE model = ?")
            let rows = try Int64.fetchCursor(statement, arguments: [model])
            // With room for all from the beginning: growing step by step costs as much as the reading.
            var ids = Set<Int64>(minimumCapacity: try Self.countChunks(db, model: model))
            while let id = try rows.next() { ids.insert(id) }
            return ids
        }
    }

    /// How many chunks are embedded by `model`: one count over an index.
    public func countChunks(model: String) async throws(CorpusError) -> Int {
        try await read { try Self.countChunks($0, model: model) }
    }

    private static func countChunks(_ db: Database, model: String) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM chunk WHERE model = ?", arguments: [model]) ?? 0
    }

    /// The vectors of some chunks, in no order; a chunk that is gone is left out.
    public func vectors(ids: [Int64], model: String) async throws(CorpusError) -> [(
        id: Int64, vector: [Float]
    )] {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT e.vector FROM chunk c JOIN embedding e
                        ON e.model = c.model AND e.content_hash = c.content_hash
                    WHERE c.id = ? AND c.model = ?
                    """)
            var found: [(id: Int64, vector: [Float])] = []
            found.reserveCapacity(ids.count)
            for id in ids {
                if let data = try Data.fetchOne(statement, arguments: [id, model]),
                    let vector = VectorBlob.decode(data)
                {
                    found.append((id, vector))
                }
            }
            return found
        }
    }

    /// Removes embeddings that no chunk uses any more.
    ///
    /// - Returns: how many went.
    @discardableResult
    public func removeUnusedEmbeddings() async throws(CorpusError) -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    DELETE FROM embedding WHERE NOT EXISTS (
                        SELECT 1 FROM chunk c
                        WHERE c.model = embedding.model AND c.content_hash = embedding.content_hash)
                    """)
            let count = db.changesCount
            try db.execute(
                sql: """
                    DELETE FROM evidence WHERE NOT EXISTS (
                        SELECT 1 FROM chunk c
                        WHERE c.model = evidence.model AND c.content_hash = evidence.content_hash)
                    """)
            try db.execute(
                sql: """
                    DELETE FROM insight WHERE NOT EXISTS (
                        SELECT 1 FROM chunk c WHERE c.content_hash = insight.content_hash);
                    DELETE FROM insight_term WHERE NOT EXISTS (
                        SELECT 1 FROM insight i WHERE i.content_hash = insight_term.content_hash);
                    """)
            return count
        }
    }
}
