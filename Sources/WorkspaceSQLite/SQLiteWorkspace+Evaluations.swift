import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: EvaluationStore {
    public func add(_ set: StoredEvaluationSet) async throws(WorkspaceError) {
        try WorkspaceLimits.check(set.tenant, as: "tenant")
        try WorkspaceLimits.check(set.name, as: "evaluation set")
        try WorkspaceLimits.check(
            set.lines.utf8.count, of: "evaluation set", limit: WorkspaceLimits.documentBytes)
        try await write { db in
            let count =
                try db.integer("SELECT COUNT(*) FROM evaluation_set WHERE tenant = ?", set.tenant) ?? 0
            guard count < WorkspaceLimits.evaluationSets else {
                throw WorkspaceError.tooMany(
                    kind: "evaluation set", limit: WorkspaceLimits.evaluationSets)
            }
            try db.run(
                """
                INSERT INTO evaluation_set (id, tenant, name, created_at, created_by, lines)
                VALUES (?, ?, ?, ?, ?, ?)
                """, set.id, set.tenant, set.name, set.createdAt.microseconds, set.createdBy, set.lines)
        }
    }

    public func evaluationSets(
        inTenant tenant: String
    ) async throws(WorkspaceError) -> [StoredEvaluationSet] {
        try await read { db in
            try db.rows(
                """
                SELECT id, tenant, name, created_at, created_by, '' AS lines FROM evaluation_set
                WHERE tenant = ? ORDER BY sequence DESC
                """, tenant
            ).map { Self.evaluationSet($0) }
        }
    }

    public func evaluationSet(
        _ id: String, inTenant tenant: String
    ) async throws(WorkspaceError) -> StoredEvaluationSet {
        try await read { db in
            guard
                let row = try db.row(
                    "SELECT * FROM evaluation_set WHERE id = ? AND tenant = ?", id, tenant)
            else { throw WorkspaceError.notFound(kind: "evaluation set", id: id) }
            return Self.evaluationSet(row)
        }
    }

    public func delete(evaluationSet id: String, inTenant tenant: String) async throws(WorkspaceError) {
        try await write { db in
            guard
                try db.changes("DELETE FROM evaluation_set WHERE id = ? AND tenant = ?", id, tenant) > 0
            else { throw WorkspaceError.notFound(kind: "evaluation set", id: id) }
        }
    }

    public func add(_ runs: [StoredEvaluationRun]) async throws(WorkspaceError) {
        for run in runs {
            try WorkspaceLimits.check(run.tenant, as: "tenant")
            try WorkspaceLimits.check(run.name, as: "evaluation run")
        }
        try await write { db in
            for run in runs {
                let count =
                    try db.integer("SELECT COUNT(*) FROM evaluation_run WHERE tenant = ?", run.tenant) ?? 0
                guard count < WorkspaceLimits.evaluationRuns else {
                    throw WorkspaceError.tooMany(
                        kind: "evaluation run", limit: WorkspaceLimits.evaluationRuns)
                }
                try db.run(
                    """
                    INSERT INTO evaluation_run (id, tenant, set_id, set_name, name, flow, settings, half,
                        question_limit, concurrency, state, done, total, created_at, created_by)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, run.id, run.tenant, run.set, run.setName, run.name, run.flow, run.settings, run.half,
                    run.limit, run.concurrency, run.state.rawValue, run.done, run.total,
                    run.createdAt.microseconds, run.createdBy)
            }
        }
    }

    public func evaluationRuns(
        inTenant tenant: String, set: String?, before id: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredEvaluationRun] {
        try await read { db in
            var conditions = ["tenant = ?"]
            var values: [Database.Value] = [tenant]
            if let set {
                conditions.append("set_id = ?")
                values.append(set)
            }
            if let id {
                guard
                    let sequence = try db.integer(
                        "SELECT sequence FROM evaluation_run WHERE id = ? AND tenant = ?", id, tenant)
                else { throw WorkspaceError.notFound(kind: "evaluation run", id: id) }
                conditions.append("sequence < ?")
                values.append(sequence)
            }
            return try db.rows(
                """
                SELECT * FROM evaluation_run WHERE \(conditions.joined(separator: " AND "))
                ORDER BY sequence DESC LIMIT ?
                """, values + [WorkspaceLimits.rows(limit)]
            ).map { Self.evaluationRun($0) }
        }
    }

    public func evaluationRun(
        _ id: String, inTenant tenant: String
    ) async throws(WorkspaceError) -> StoredEvaluationRun {
        try await read { db in
            guard
                let row = try db.row(
                    "SELECT * FROM evaluation_run WHERE id = ? AND tenant = ?", id, tenant)
            else { throw WorkspaceError.notFound(kind: "evaluation run", id: id) }
            return Self.evaluationRun(row)
        }
    }

    public func unfinishedEvaluationRuns(
        limit: Int
    ) async throws(WorkspaceError) -> [StoredEvaluationRun] {
        try await read { db in
            try db.rows(
                """
                SELECT * FROM evaluation_run WHERE state IN ('queued', 'running')
                ORDER BY sequence LIMIT ?
                """, WorkspaceLimits.rows(limit)
            ).map { Self.evaluationRun($0) }
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
            let count = try db.changes(
                """
                UPDATE evaluation_run SET state = ?, done = ?, total = ?, started_at = ?, ended_at = ?,
                    failure = ?, summary = ?
                WHERE id = ? AND tenant = ? AND state IN ('queued', 'running')
                """, run.state.rawValue, run.done, run.total, run.startedAt?.microseconds,
                run.endedAt?.microseconds, run.failure, run.summary, run.id, run.tenant)
            guard count > 0 else { return false }
            if let report {
                try db.run(
                    """
                    INSERT OR REPLACE INTO evaluation_report (run_sequence, report)
                    SELECT sequence, ? FROM evaluation_run WHERE id = ? AND tenant = ?
                    """, report, run.id, run.tenant)
            }
            return true
        }
    }

    public func evaluationReport(
        ofRun id: String, inTenant tenant: String
    ) async throws(WorkspaceError) -> Data? {
        try await read { db in
            try db.row(
                """
                SELECT p.report FROM evaluation_report p JOIN evaluation_run r ON r.sequence = p.run_sequence
                WHERE r.id = ? AND r.tenant = ?
                """, id, tenant)?["report"]
        }
    }

    public func delete(evaluationRun id: String, inTenant tenant: String) async throws(WorkspaceError) {
        try await write { db in
            guard
                try db.changes("DELETE FROM evaluation_run WHERE id = ? AND tenant = ?", id, tenant) > 0
            else { throw WorkspaceError.notFound(kind: "evaluation run", id: id) }
        }
    }

    private static func evaluationSet(_ row: Row) -> StoredEvaluationSet {
        StoredEvaluationSet(
            id: row["id"], tenant: row["tenant"], name: row["name"],
            createdAt: Date(microseconds: row["created_at"]), createdBy: row["created_by"],
            lines: row["lines"])
    }

    private static func evaluationRun(_ row: Row) -> StoredEvaluationRun {
        var run = StoredEvaluationRun(
            id: row["id"], tenant: row["tenant"], set: row["set_id"], setName: row["set_name"],
            name: row["name"], flow: row["flow"], settings: row["settings"], half: row["half"],
            limit: row["question_limit"], concurrency: row["concurrency"], total: row["total"],
            createdAt: Date(microseconds: row["created_at"]), createdBy: row["created_by"])
        run.state = StoredEvaluationRun.State(rawValue: row["state"]) ?? .failed
        run.done = row["done"]
        run.startedAt = (row["started_at"] as Int64?).map { Date(microseconds: $0) }
        run.endedAt = (row["ended_at"] as Int64?).map { Date(microseconds: $0) }
        run.failure = row["failure"]
        run.summary = row["summary"]
        return run
    }
}
