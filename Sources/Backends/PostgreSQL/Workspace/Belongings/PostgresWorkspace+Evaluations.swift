import Foundation
import Workspace

extension PostgresWorkspace: EvaluationStore {
    public func add(_ runs: [StoredEvaluationRun]) async throws(WorkspaceError) {
        for run in runs {
            try WorkspaceLimits.check(run.tenant, as: "tenant")
            try WorkspaceLimits.check(run.name, as: "evaluation run")
        }
        let counts = Dictionary(grouping: runs, by: { Data($0.tenant.utf8) }).mapValues(\.count)
        // In one order, so that two that add runs at once do not wait for each other.
        let tenants = counts.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }.sorted { $0 < $1 }
        try await write { db in
            for (tenant, added) in tenants {
                try db.lock(.evaluationRuns, tenant)
                let kept =
                    try db.int(
                        "SELECT count(*) FROM evaluation_run WHERE \(Self.ofTenant)", [.text(tenant)]) ?? 0
                guard kept + Int64(added) <= Int64(WorkspaceLimits.evaluationRuns) else {
                    throw WorkspaceError.tooMany(
                        kind: "evaluation run", limit: WorkspaceLimits.evaluationRuns)
                }
            }
            try db.pipeline(runs.map { Self.insertion(of: $0) })
            return
        }
    }

    public func evaluationRuns(
        inTenant tenant: String, set: String?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredEvaluationRun] {
        try await read { db in
            var end = Int64.max
            if let id {
                let place = try db.int(
                    "SELECT sequence FROM evaluation_run WHERE id = $1 AND tenant = $2",
                    [.text(id), .text(tenant)])
                guard let place else { throw WorkspaceError.noEvaluationRun(id) }
                end = place
            }
            return try db.query(
                """
                SELECT \(Self.evaluationRunColumns) FROM evaluation_run
                WHERE \(Self.ofTenant) AND sequence < $2 AND ($3 OR set_id = $4)
                ORDER BY sequence DESC LIMIT $5
                """,
                [
                    .text(tenant), .int(end), .bool(set == nil), .text(set ?? ""),
                    .count(WorkspaceLimits.rows(limit)),
                ]
            ).rows.map { try Self.evaluationRun($0) }
        }
    }

    public func evaluationRun(
        _ id: String, inTenant tenant: String
    ) async throws(WorkspaceError) -> StoredEvaluationRun {
        try await read { db in
            let row = try db.query(
                "SELECT \(Self.evaluationRunColumns) FROM evaluation_run WHERE id = $1 AND tenant = $2",
                [.text(id), .text(tenant)]
            ).first
            guard let row else { throw WorkspaceError.noEvaluationRun(id) }
            return try Self.evaluationRun(row)
        }
    }

    public func unfinishedEvaluationRuns(
        limit: Int
    ) async throws(WorkspaceError) -> [StoredEvaluationRun] {
        try await read { db in
            try db.query(
                """
                SELECT \(Self.evaluationRunColumns) FROM evaluation_run WHERE state IN ('queued', 'running')
                ORDER BY sequence LIMIT $1
                """, [.count(WorkspaceLimits.rows(limit))]
            ).rows.map { try Self.evaluationRun($0) }
        }
    }

    @discardableResult
    public func update(
        _ run: StoredEvaluationRun, report: Data?
    ) async throws(WorkspaceError) -> Bool {
        if let report {
            try WorkspaceLimits.check(
                report.count, of: "evaluation report", limit: WorkspaceLimits.documentBytes)
        }
        return try await write { db in
            let sequence = try db.int(
                """
                UPDATE evaluation_run SET state = $3, done = $4, total = $5, started_at = $6, ended_at = $7,
                    failure = $8, summary = $9
                WHERE id = $1 AND tenant = $2 AND state IN ('queued', 'running') RETURNING sequence
                """,
                [
                    .text(run.id), .text(run.tenant), .text(run.state.rawValue), .count(run.done),
                    .count(run.total), .time(run.startedAt), .time(run.endedAt), PostgresValue(run.failure),
                    PostgresValue(run.summary),
                ])
            guard let sequence else { return false }
            if let report {
                try db.query(
                    """
                    INSERT INTO evaluation_report (run_sequence, report) VALUES ($1, $2)
                    ON CONFLICT (run_sequence) DO UPDATE SET report = excluded.report
                    """, [.int(sequence), .bytes(report)])
            }
            return true
        }
    }

    public func evaluationReport(
        ofRun id: String, inTenant tenant: String
    ) async throws(WorkspaceError) -> Data? {
        try await read { db in
            try db.query(
                """
                SELECT p.report FROM evaluation_report p JOIN evaluation_run r ON r.sequence = p.run_sequence
                WHERE r.id = $1 AND r.tenant = $2
                """, [.text(id), .text(tenant)]
            ).first?.bytes(0)
        }
    }

    public func delete(evaluationRun id: String, inTenant tenant: String) async throws(WorkspaceError) {
        try await write { db in
            let count = try db.query(
                "DELETE FROM evaluation_run WHERE id = $1 AND tenant = $2", [.text(id), .text(tenant)]
            ).changed
            guard count > 0 else { throw WorkspaceError.noEvaluationRun(id) }
        }
    }
}
