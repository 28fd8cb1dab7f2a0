import Foundation
import Workspace

/// The outbox: who sends what, and how it went.
extension PostgresWorkspace: WebhookStore {
    public func leaseDeliveries(
        _ limit: Int, each: Int, ofOwner: Int, by sender: String, for duration: Duration, at time: Date
    ) async throws(WorkspaceError) -> [LeasedDelivery] {
        try WorkspaceLimits.check(sender, as: "sender")
        let limit = WorkspaceLimits.rows(limit)
        guard limit > 0, each > 0, ofOwner > 0 else { return [] }
        return try await writeTimed { db in
            try PostgresDeliveryQueue.lease(
                limit, each: each, ofOwner: ofOwner, by: sender, for: duration, self.leaseClock, at: time, db)
        }
    }

    public func renew(
        _ leases: [WebhookLease], for duration: Duration, at time: Date
    ) async throws(WorkspaceError) {
        // One that is locked is being settled, or can wait for the next renewal: the others must not wait with it.
        try await writeTimed { db in
            let expiry = try self.leaseTime(time, db).after(max(duration, .seconds(1)))
            _ = try db.pipeline(
                leases.map { lease in
                    .init(
                        """
                        UPDATE webhook_delivery SET lease_expires_at = $3, due_at = $3
                        WHERE sequence = (
                            SELECT sequence FROM webhook_delivery
                            WHERE id = $1 AND lease_number = $2 AND state = 'pending' AND lease_expires_at IS NOT NULL
                            FOR UPDATE SKIP LOCKED)
                        """, [.text(lease.delivery), .count(lease.number), .time(expiry)])
                })
        }
    }

    public func settle(
        _ lease: WebhookLease, _ outcome: WebhookOutcome, failingLimit: Duration, at time: Date
    ) async throws(WorkspaceError) -> String? {
        try await write { db in
            let held = try PostgresHeldDelivery(lease, db)
            switch outcome {
            case .delivered(let status):
                try held.end(.delivered, status: status, error: nil, at: time, db)
                try held.endpointAnswered(db)
                return nil
            case .postponed(let due, let status, let error):
                let due = try self.leaseTime(time, db).kept(due)
                try held.postpone(until: due, status: status, error: error, db)
                return try held.endpointFailed(limit: failingLimit, disabling: nil, at: time, db)
            case .failed(let status, let error, let disabling):
                try held.end(.failed, status: status, error: error, at: time, db)
                return try held.endpointFailed(limit: failingLimit, disabling: disabling, at: time, db)
            }
        }
    }

    public func release(_ lease: WebhookLease, at time: Date) async throws(WorkspaceError) {
        try await writeTimed { db in
            let due = try self.leaseTime(time, db).now
            let released = try db.query(
                """
                UPDATE webhook_delivery SET attempts = attempts - 1, due_at = $3, lease_sender = NULL,
                    lease_expires_at = NULL
                WHERE id = $1 AND lease_number = $2 AND state = 'pending' AND lease_expires_at IS NOT NULL
                """, [.text(lease.delivery), .count(lease.number), .time(due)]
            ).changed
            guard released > 0 else { throw WorkspaceError.leaseLost(run: lease.delivery) }
        }
    }
}
