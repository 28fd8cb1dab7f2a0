@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: IngestJobStore {
    /// Jobs that have ended and are kept.
    static let endedJobs = 1_000

    public func enqueue(_ job: IngestJob, limit: Int) async throws(CorpusError) -> IngestJob? {
        try await write { db in
            let equal = try String.fetchOne(
                db,
                sql: """
                    SELECT job FROM ingest_job WHERE state = 'queued' AND source = ? AND target = ? AND is_dry_run = ?
                    """, arguments: [job.source, job.scope.description, job.isDryRun])
            if let equal { return try Self.decode(IngestJob.self, equal) }
            let waiting =
                try Int.fetchOne(
                    db,
                    sql:
                        "SELECT COUNT(*) FROM ingest_job WHERE source = ? AND state IN ('queued', 'paused')",
                    arguments: [job.source]) ?? 0
            guard waiting < limit else { return nil }
            try db.execute(
                sql: """
                    INSERT INTO ingest_job (id, source, target, is_dry_run, state, job) VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    job.id, job.source, job.scope.description, job.isDryRun, job.state.rawValue,
                    try Self.encode(job),
                ])
            try Self.forgetOldJobs(db)
            return job
        }
    }

    private static func forgetOldJobs(_ db: Database) throws {
        let ended = IngestJob.State.allCases.filter(\.isFinal).map { "'\($0.rawValue)'" }.joined(
            separator: ", ")
        try db.execute(
            sql: """
                DELETE FROM ingest_job WHERE sequence IN (
                    SELECT sequence FROM ingest_job WHERE state IN (\(ended))
                    ORDER BY sequence DESC LIMIT -1 OFFSET ?)
                """, arguments: [endedJobs])
    }

    public func ingestJob(_ id: String) async throws(CorpusError) -> IngestJob? {
        try await read { try Self.job(id, $0) }
    }

    public func ingestJobs(
        source: String?, states: Set<IngestJob.State>, before id: String?, limit: Int
    ) async throws(CorpusError) -> [IngestJob] {
        try await read { db in
            var conditions = ["1"]
            var arguments: [any DatabaseValueConvertible] = []
            if let source {
                conditions.append("source = ?")
                arguments.append(source)
            }
            if !states.isEmpty {
                conditions.append("state IN (\(databaseQuestionMarks(count: states.count)))")
                arguments += states.map(\.rawValue).sorted()
            }
            if let id {
                conditions.append("sequence < (SELECT sequence FROM ingest_job WHERE id = ?)")
                arguments.append(id)
            }
            arguments.append(max(0, limit))
            return try String.fetchAll(
                db,
                sql: """
                    SELECT json_remove(job, '$.planned') FROM ingest_job
                    WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY sequence DESC LIMIT ?
                    """, arguments: StatementArguments(arguments)
            ).map { try Self.decode(IngestJob.self, $0) }
        }
    }

    public func takeIngestJob(source: String, at time: Date) async throws(CorpusError) -> IngestJob? {
        try await write { db in
            let text = try String.fetchOne(
                db,
                sql: """
                    SELECT job FROM ingest_job WHERE state = 'queued' AND source = ?
                        AND coalesce(json_extract(job, '$.heldUntil') <= ?, 1)
                    ORDER BY sequence LIMIT 1
                    """, arguments: [source, time.timeIntervalSinceReferenceDate])
            guard let text else { return nil }
            var job = try Self.decode(IngestJob.self, text)
            job.begin(at: time)
            try Self.put(job, db)
            return job
        }
    }

    public func changeIngestJob(
        _ id: String, _ change: @escaping @Sendable (inout IngestJob) -> Bool
    ) async throws(CorpusError) -> (job: IngestJob, isChanged: Bool)? {
        try await write { db in
            guard var job = try Self.job(id, db) else { return nil }
            let isChanged = change(&job)
            if isChanged { try Self.put(job, db) }
            return (job, isChanged)
        }
    }

    private static func job(_ id: String, _ db: Database) throws -> IngestJob? {
        try String.fetchOne(db, sql: "SELECT job FROM ingest_job WHERE id = ?", arguments: [id]).map {
            try decode(IngestJob.self, $0)
        }
    }

    private static func put(_ job: IngestJob, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE ingest_job SET state = ?, job = ? WHERE id = ?",
            arguments: [job.state.rawValue, try encode(job), job.id])
    }
}
