@_spi(CorpusEngine) import Corpus
import Foundation

extension PostgresCorpus: EmbeddingStore, InsightStore {
    public func embeddings(
        model: String, contentHashes: [String]
    ) async throws(CorpusError) -> [String: [Float]] {
        guard !contentHashes.isEmpty else { return [:] }
        return try await read { db in
            let found = try db.query(
                "SELECT content_hash, vector FROM embedding WHERE model = $1 AND content_hash = ANY($2)",
                [.text(model), .texts(contentHashes)])
            var known: [String: [Float]] = [:]
            for row in found.rows { known[try row.text(0)] = VectorBlob.decode(try row.bytes(1)) }
            return known
        }
    }

    public func evidenceHashes(
        model: String, rules: Int, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String> {
        guard !contentHashes.isEmpty else { return [] }
        return try await read { db in
            Set(
                try db.texts(
                    "SELECT content_hash FROM evidence WHERE model = $1 AND rules = $2 AND content_hash = ANY($3)",
                    [.text(model), .int(Int64(rules)), .texts(contentHashes)]))
        }
    }

    public func saveEvidence(
        _ evidence: [String: Data], model: String, rules: Int
    ) async throws(CorpusError) {
        guard !evidence.isEmpty else { return }
        // In one order everywhere: two that save the same do not wait for each other in a circle.
        let sorted = evidence.sorted { $0.key < $1.key }
        try await write { db in
            try db.query(
                """
                INSERT INTO evidence (model, content_hash, rules, vectors)
                SELECT $1, hash, $2, vectors FROM unnest($3, $4) AS given (hash, vectors)
                ON CONFLICT (model, content_hash) DO UPDATE SET rules = excluded.rules, vectors = excluded.vectors
                """,
                [.text(model), .int(Int64(rules)), .texts(sorted.map(\.key)), .blobs(sorted.map(\.value))])
            return
        }
    }

    public func chunkIDs(model: String) async throws(CorpusError) -> Set<Int64> {
        try await read { Set(try $0.ints("SELECT id FROM chunk WHERE model = $1", [.text(model)])) }
    }

    public func countChunks(model: String) async throws(CorpusError) -> Int {
        try await read { Int(try $0.int("SELECT count(*) FROM chunk WHERE model = $1", [.text(model)]) ?? 0) }
    }

    public func vectors(
        ids: [Int64], model: String
    ) async throws(CorpusError) -> [(id: Int64, vector: [Float])] {
        guard !ids.isEmpty else { return [] }
        return try await read { db in
            let found = try db.query(
                """
                SELECT c.id, e.vector FROM chunk c JOIN embedding e
                    ON e.model = c.model AND e.content_hash = c.content_hash
                WHERE c.id = ANY($1) AND c.model = $2
                """, [.ints(ids), .text(model)])
            var vectors: [(id: Int64, vector: [Float])] = []
            vectors.reserveCapacity(found.count)
            for row in found.rows {
                if let vector = VectorBlob.decode(try row.bytes(1)) {
                    vectors.append((try row.int(0), vector))
                }
            }
            return vectors
        }
    }

    @discardableResult
    public func removeUnusedEmbeddings() async throws(CorpusError) -> Int {
        // Under the lock of those who write chunks: one that is about to use an embedding finds it.
        try await writeContent { db in
            func unused(_ table: String) -> String {
                """
                DELETE FROM \(table) t WHERE NOT EXISTS (
                    SELECT 1 FROM chunk c WHERE c.model = t.model AND c.content_hash = t.content_hash)
                """
            }
            let count = try db.query(unused("embedding")).changed
            try db.pipeline([
                .init(unused("evidence")),
                .init(
                    """
                    DELETE FROM insight t WHERE NOT EXISTS (
                        SELECT 1 FROM chunk c WHERE c.content_hash = t.content_hash)
                    """),
                .init(
                    """
                    DELETE FROM insight_term t WHERE NOT EXISTS (
                        SELECT 1 FROM insight i WHERE i.content_hash = t.content_hash)
                    """),
            ])
            return count
        }
    }

    public func insightHashes(
        analyzer: String, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String> {
        guard !contentHashes.isEmpty else { return [] }
        return try await read { db in
            Set(
                try db.texts(
                    "SELECT content_hash FROM insight WHERE analyzer = $1 AND content_hash = ANY($2)",
                    [.text(analyzer), .texts(contentHashes)]))
        }
    }

    public func saveInsights(
        _ insights: [String: PassageInsights], analyzer: String
    ) async throws(CorpusError) {
        guard !insights.isEmpty else { return }
        let sorted = insights.sorted { $0.key < $1.key }
        try await write { db in
            var statements: [PostgresConnection.Statement] = []
            for (hash, found) in sorted {
                statements.append(
                    .init(
                        """
                        INSERT INTO insight (content_hash, analyzer, facts) VALUES ($1, $2, $3)
                        ON CONFLICT (content_hash) DO UPDATE SET analyzer = excluded.analyzer,
                            facts = excluded.facts
                        """, [.text(hash), .text(analyzer), .text(try CorpusText.encode(found))]))
                statements.append(.init("DELETE FROM insight_term WHERE content_hash = $1", [.text(hash)]))
                let terms = found.terms.map { ($0.0.rawValue, $0.1) }
                statements.append(
                    .init(
                        """
                        INSERT INTO insight_term (kind, value, content_hash)
                        SELECT DISTINCT kind, value, $1 FROM unnest($2, $3) AS given (kind, value)
                        """, [.text(hash), .texts(terms.map(\.0)), .texts(terms.map(\.1))]))
            }
            try db.pipeline(statements)
        }
    }
}
