import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: RunStore {
    public func enqueue(
        _ run: StoredRun, key: String?, digest: Data, atMost limit: Int?
    ) async throws(WorkspaceError) -> StoredRun {
        try run.check()
        if let key { try WorkspaceLimits.check(key, as: "idempotency key") }
        return try await write { db in
            let owner = try db.ensuredOwnerID(run.owner)
            if let key,
                let first = try db.row(
                    "SELECT sequence, request_digest FROM run WHERE owner_id = ? AND idempotency_key = ?",
                    owner, key)
            {
                guard first["request_digest"] == digest else { throw WorkspaceError.keyReused(key: key) }
                return try RunRow.run(sequence: first["sequence"], db)
            }
            guard try db.integer("SELECT sequence FROM run WHERE id = ?", run.id) == nil else {
                throw WorkspaceError.nameTaken(kind: "run", name: run.id)
            }
            if let limit {
                let waiting = try db.integer(
                    """
                    SELECT COUNT(*) FROM (SELECT 1 FROM run WHERE owner_id = ? AND state = 'queued' LIMIT ?)
                    """, owner, limit)
                guard (waiting ?? 0) < limit else { throw WorkspaceError.tooManyWaiting(limit: limit) }
            }
            let time = run.createdAt.microseconds
            try db.run(
                """
                INSERT INTO run (id, owner_id, flow, version, session, state, priority, attempts, created_at,
                    due_at, is_cancel_requested, callback, idempotency_key, request_digest)
                VALUES (?, ?, ?, ?, ?, 'queued', ?, 0, ?, ?, 0, ?, ?, ?)
                """, run.id, owner, run.flow, run.version, run.session, run.priority, time, time,
                run.callback, key, digest)
            let sequence = db.lastInsertedRowID
            try db.run(
                "INSERT INTO run_content (run_sequence, request) VALUES (?, ?)", sequence, run.request)
            if self.announcesRuns { try RunAnnouncing.announce(sequence, due: run.createdAt, db) }
            return try RunRow.run(sequence: sequence, db)
        }
    }

    public func run(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun {
        try await read { db in
            try RunRow.run(sequence: Self.ownRun(id, for: owner, db), db)
        }
    }

    public func state(of id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun.State {
        try await read { db in
            let sequence = try Self.ownRun(id, for: owner, db)
            let row = try db.row("SELECT state FROM run WHERE sequence = ?", sequence)
            guard let name: String = row?["state"], let state = StoredRun.State(rawValue: name) else {
                throw WorkspaceError.notFound(kind: "run", id: id)
            }
            return state
        }
    }

    public func runs(
        for owner: Owner, flow: String?, state: StoredRun.State?, before: StoredRun?, limit: Int
    ) async throws(WorkspaceError) -> [StoredRun] {
        try await read { db in
            guard let ownerID = try db.ownerID(owner) else { return [] }
            var conditions = ["r.owner_id = ?"]
            var values: [Database.Value] = [ownerID]
            for (column, value) in [("r.flow", flow), ("r.state", state?.rawValue)] {
                guard let value else { continue }
                conditions.append("\(column) = ?")
                values.append(value)
            }
            if let before {
                conditions.append("(r.created_at, r.id) < (?, ?)")
                values += [before.createdAt.microseconds, before.id]
            }
            return try db.rows(
                RunRow.listing + " WHERE " + conditions.joined(separator: " AND ")
                    + " ORDER BY r.created_at DESC, r.id DESC LIMIT ?",
                values + [WorkspaceLimits.rows(limit)]
            ).map { try RunRow.run($0) }
        }
    }

    public func cancel(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun {
        let time = now().microseconds
        return try await write { db in
            let sequence = try Self.ownRun(id, for: owner, db)
            let ended = try db.changes(
                """
                UPDATE run SET state = 'cancelled', ended_at = ?, is_cancel_requested = 1
                WHERE sequence = ? AND state = 'queued'
                """, time, sequence)
            if ended > 0 { try WebhookOutbox.tell(ofRun: sequence, db) }
            try db.run(
                "UPDATE run SET is_cancel_requested = 1 WHERE sequence = ? AND state = 'running'", sequence)
            return try RunRow.run(sequence: sequence, db)
        }
    }

    public func requeue(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun {
        let now = now()
        let time = now.microseconds
        return try await write { db in
            let sequence = try Self.ownRun(id, for: owner, db)
            let changed = try db.changes(
                """
                UPDATE run SET state = 'queued', attempts = 0, due_at = ?, started_at = NULL, ended_at = NULL,
                    is_cancel_requested = 0
                WHERE sequence = ? AND state IN ('dead', 'failed')
                """, time, sequence)
            let run = try RunRow.run(sequence: sequence, db)
            guard changed > 0 else { throw WorkspaceError.wrongState(run: run.id, state: run.state) }
            // Positions begin at 0 again.
            try db.run("DELETE FROM run_event WHERE run_sequence = ?", sequence)
            try db.run(
                "UPDATE run_content SET result = NULL, failure = NULL WHERE run_sequence = ?", sequence)
            if self.announcesRuns { try RunAnnouncing.announce(sequence, due: now, db) }
            return try RunRow.run(sequence: sequence, db)
        }
    }

    public func runCounts() async throws(WorkspaceError) -> [StoredRun.State: Int] {
        try await read { db in
            // Each by an index of its own, which holds no others.
            let queued = try db.integer(
                "SELECT COUNT(*) FROM run INDEXED BY run_waiting WHERE state = 'queued'")
            let running = try db.integer(
                "SELECT COUNT(*) FROM run INDEXED BY run_leased WHERE state = 'running'")
            let dead = try db.integer("SELECT COUNT(*) FROM run INDEXED BY run_dead WHERE state = 'dead'")
            return [.queued: Int(queued ?? 0), .running: Int(running ?? 0), .dead: Int(dead ?? 0)]
        }
    }

    public func expireRuns(endedBefore time: Date) async throws(WorkspaceError) -> Int {
        var count = 0
        while true {
            // In parts, so that nobody else's write waits for all of it.
            let part = try await write { db in
                let runs = try db.integers(
                    "SELECT sequence FROM run WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
                    time.microseconds, Self.expiryPart)
                for run in runs { try db.run("DELETE FROM run WHERE sequence = ?", run) }
                return runs.count
            }
            count += part
            if part < Self.expiryPart { return count }
        }
    }

    static func ownRun(_ id: String, for owner: Owner, _ db: Database) throws -> Int64 {
        guard let ownerID = try db.ownerID(owner),
            let sequence = try db.integer(
                "SELECT sequence FROM run WHERE id = ? AND owner_id = ?", id, ownerID)
        else { throw WorkspaceError.noRun(id) }
        return sequence
    }
}
