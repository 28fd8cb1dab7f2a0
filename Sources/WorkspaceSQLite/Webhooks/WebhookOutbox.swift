import Foundation
import GRDB
import JSONValue
import Workspace

/// Puts word of a run's end into the outbox, within the transaction that ends the run.
enum WebhookOutbox {
    /// - Parameter sequence: of a run whose state, times and result are written.
    static func tell(ofRun sequence: Int64, _ db: Database) throws {
        guard let run = try EndedRun(sequence, db) else { return }
        let endpoints = try db.rows(
            """
            SELECT sequence, id, events, flow, includes_result, disabled_at FROM webhook_endpoint
            WHERE owner_id = ? ORDER BY sequence
            """, run.ownerID
        ).filter { try run.concerns($0) }
        guard !endpoints.isEmpty else { return }
        let thin = try run.message.json(result: nil)
        // Made once, and only where somebody wants it.
        var whole: Data?
        for endpoint in endpoints {
            var body = thin
            if endpoint["includes_result"] {
                body = try whole ?? run.message.json(result: run.result(db))
                whole = body
            }
            try insert(
                WebhookDelivery(
                    id: WebhookDelivery.freshID(), endpoint: endpoint["id"], event: run.event, run: run.id,
                    body: body, createdAt: run.endedAt), into: endpoint["sequence"], db)
        }
    }

    /// Tells of a job's end, once, whoever subscribes to it.
    ///
    /// - Returns: how many endpoints.
    static func tell(of job: EndedJobMessage, _ tenant: String?, _ db: Database) throws -> Int {
        let endpoints = try untold(of: job, tenant, db)
        guard !endpoints.isEmpty else { return 0 }
        let body = try job.json
        for endpoint in endpoints {
            let id: String = endpoint["id"]
            try insert(
                WebhookDelivery(
                    id: WebhookDelivery.id(ofJob: job.id, to: id), endpoint: id, event: job.event, run: nil,
                    body: body, createdAt: job.endedAt), into: endpoint["sequence"], db)
        }
        return endpoints.count
    }

    /// Whoever subscribes to a job's end and was not told of it yet.
    static func untold(of job: EndedJobMessage, _ tenant: String?, _ db: Database) throws -> [Row] {
        // Endpoints are few: an owner has a hundred at most, and most are told of runs alone.
        try db.rows(
            """
            SELECT w.sequence, w.id, w.events, w.created_at FROM webhook_endpoint w JOIN owner o ON o.id = w.owner_id
            WHERE w.disabled_at IS NULL AND (?1 IS NULL OR o.tenant = ?1) ORDER BY w.sequence
            """, tenant
        ).filter {
            guard Date(microseconds: $0["created_at"]) <= job.endedAt.stored,
                try TextList.decoded($0["events"]).contains(job.event.rawValue)
            else { return false }
            let id = WebhookDelivery.id(ofJob: job.id, to: $0["id"])
            return try db.integer("SELECT sequence FROM webhook_delivery WHERE id = ?", id) == nil
        }
    }

    static func insert(_ delivery: WebhookDelivery, into endpoint: Int64, _ db: Database) throws {
        try db.run(
            """
            INSERT INTO webhook_delivery (id, endpoint_sequence, event, run, body, state, attempts, created_at,
                due_at)
            VALUES (?, ?, ?, ?, ?, 'pending', 0, ?, ?)
            """, delivery.id, endpoint, delivery.event.rawValue, delivery.run, delivery.body,
            delivery.createdAt.microseconds, delivery.dueAt.microseconds)
    }
}

/// A run that has just ended, as its owner's endpoints are told of it.
private struct EndedRun {
    let sequence: Int64
    let ownerID: Int64
    let id: String
    let event: WebhookEvent
    let endedAt: Date
    private let flow: String
    private let callback: String?
    let message: EndedRunMessage

    /// - Returns: `nil` for a run that has not ended.
    init?(_ sequence: Int64, _ db: Database) throws {
        let row = try db.row(
            """
            SELECT owner_id, id, flow, version, session, state, attempts, created_at, started_at, ended_at, callback
            FROM run WHERE sequence = ?
            """, sequence)
        guard let row, let name: String = row["state"], let state = StoredRun.State(rawValue: name),
            let event = WebhookEvent(endOf: state), let ended: Int64 = row["ended_at"]
        else { return nil }
        self.sequence = sequence
        self.event = event
        ownerID = row["owner_id"]
        id = row["id"]
        flow = row["flow"]
        callback = row["callback"]
        endedAt = Date(microseconds: ended)
        message = EndedRunMessage(
            id: id, flow: flow, version: row["version"], session: row["session"], state: state,
            attempts: row["attempts"], createdAt: Date(microseconds: row["created_at"]),
            startedAt: (row["started_at"] as Int64?).map { Date(microseconds: $0) }, endedAt: endedAt,
            event: event)
    }

    /// Whether an endpoint of its owner is told: it subscribes to this, or the run names it.
    func concerns(_ endpoint: Row) throws -> Bool {
        guard (endpoint["disabled_at"] as Int64?) == nil else { return false }
        if let callback, callback == endpoint["id"] { return true }
        let only: String? = endpoint["flow"]
        guard only == nil || only == flow else { return false }
        return try TextList.decoded(endpoint["events"]).contains(event.rawValue)
    }

    /// What the run made; `nil` where there is nothing, or too much.
    func result(_ db: Database) throws -> JSONValue? {
        let row = try db.row(
            "SELECT result FROM run_content WHERE run_sequence = ? AND length(result) <= ?", sequence,
            WorkspaceLimits.webhookResultBytes)
        guard let result: Data = row?["result"] else { return nil }
        return try? JSONValue(parsing: result)
    }
}
