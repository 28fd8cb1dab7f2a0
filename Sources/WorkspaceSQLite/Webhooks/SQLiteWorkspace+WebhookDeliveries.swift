import Foundation
import GRDB
import Workspace

/// The outbox: who sends what, and how it went.
extension SQLiteWorkspace: WebhookStore {
    public func leaseDeliveries(
        _ limit: Int, each: Int, ofOwner: Int, by sender: String, for duration: Duration, at time: Date
    ) async throws(WorkspaceError) -> [LeasedDelivery] {
        try WorkspaceLimits.check(sender, as: "sender")
        let limit = WorkspaceLimits.rows(limit)
        guard limit > 0, each > 0, ofOwner > 0 else { return [] }
        // An ended lease must not be due again within this call.
        let expiry = time.advanced(by: max(duration, .seconds(1))).stored
        return try await write { db in
            try WebhookTurns(each: each, ofOwner: ofOwner, at: time, db).next(limit, db).map {
                try Self.lease($0.delivery, of: $0.endpoint, by: sender, until: expiry, at: time, db)
            }
        }
    }

    private static func lease(
        _ sequence: Int64, of endpoint: Int64, by sender: String, until expiry: Date, at time: Date,
        _ db: Database
    ) throws -> LeasedDelivery {
        try db.run(
            """
            UPDATE webhook_delivery SET attempts = attempts + 1, lease_number = lease_number + 1, lease_sender = ?,
                lease_expires_at = ?, due_at = ?, last_attempt_at = ?
            WHERE sequence = ?
            """, sender, expiry.microseconds, expiry.microseconds, time.microseconds, sequence)
        let row = try WebhookRow.delivery(sequence: sequence, db)
        return LeasedDelivery(
            delivery: try WebhookRow.delivery(row), endpoint: try self.endpoint(endpoint, db),
            lease: WebhookLease(
                delivery: row["id"], number: row["lease_number"], sender: sender, expiresAt: expiry))
    }

    public func renew(
        _ leases: [WebhookLease], for duration: Duration, at time: Date
    ) async throws(WorkspaceError) {
        let expiry = time.advanced(by: max(duration, .seconds(1))).stored
        try await write { db in
            for lease in leases {
                try db.run(
                    """
                    UPDATE webhook_delivery SET lease_expires_at = ?, due_at = ?
                    WHERE id = ? AND lease_number = ? AND state = 'pending' AND lease_expires_at IS NOT NULL
                    """, expiry.microseconds, expiry.microseconds, lease.delivery, lease.number)
            }
        }
    }

    public func settle(
        _ lease: WebhookLease, _ outcome: WebhookOutcome, failingLimit: Duration, at time: Date
    ) async throws(WorkspaceError) -> String? {
        try await write { db in
            let held = try HeldDelivery(lease, db)
            switch outcome {
            case .delivered(let status):
                try held.end(.delivered, status: status, error: nil, at: time, db)
                try db.run(
                    "UPDATE webhook_endpoint SET failing_since = NULL WHERE sequence = ?", held.endpoint)
                return nil
            case .postponed(let due, let status, let error):
                try held.postpone(until: due, status: status, error: error, db)
                return try held.endpointFailed(limit: failingLimit, disabling: nil, at: time, db)
            case .failed(let status, let error, let disabling):
                try held.end(.failed, status: status, error: error, at: time, db)
                return try held.endpointFailed(limit: failingLimit, disabling: disabling, at: time, db)
            }
        }
    }

    public func release(_ lease: WebhookLease, at time: Date) async throws(WorkspaceError) {
        try await write { db in
            try db.run(
                """
                UPDATE webhook_delivery SET attempts = attempts - 1, due_at = ?, lease_sender = NULL,
                    lease_expires_at = NULL
                WHERE sequence = ?
                """, time.microseconds, try HeldDelivery(lease, db).sequence)
        }
    }

    public func replay(
        delivery id: String, of endpoint: String, for owner: Owner, at time: Date
    ) async throws(WorkspaceError) -> WebhookDelivery {
        try await write { db in
            let sequence = try Self.ownDelivery(id, of: endpoint, for: owner, db)
            try db.run(
                """
                UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = ?, ended_at = NULL,
                    lease_sender = NULL, lease_expires_at = NULL
                WHERE sequence = ? AND (lease_expires_at IS NULL OR lease_expires_at <= ?)
                """, time.microseconds, sequence, time.microseconds)
            return try WebhookRow.delivery(WebhookRow.delivery(sequence: sequence, db))
        }
    }

    public func replayFailed(
        of endpoint: String, for owner: Owner, since: Date, at time: Date
    ) async throws(WorkspaceError) -> Int {
        try await write { db in
            try db.changes(
                """
                UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = ?, ended_at = NULL
                WHERE endpoint_sequence = ? AND state = 'failed' AND created_at >= ?
                """, time.microseconds, try Self.ownWebhook(endpoint, for: owner, db), since.microseconds)
        }
    }

    public func expireDeliveries(endedBefore time: Date) async throws(WorkspaceError) -> Int {
        var count = 0
        while true {
            // In parts, so that nobody else's write waits for all of it.
            let part = try await write { db in
                let ended = try db.integers(
                    "SELECT sequence FROM webhook_delivery WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
                    time.microseconds, Self.expiryPart)
                for delivery in ended {
                    try db.run("DELETE FROM webhook_delivery WHERE sequence = ?", delivery)
                }
                return ended.count
            }
            count += part
            if part < Self.expiryPart { return count }
        }
    }

    public func watchDeliveries(
        _ wake: @escaping @Sendable () -> Void
    ) async throws(WorkspaceError) -> any AnyObject & Sendable {
        let watch = OutboxWatch(wake)
        try await write { db in
            // It is no part of the transaction, which may be done anew: it must be there once.
            db.remove(transactionObserver: watch)
            db.add(transactionObserver: watch)
        }
        return watch
    }
}

/// A delivery whose sender holds the newest lease: the only one that may say how it went.
private struct HeldDelivery {
    let sequence: Int64
    let endpoint: Int64

    /// - Throws: ``WorkspaceError/leaseLost(run:)`` where the lease is not the newest, or nothing is sent any more.
    init(_ lease: WebhookLease, _ db: Database) throws {
        guard
            let row = try db.row(
                """
                SELECT sequence, endpoint_sequence FROM webhook_delivery
                WHERE id = ? AND lease_number = ? AND state = 'pending' AND lease_expires_at IS NOT NULL
                """, lease.delivery, lease.number)
        else { throw WorkspaceError.leaseLost(run: lease.delivery) }
        sequence = row["sequence"]
        endpoint = row["endpoint_sequence"]
    }

    func end(
        _ state: WebhookDelivery.State, status: Int?, error: String?, at time: Date, _ db: Database
    ) throws {
        try db.run(
            """
            UPDATE webhook_delivery SET state = ?, ended_at = ?, last_status = ?, last_error = ?,
                lease_sender = NULL, lease_expires_at = NULL
            WHERE sequence = ?
            """, state.rawValue, time.microseconds, status, error.map(Self.short), sequence)
    }

    func postpone(until due: Date, status: Int?, error: String, _ db: Database) throws {
        try db.run(
            """
            UPDATE webhook_delivery SET due_at = ?, last_status = ?, last_error = ?, lease_sender = NULL,
                lease_expires_at = NULL
            WHERE sequence = ?
            """, due.microseconds, status, Self.short(error), sequence)
    }

    /// - Returns: why the endpoint was disabled; `nil` where it was not, or was before.
    func endpointFailed(
        limit: Duration, disabling: String?, at time: Date, _ db: Database
    ) throws -> String? {
        try db.run(
            "UPDATE webhook_endpoint SET failing_since = COALESCE(failing_since, ?) WHERE sequence = ?",
            time.microseconds, endpoint)
        let row = try db.row(
            "SELECT failing_since, disabled_at FROM webhook_endpoint WHERE sequence = ?", endpoint)
        guard let row, let since: Int64 = row["failing_since"] else { return nil }
        var reason = disabling
        if reason == nil, Date(microseconds: since).advanced(by: limit) <= time {
            reason = "every attempt failed for \(Int(limit / .seconds(3_600))) hours"
        }
        guard let reason else { return nil }
        // Of an endpoint that was disabled before, what still waits (a test, what was replayed) may go on.
        guard (row["disabled_at"] as Int64?) == nil else { return nil }
        try db.run(
            "UPDATE webhook_endpoint SET disabled_at = ?, disabled_reason = ? WHERE sequence = ?",
            time.microseconds, reason, endpoint)
        try SQLiteWorkspace.giveUp(endpoint, reason, at: time, db)
        return reason
    }

    private static func short(_ error: String) -> String {
        var text = String(error.prefix(WorkspaceLimits.webhookErrorBytes))
        while text.utf8.count > WorkspaceLimits.webhookErrorBytes { text.removeLast() }
        return text
    }
}
