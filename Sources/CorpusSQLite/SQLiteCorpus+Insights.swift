import Corpus
import GRDB

extension SQLiteCorpus: InsightStore {
    public func insightHashes(
        analyzer: String, contentHashes: [String]
    ) async throws(CorpusError) -> Set<String> {
        try await read { db in
            let statement = try db.cachedStatement(
                sql: "SELECT 1 FROM insight WHERE content_hash = ? AND analyzer = ?")
            var known: Set<String> = []
            for hash in contentHashes {
                if try Bool.fetchOne(statement, arguments: [hash, analyzer]) != nil { known.insert(hash) }
            }
            return known
        }
    }

    public func saveInsights(
        _ insights: [String: PassageInsights], analyzer: String
    ) async throws(CorpusError) {
        guard !insights.isEmpty else { return }
        try await write { db in
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO insight (content_hash, analyzer, facts) VALUES (?, ?, ?)")
            let forget = try db.cachedStatement(sql: "DELETE FROM insight_term WHERE content_hash = ?")
            let term = try db.cachedStatement(
                sql: "INSERT OR IGNORE INTO insight_term (kind, value, content_hash) VALUES (?, ?, ?)")
            for (hash, found) in insights {
                try forget.execute(arguments: [hash])
                try insert.execute(arguments: [hash, analyzer, try Self.encode(found)])
                for (kind, value) in found.terms {
                    try term.execute(arguments: [kind.rawValue, value, hash])
                }
            }
        }
    }
}
