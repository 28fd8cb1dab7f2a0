import Foundation
import Workspace

/// What one transaction puts into the outbox.
struct PostgresOutbox {
    let clock: LeaseClock
    /// Whether there is something to send that was not there before.
    var hasNews = false

    /// Puts word of a run's end there, for each endpoint of its owner's that subscribes to this, or that the run
    /// names. They are held until the transaction ends: none is disabled or removed meanwhile.
    ///
    /// - Parameter run: its state, times and result are written.
    mutating func tell(of run: EndedRun, _ db: PostgresConnection) throws {
        let endpoints = try db.query(
            """
            SELECT sequence, id, includes_result FROM webhook_endpoint
            WHERE owner_id = $1 AND disabled_at IS NULL
                AND (id = $2 OR ((flow IS NULL OR flow = $3) AND $4 = ANY(events)))
            ORDER BY sequence FOR SHARE
            """,
            [.int(run.ownerID), PostgresValue(run.callback), .text(run.flow), .text(run.event.rawValue)])
        guard endpoints.count > 0 else { return }
        let due = try LeaseTime(clock, callers: run.endedAt, db).atOnce(run.endedAt)
        let thin = try run.message.json(result: nil)
        // Made once, and only where somebody wants it.
        var whole: Data?
        for endpoint in endpoints.rows {
            var body = thin
            if try endpoint.bool(2) {
                body = try whole ?? run.message.json(result: run.result(db))
                whole = body
            }
            try insert(
                WebhookDelivery(
                    id: WebhookDelivery.freshID(), endpoint: endpoint.text(1), event: run.event, run: run.id,
                    body: body, createdAt: run.endedAt, dueAt: due), into: endpoint.int(0), db)
        }
    }

    /// Puts a message there.
    ///
    /// - Parameters:
    ///   - delivery: with the time at which it is due as such are kept.
    ///   - endpoint: its number, which the transaction holds.
    mutating func insert(
        _ delivery: WebhookDelivery, into endpoint: Int64, _ db: PostgresConnection
    ) throws {
        try db.query(
            """
            INSERT INTO webhook_delivery (id, endpoint_sequence, event, run, body, state, attempts, created_at,
                due_at)
            VALUES ($1, $2, $3, $4, $5, 'pending', 0, $6, $7)
            """,
            [
                .text(delivery.id), .int(endpoint), .text(delivery.event.rawValue),
                PostgresValue(delivery.run), .bytes(delivery.body), .time(delivery.createdAt),
                .time(delivery.dueAt),
            ])
        hasNews = true
    }

    /// Notes that something waits there once more.
    mutating func noteReplay() { hasNews = true }
}

extension PostgresWorkspace {
    /// Writes all of `body` or nothing, and wakes who watches the outbox when something was put there.
    func writeWithOutbox<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection, inout PostgresOutbox) throws -> Value
    ) async throws(WorkspaceError) -> Value {
        let (value, hasNews) = try await writeTimed { db in
            var outbox = PostgresOutbox(clock: self.leaseClock)
            let value = try body(db, &outbox)
            return (value, outbox.hasNews)
        }
        if hasNews { outboxWatchers.wakeAll() }
        return value
    }
}
