import Foundation
import Workspace

/// What is kept of deliveries.
extension PostgresWorkspace {
    public func tell(of job: EndedJobMessage, tenant: String?) async throws(WorkspaceError) -> Int {
        // Of most jobs that are looked through everybody was told: that is seen without locks, marks and used numbers.
        let isNews = try await read { db in try !PostgresOutbox.untold(of: job, tenant, db).isEmpty }
        guard isNews else { return 0 }
        return try await writeWithOutbox { db, outbox in try outbox.tell(of: job, tenant, db) }
    }

    public func enqueue(_ delivery: WebhookDelivery, for owner: Owner) async throws(WorkspaceError) {
        try WorkspaceLimits.check(delivery.id, as: "delivery")
        try await writeWithOutbox { db, outbox in
            let endpoint = try Self.ownWebhook(delivery.endpoint, for: owner, locks: "FOR KEY SHARE", db)
            var kept = delivery
            kept.dueAt = try self.leaseTime(delivery.createdAt, db).kept(delivery.dueAt)
            try outbox.insert(kept, into: endpoint, db)
        }
    }

    public func deliveries(
        of endpoint: String, for owner: Owner, state: WebhookDelivery.State?, before: WebhookDelivery?,
        limit: Int
    ) async throws(WorkspaceError) -> [WebhookDelivery] {
        try await read { db in
            var condition = PostgresCondition()
            condition.demand("d.endpoint_sequence = ", .int(try Self.ownWebhook(endpoint, for: owner, db)))
            if let state { condition.demand("d.state = ", .text(state.rawValue)) }
            if let before {
                let time = condition.place(of: .time(before.createdAt))
                condition.demand("(d.created_at, d.id) < (\(time), ", .text(before.id), ")")
            }
            let limit = condition.place(of: .count(WorkspaceLimits.rows(limit)))
            return try db.query(
                """
                \(PostgresWebhookRow.listing) WHERE \(condition.sql)
                ORDER BY d.created_at DESC, d.id DESC LIMIT \(limit)
                """, condition.values
            ).rows.map { try PostgresWebhookRow.delivery($0) }
        }
    }

    public func delivery(
        _ id: String, of endpoint: String, for owner: Owner
    ) async throws(WorkspaceError) -> WebhookDelivery {
        try await read { db in
            try PostgresWebhookRow.delivery(
                sequence: Self.ownDelivery(id, of: endpoint, for: owner, locks: false, db), db)
        }
    }

    public func replay(
        delivery id: String, of endpoint: String, for owner: Owner, at time: Date
    ) async throws(WorkspaceError) -> WebhookDelivery {
        try await writeWithOutbox { db, outbox in
            let sequence = try Self.ownDelivery(id, of: endpoint, for: owner, locks: true, db)
            let due = try self.leaseTime(time, db).now
            let replayed = try db.query(
                """
                UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = $2, ended_at = NULL,
                    lease_sender = NULL, lease_expires_at = NULL
                WHERE sequence = $1 AND (lease_expires_at IS NULL OR lease_expires_at <= $2)
                """, [.int(sequence), .time(due)]
            ).changed
            if replayed > 0 { outbox.noteReplay() }
            return try PostgresWebhookRow.delivery(sequence: sequence, db)
        }
    }

    public func replayFailed(
        of endpoint: String, for owner: Owner, since: Date, at time: Date
    ) async throws(WorkspaceError) -> Int {
        try await writeWithOutbox { db, outbox in
            let due = try self.leaseTime(time, db).now
            let replayed = try db.query(
                """
                UPDATE webhook_delivery SET state = 'pending', attempts = 0, due_at = $3, ended_at = NULL
                WHERE endpoint_sequence = $1 AND state = 'failed' AND created_at >= $2
                """,
                [.int(try Self.ownWebhook(endpoint, for: owner, db)), .time(since), .time(due)]
            ).changed
            if replayed > 0 { outbox.noteReplay() }
            return replayed
        }
    }

    public func expireDeliveries(endedBefore time: Date) async throws(WorkspaceError) -> Int {
        var count = 0
        while true {
            // In parts, so that no transaction holds many rows for long.
            let part = try await write { db in
                try db.query(
                    """
                    WITH ended AS MATERIALIZED (
                        SELECT sequence FROM webhook_delivery WHERE ended_at < $1 ORDER BY ended_at LIMIT $2
                        FOR UPDATE SKIP LOCKED)
                    DELETE FROM webhook_delivery d USING ended WHERE d.sequence = ended.sequence
                    """, [.time(time), .count(Self.expiredAtOnce)]
                ).changed
            }
            count += part
            if part < Self.expiredAtOnce { return count }
        }
    }

    private static let expiredAtOnce = 200

    public func watchDeliveries(
        _ wake: @escaping @Sendable () -> Void
    ) async throws(WorkspaceError) -> any AnyObject & Sendable {
        outboxWatchers.add(wake)
    }

    /// - Parameter locks: whether the delivery's row is locked, as it is to be changed.
    private static func ownDelivery(
        _ id: String, of endpoint: String, for owner: Owner, locks: Bool, _ db: PostgresConnection
    ) throws -> Int64 {
        let endpoint = try ownWebhook(endpoint, for: owner, db)
        let sequence = try db.int(
            "SELECT sequence FROM webhook_delivery WHERE id = $1 AND endpoint_sequence = $2"
                + (locks ? " FOR UPDATE" : ""), [.text(id), .int(endpoint)])
        guard let sequence else { throw WorkspaceError.noDelivery(id) }
        return sequence
    }
}
