import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: IngestFailureLog {
    public func noteFailures(
        _ failures: [IngestFailure], of source: String, seen: Set<String>, isWhole: Bool
    ) async throws(CorpusError) {
        try await write { db in
            if isWhole {
                try db.execute(sql: "DELETE FROM ingest_failure WHERE source = ?", arguments: [source])
            } else {
                try db.execute(
                    sql: """
                        DELETE FROM ingest_failure WHERE source = ?
                            AND document_id IN (SELECT value FROM json_each(?))
                        """, arguments: [source, try Self.encode(seen.sorted())])
            }
            for failure in failures {
                try db.cachedStatement(
                    sql: "INSERT OR REPLACE INTO ingest_failure VALUES (?, ?, ?, ?, ?)"
                ).execute(arguments: [
                    source, failure.id, failure.title, failure.reason,
                    failure.failedAt.timeIntervalSince1970,
                ])
            }
        }
    }

    /// ``IngestFailureReason/folded(_:)`` for statements.
    static let foldedReason = DatabaseFunction("folded_reason", argumentCount: 1, pure: true) { values in
        String.fromDatabaseValue(values[0]).map { IngestFailureReason.folded($0) }
    }

    public func ingestFailures(
        of source: String, for reason: String?, after id: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailure] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM ingest_failure WHERE source = ? AND document_id > ?
                        AND (? IS NULL OR folded_reason(reason) = ?)
                    ORDER BY document_id LIMIT ?
                    """, arguments: [source, id, reason, reason, max(0, limit)]
            ).map { row in
                IngestFailure(
                    id: row["document_id"], title: row["title"], reason: row["reason"],
                    failedAt: Date(timeIntervalSince1970: row["failed_at"]))
            }
        }
    }

    public func ingestFailureReasons(
        of source: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailureReason] {
        try await read { db in
            // Most failures share their words, so that each reason is folded once and not each failure.
            try Row.fetchAll(
                db,
                sql: """
                    SELECT folded, count, first, (
                        SELECT title FROM ingest_failure WHERE source = ? AND document_id = first) AS title
                    FROM (
                        SELECT folded_reason(reason) AS folded, SUM(count) AS count, MIN(first) AS first
                        FROM (
                            SELECT reason, COUNT(*) AS count, MIN(document_id) AS first
                            FROM ingest_failure WHERE source = ? GROUP BY reason)
                        GROUP BY folded ORDER BY count DESC, folded LIMIT ?)
                    ORDER BY count DESC, folded
                    """, arguments: [source, source, max(0, limit)]
            ).map { row in
                IngestFailureReason(
                    reason: row["folded"], count: row["count"], exampleID: row["first"],
                    exampleTitle: row["title"])
            }
        }
    }

    public func countIngestFailures(of source: String) async throws(CorpusError) -> Int {
        try await read { db in
            try Int.fetchOne(
                db, sql: "SELECT COUNT(*) FROM ingest_failure WHERE source = ?", arguments: [source]) ?? 0
        }
    }

    public func documentCounts(
        ofSource ledger: String
    ) async throws(CorpusError) -> [Document.Kind: Int] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT kind, COUNT(*) AS documents FROM document
                    WHERE space_key IN (SELECT space_key FROM sync_space WHERE source = ?) GROUP BY kind
                    """, arguments: [ledger])
            var counts: [Document.Kind: Int] = [:]
            for row in rows {
                guard let kind = Document.Kind(rawValue: row["kind"]) else { continue }
                counts[kind] = row["documents"]
            }
            return counts
        }
    }
}
