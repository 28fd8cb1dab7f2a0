import Foundation
import Workspace

/// A delivery whose sender holds the newest lease: the only one that may say how it went. Its endpoint's row and its
/// own are locked, in this order.
struct PostgresHeldDelivery {
    private let sequence: Int64
    private let endpoint: Int64
    private let failingSince: Date?
    private let isDisabled: Bool

    /// - Throws: ``WorkspaceError/leaseLost(run:)`` where the lease is not the newest, or nothing is sent any more.
    init(_ lease: WebhookLease, _ db: PostgresConnection) throws {
        let results = try db.pipeline([
            .init(
                """
                SELECT sequence, failing_since, disabled_at IS NOT NULL FROM webhook_endpoint
                WHERE sequence = (SELECT endpoint_sequence FROM webhook_delivery WHERE id = $1)
                FOR NO KEY UPDATE
                """, [.text(lease.delivery)]),
            .init(
                """
                SELECT sequence FROM webhook_delivery
                WHERE id = $1 AND lease_number = $2 AND state = 'pending' AND lease_expires_at IS NOT NULL
                FOR UPDATE
                """, [.text(lease.delivery), .count(lease.number)]),
        ])
        guard let endpoint = results[0].first, let delivery = results[1].first else {
            throw WorkspaceError.leaseLost(run: lease.delivery)
        }
        sequence = try delivery.int(0)
        self.endpoint = try endpoint.int(0)
        failingSince = try endpoint.optionalTime(1)
        isDisabled = try endpoint.bool(2)
    }

    func end(
        _ state: WebhookDelivery.State, status: Int?, error: String?, at time: Date,
        _ db: PostgresConnection
    ) throws {
        try db.query(
            """
            UPDATE webhook_delivery SET state = $2, ended_at = $3, last_status = $4, last_error = $5,
                lease_sender = NULL, lease_expires_at = NULL
            WHERE sequence = $1
            """,
            [
                .int(sequence), .text(state.rawValue), .time(time), PostgresValue(status),
                PostgresValue(error.map(Self.short)),
            ])
    }

    func postpone(until due: Date, status: Int?, error: String, _ db: PostgresConnection) throws {
        try db.query(
            """
            UPDATE webhook_delivery SET due_at = $2, last_status = $3, last_error = $4, lease_sender = NULL,
                lease_expires_at = NULL
            WHERE sequence = $1
            """, [.int(sequence), .time(due), PostgresValue(status), .text(Self.short(error))])
    }

    /// What failed before counts no longer.
    func endpointAnswered(_ db: PostgresConnection) throws {
        guard failingSince != nil else { return }
        try db.query(
            "UPDATE webhook_endpoint SET failing_since = NULL WHERE sequence = $1", [.int(endpoint)])
    }

    /// - Returns: why the endpoint was disabled; `nil` where it was not, or was before.
    func endpointFailed(
        limit: Duration, disabling: String?, at time: Date, _ db: PostgresConnection
    ) throws -> String? {
        let since = failingSince ?? time.stored
        if failingSince == nil {
            try db.query(
                "UPDATE webhook_endpoint SET failing_since = $2 WHERE sequence = $1",
                [.int(endpoint), .time(since)])
        }
        var reason = disabling
        if reason == nil, since.addingTimeInterval(limit / .seconds(1)) <= time {
            reason = "every attempt failed for \(Int(limit / .seconds(3_600))) hours"
        }
        // Of an endpoint that was disabled before, what still waits (a test, what was replayed) may go on.
        guard let reason, !isDisabled else { return nil }
        try db.query(
            "UPDATE webhook_endpoint SET disabled_at = $2, disabled_reason = $3 WHERE sequence = $1",
            [.int(endpoint), .time(time), .text(reason)])
        try PostgresWorkspace.giveUp(endpoint, reason, at: time, db)
        return reason
    }

    private static func short(_ error: String) -> String {
        var text = String(error.prefix(WorkspaceLimits.webhookErrorBytes))
        while text.utf8.count > WorkspaceLimits.webhookErrorBytes { text.removeLast() }
        return text
    }
}
