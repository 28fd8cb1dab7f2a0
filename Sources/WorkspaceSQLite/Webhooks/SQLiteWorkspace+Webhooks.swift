import Foundation
import GRDB
import Workspace

/// Endpoints, and what is kept of their deliveries.
extension SQLiteWorkspace {
    public func add(_ endpoint: WebhookEndpoint) async throws(WorkspaceError) {
        try endpoint.check()
        try await write { db in
            let owner = try db.ensuredOwnerID(endpoint.owner)
            let count = try db.integer("SELECT COUNT(*) FROM webhook_endpoint WHERE owner_id = ?", owner) ?? 0
            guard count < WorkspaceLimits.webhooks else {
                throw WorkspaceError.tooMany(kind: "webhook", limit: WorkspaceLimits.webhooks)
            }
            try db.run(
                """
                INSERT INTO webhook_endpoint (id, owner_id, url, description, events, flow, includes_result, secret,
                    created_at, updated_at)
                VALUES (?, ?, ?, ?, '[]', ?, ?, ?, ?, ?)
                """, endpoint.id, owner, endpoint.url, endpoint.description, endpoint.flow,
                endpoint.includesResult, endpoint.secret, endpoint.createdAt.microseconds,
                endpoint.updatedAt.microseconds)
            try Self.write(endpoint, to: db.lastInsertedRowID, db)
        }
    }

    public func webhooks(for owner: Owner) async throws(WorkspaceError) -> [WebhookEndpoint] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            return try db.rows(WebhookRow.endpoints + " WHERE e.owner_id = ? ORDER BY e.sequence", id).map {
                try WebhookRow.endpoint($0)
            }
        }
    }

    public func webhook(_ id: String, for owner: Owner) async throws(WorkspaceError) -> WebhookEndpoint {
        try await read { db in
            try Self.endpoint(Self.ownWebhook(id, for: owner, db), db)
        }
    }

    public func update(
        webhook id: String, for owner: Owner, at time: Date,
        _ change: @escaping @Sendable (inout WebhookEndpoint) -> Void
    ) async throws(WorkspaceError) -> WebhookEndpoint {
        try await write { db in
            let sequence = try Self.ownWebhook(id, for: owner, db)
            let before = try Self.endpoint(sequence, db)
            var endpoint = before
            change(&endpoint)
            (endpoint.id, endpoint.owner, endpoint.createdAt) = (before.id, before.owner, before.createdAt)
            endpoint.updatedAt = time
            try endpoint.check()
            try Self.write(endpoint, to: sequence, db)
            if before.isEnabled, let disabling = endpoint.disabling {
                try Self.giveUp(sequence, disabling.reason, at: time, db)
            }
            return try Self.endpoint(sequence, db)
        }
    }

    public func delete(webhook id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            try db.run(
                "DELETE FROM webhook_endpoint WHERE sequence = ?", try Self.ownWebhook(id, for: owner, db))
        }
    }

    public func enqueue(_ delivery: WebhookDelivery, for owner: Owner) async throws(WorkspaceError) {
        try WorkspaceLimits.check(delivery.id, as: "delivery")
        try await write { db in
            let endpoint = try Self.ownWebhook(delivery.endpoint, for: owner, db)
            try WebhookOutbox.insert(delivery, into: endpoint, db)
        }
    }

    public func tell(of job: EndedJobMessage, tenant: String?) async throws(WorkspaceError) -> Int {
        // Of most jobs that are looked through everybody was told: that is seen without a write.
        let isNews = try await read { db in try !WebhookOutbox.untold(of: job, tenant, db).isEmpty }
        guard isNews else { return 0 }
        return try await write { db in try WebhookOutbox.tell(of: job, tenant, db) }
    }

    public func deliveries(
        of endpoint: String, for owner: Owner, state: WebhookDelivery.State?, before: WebhookDelivery?,
        limit: Int
    ) async throws(WorkspaceError) -> [WebhookDelivery] {
        try await read { db in
            var conditions = ["d.endpoint_sequence = ?"]
            var values: [Database.Value] = [try Self.ownWebhook(endpoint, for: owner, db)]
            if let state {
                conditions.append("d.state = ?")
                values.append(state.rawValue)
            }
            if let before {
                conditions.append("(d.created_at, d.id) < (?, ?)")
                values += [before.createdAt.microseconds, before.id]
            }
            return try db.rows(
                WebhookRow.listing + " WHERE " + conditions.joined(separator: " AND ")
                    + " ORDER BY d.created_at DESC, d.id DESC LIMIT ?",
                values + [WorkspaceLimits.rows(limit)]
            ).map { try WebhookRow.delivery($0) }
        }
    }

    public func delivery(
        _ id: String, of endpoint: String, for owner: Owner
    ) async throws(WorkspaceError) -> WebhookDelivery {
        try await read { db in
            let sequence = try Self.ownDelivery(id, of: endpoint, for: owner, db)
            return try WebhookRow.delivery(WebhookRow.delivery(sequence: sequence, db))
        }
    }

    static func ownWebhook(_ id: String, for owner: Owner, _ db: Database) throws -> Int64 {
        guard let ownerID = try db.ownerID(owner),
            let sequence = try db.integer(
                "SELECT sequence FROM webhook_endpoint WHERE id = ? AND owner_id = ?", id, ownerID)
        else { throw WorkspaceError.noWebhook(id) }
        return sequence
    }

    static func ownDelivery(
        _ id: String, of endpoint: String, for owner: Owner, _ db: Database
    ) throws -> Int64 {
        let endpoint = try ownWebhook(endpoint, for: owner, db)
        guard
            let sequence = try db.integer(
                "SELECT sequence FROM webhook_delivery WHERE id = ? AND endpoint_sequence = ?", id, endpoint)
        else { throw WorkspaceError.noDelivery(id) }
        return sequence
    }

    static func endpoint(_ sequence: Int64, _ db: Database) throws -> WebhookEndpoint {
        guard let row = try db.row(WebhookRow.endpoints + " WHERE e.sequence = ?", sequence) else {
            throw WorkspaceError.noWebhook("\(sequence)")
        }
        return try WebhookRow.endpoint(row)
    }

    private static func write(_ endpoint: WebhookEndpoint, to sequence: Int64, _ db: Database) throws {
        try db.run(
            """
            UPDATE webhook_endpoint SET url = ?, description = ?, events = ?, flow = ?, includes_result = ?,
                secret = ?, previous_secret = ?, previous_secret_until = ?, updated_at = ?, disabled_at = ?,
                disabled_reason = ?, failing_since = ?
            WHERE sequence = ?
            """, endpoint.url, endpoint.description,
            try TextList.encoded(endpoint.events.map(\.rawValue).sorted()), endpoint.flow,
            endpoint.includesResult, endpoint.secret, endpoint.previousSecret?.secret,
            endpoint.previousSecret?.validUntil.microseconds, endpoint.updatedAt.microseconds,
            endpoint.disabling?.at.microseconds, endpoint.disabling?.reason,
            endpoint.failingSince?.microseconds, sequence)
    }

    /// Ends what waits for an endpoint that is sent nothing any more. What is being sent just now ends too: its sender
    /// finds its lease lost.
    static func giveUp(_ endpoint: Int64, _ reason: String, at time: Date, _ db: Database) throws {
        try db.run(
            """
            UPDATE webhook_delivery SET state = 'failed', ended_at = ?, last_error = ?, lease_sender = NULL,
                lease_expires_at = NULL
            WHERE endpoint_sequence = ? AND state = 'pending'
            """, time.microseconds, "the webhook is disabled: \(reason)", endpoint)
    }
}
