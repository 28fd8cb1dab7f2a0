@_spi(CorpusEngine) import Corpus
import Foundation

extension PostgresCorpus: IngestJobStore {
    /// Jobs that have ended and are kept.
    static let endedJobs = 1_000

    public func enqueue(_ job: IngestJob, limit: Int) async throws(CorpusError) -> IngestJob? {
        try await write { db in
            try db.lock(.jobQueue)
            let same: [PostgresValue] = [
                .text(job.source), .text(job.scope.description), .bool(job.isDryRun),
            ]
            let equal = try db.text(
                """
                SELECT job FROM ingest_job
                WHERE state = 'queued' AND source = $1 AND target = $2 AND is_dry_run = $3
                """, same)
            if let equal { return try CorpusText.decode(IngestJob.self, equal) }
            let waiting = try db.int(
                "SELECT count(*) FROM ingest_job WHERE source = $1 AND state IN ('queued', 'paused')",
                [.text(job.source)])
            guard (waiting ?? 0) < Int64(limit) else { return nil }
            try db.query(
                """
                INSERT INTO ingest_job (source, target, is_dry_run, id, state, job)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                same + [.text(job.id), .text(job.state.rawValue), .text(try CorpusText.encode(job))])
            try db.query(
                """
                DELETE FROM ingest_job WHERE sequence IN (
                    SELECT sequence FROM ingest_job WHERE state = ANY($1) ORDER BY sequence DESC OFFSET $2)
                """,
                [
                    .texts(IngestJob.State.allCases.filter(\.isFinal).map(\.rawValue)),
                    .int(Int64(Self.endedJobs)),
                ])
            return job
        }
    }

    public func ingestJob(_ id: String) async throws(CorpusError) -> IngestJob? {
        try await read { db in
            try db.text("SELECT job FROM ingest_job WHERE id = $1", [.text(id)])
                .map { try CorpusText.decode(IngestJob.self, $0) }
        }
    }

    public func ingestJobs(
        source: String?, states: Set<IngestJob.State>, before id: String?, limit: Int
    ) async throws(CorpusError) -> [IngestJob] {
        try await read { db in
            var condition = PostgresCondition()
            if let source { condition.demand("source = ", .text(source)) }
            if !states.isEmpty { condition.demand("state = ANY", .texts(states.map(\.rawValue).sorted())) }
            if let id {
                condition.demand("sequence < (SELECT sequence FROM ingest_job WHERE id = ", .text(id), ")")
            }
            let limit = condition.place(of: .int(Int64(max(0, limit))))
            return try db.texts(
                "SELECT job FROM ingest_job WHERE \(condition.sql) ORDER BY sequence DESC LIMIT \(limit)",
                condition.values
            ).map { try CorpusText.decode(IngestJob.self, $0) }
        }
    }

    /// Of several processes that ask at once each gets another job: a row that one has locked is passed over.
    ///
    /// The time is looked for in the text: PostgreSQL reads no JSON in which a title has U+0000. A title cannot pass for it,
    /// as quotes in one are escaped.
    public func takeIngestJob(source: String, at time: Date) async throws(CorpusError) -> IngestJob? {
        try await write { db in
            let text = try db.text(
                """
                SELECT job FROM ingest_job WHERE state = 'queued' AND source = $1
                    AND coalesce(
                        substring(job FROM '"heldUntil":([0-9.eE+-]+)')::double precision <= $2, true)
                ORDER BY sequence LIMIT 1 FOR UPDATE SKIP LOCKED
                """, [.text(source), .double(time.timeIntervalSinceReferenceDate)])
            guard let text else { return nil }
            var job = try CorpusText.decode(IngestJob.self, text)
            job.begin(at: time)
            try Self.put(job, db)
            return job
        }
    }

    public func changeIngestJob(
        _ id: String, _ change: @escaping @Sendable (inout IngestJob) -> Bool
    ) async throws(CorpusError) -> (job: IngestJob, isChanged: Bool)? {
        try await write { db in
            let text = try db.text("SELECT job FROM ingest_job WHERE id = $1 FOR UPDATE", [.text(id)])
            guard let text else { return nil }
            var job = try CorpusText.decode(IngestJob.self, text)
            let isChanged = change(&job)
            if isChanged { try Self.put(job, db) }
            return (job, isChanged)
        }
    }

    private static func put(_ job: IngestJob, _ db: PostgresConnection) throws {
        try db.query(
            "UPDATE ingest_job SET state = $1, job = $2 WHERE id = $3",
            [.text(job.state.rawValue), .text(try CorpusText.encode(job)), .text(job.id)])
    }
}

extension PostgresCorpus: IngestFailureLog {
    public func noteFailures(
        _ failures: [IngestFailure], of source: String, seen: Set<String>, isWhole: Bool
    ) async throws(CorpusError) {
        // The last of several with one id counts: a statement changes a row once at most.
        let last = Dictionary(failures.map { ($0.id, $0) }, uniquingKeysWith: { $1 }).values.sorted {
            $0.id < $1.id
        }
        try await write { db in
            try db.pipeline([
                isWhole
                    ? .init("DELETE FROM ingest_failure WHERE source = $1", [.text(source)])
                    : .init(
                        "DELETE FROM ingest_failure WHERE source = $1 AND document_id = ANY($2)",
                        [.text(source), .texts(seen.sorted())]),
                .init(
                    """
                    INSERT INTO ingest_failure (source, document_id, title, reason, failed_at)
                    SELECT $1, given.* FROM unnest($2, $3, $4, $5) AS given (document_id, title, reason, failed_at)
                    ON CONFLICT (source, document_id) DO UPDATE SET title = excluded.title,
                        reason = excluded.reason, failed_at = excluded.failed_at
                    """,
                    [
                        .text(source), .texts(last.map(\.id)), .texts(last.map(\.title)),
                        .texts(last.map(\.reason)), .doubles(last.map(\.failedAt.timeIntervalSince1970)),
                    ]),
            ])
            return
        }
    }

    /// ``IngestFailureReason/folded(_:)`` of a column, as PostgreSQL says it: what is in quotes goes, what follows an open
    /// one, and long numbers.
    private static let foldedReason = """
        regexp_replace(regexp_replace(regexp_replace(
            left(reason, \(IngestFailureReason.lengthLimit)), '“[^”]*”', '“…”', 'g'),
            '“(?!…”)[^”]*$', '“'), '[0-9]{4,}', '…', 'g')
        """

    public func ingestFailures(
        of source: String, for reason: String?, after id: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailure] {
        try await read { db in
            let condition = reason == nil ? "" : "AND \(Self.foldedReason) = $4"
            return try db.query(
                """
                SELECT document_id, title, reason, failed_at FROM ingest_failure
                WHERE source = $1 AND document_id > $2 \(condition) ORDER BY document_id LIMIT $3
                """,
                [.text(source), .text(id), .int(Int64(max(0, limit)))]
                    + (reason.map { [.text($0)] } ?? [])
            ).rows.map { row in
                IngestFailure(
                    id: try row.text(0), title: try row.text(1), reason: try row.text(2),
                    failedAt: try row.date(3))
            }
        }
    }

    public func ingestFailureReasons(
        of source: String, limit: Int
    ) async throws(CorpusError) -> [IngestFailureReason] {
        try await read { db in
            try db.query(
                """
                SELECT found.folded, found.failures, found.first, failure.title FROM (
                    SELECT folded, sum(failures)::bigint AS failures, min(first) AS first FROM (
                        SELECT \(Self.foldedReason) AS folded, failures, first FROM (
                            SELECT reason, count(*) AS failures, min(document_id) AS first
                            FROM ingest_failure WHERE source = $1 GROUP BY reason) AS told) AS plain
                    GROUP BY folded ORDER BY failures DESC, folded COLLATE "C" LIMIT $2) AS found
                JOIN ingest_failure AS failure ON failure.source = $1 AND failure.document_id = found.first
                ORDER BY found.failures DESC, found.folded COLLATE "C"
                """, [.text(source), .int(Int64(max(0, limit)))]
            ).rows.map { row in
                IngestFailureReason(
                    reason: try row.text(0), count: Int(try row.int(1)), exampleID: try row.text(2),
                    exampleTitle: try row.text(3))
            }
        }
    }

    public func countIngestFailures(of source: String) async throws(CorpusError) -> Int {
        try await read {
            Int(try $0.int("SELECT count(*) FROM ingest_failure WHERE source = $1", [.text(source)]) ?? 0)
        }
    }

    public func documentCounts(
        ofSource ledger: String
    ) async throws(CorpusError) -> [Document.Kind: Int] {
        try await read { db in
            let found = try db.query(
                """
                SELECT kind, count(*) FROM document
                WHERE space_key IN (SELECT space_key FROM sync_space WHERE source = $1) GROUP BY kind
                """, [.text(ledger)])
            var counts: [Document.Kind: Int] = [:]
            for row in found.rows {
                guard let kind = Document.Kind(rawValue: try row.text(0)) else { continue }
                counts[kind] = Int(try row.int(1))
            }
            return counts
        }
    }
}
