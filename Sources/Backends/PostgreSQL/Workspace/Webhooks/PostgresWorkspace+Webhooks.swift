import Foundation
import Workspace

/// Endpoints. Whoever changes one, or says how its deliveries went, holds its row first and the deliveries' then.
extension PostgresWorkspace {
    public func add(_ endpoint: WebhookEndpoint) async throws(WorkspaceError) {
        try endpoint.check()
        try await write { db in
            let owner = try db.ensuredOwnerID(endpoint.owner)
            try db.lock(.webhooks, "\(owner)")
            let count =
                try db.int("SELECT count(*) FROM webhook_endpoint WHERE owner_id = $1", [.int(owner)]) ?? 0
            guard count < Int64(WorkspaceLimits.webhooks) else {
                throw WorkspaceError.tooMany(kind: "webhook", limit: WorkspaceLimits.webhooks)
            }
            try db.query(
                """
                INSERT INTO webhook_endpoint (url, description, events, flow, includes_result, secret,
                    previous_secret, previous_secret_until, updated_at, disabled_at, disabled_reason,
                    failing_since, id, owner_id, created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
                """,
                Self.changeable(endpoint) + [
                    .text(endpoint.id), .int(owner), .time(endpoint.createdAt),
                ])
        }
    }

    public func webhooks(for owner: Owner) async throws(WorkspaceError) -> [WebhookEndpoint] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            return try db.query(
                PostgresWebhookRow.endpoints + " WHERE e.owner_id = $1 ORDER BY e.sequence", [.int(id)]
            ).rows.map { try PostgresWebhookRow.endpoint($0) }
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
            let sequence = try Self.ownWebhook(id, for: owner, locks: "FOR NO KEY UPDATE", db)
            let before = try Self.endpoint(sequence, db)
            var endpoint = before
            change(&endpoint)
            (endpoint.id, endpoint.owner, endpoint.createdAt) = (before.id, before.owner, before.createdAt)
            endpoint.updatedAt = time
            try endpoint.check()
            try db.query(
                """
                UPDATE webhook_endpoint SET url = $1, description = $2, events = $3, flow = $4,
                    includes_result = $5, secret = $6, previous_secret = $7, previous_secret_until = $8,
                    updated_at = $9, disabled_at = $10, disabled_reason = $11, failing_since = $12
                WHERE sequence = $13
                """, Self.changeable(endpoint) + [.int(sequence)])
            if before.isEnabled, let disabling = endpoint.disabling {
                try Self.giveUp(sequence, disabling.reason, at: time, db)
            }
            return try Self.endpoint(sequence, db)
        }
    }

    public func delete(webhook id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            let sequence = try Self.ownWebhook(id, for: owner, locks: "FOR UPDATE", db)
            try db.query("DELETE FROM webhook_endpoint WHERE sequence = $1", [.int(sequence)])
        }
    }

    /// The number of an endpoint of an owner's.
    ///
    /// - Parameter locks: how its row is held, if at all.
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    static func ownWebhook(
        _ id: String, for owner: Owner, locks: String = "", _ db: PostgresConnection
    ) throws -> Int64 {
        guard let ownerID = try db.ownerID(owner),
            let sequence = try db.int(
                "SELECT sequence FROM webhook_endpoint WHERE id = $1 AND owner_id = $2 \(locks)",
                [.text(id), .int(ownerID)])
        else { throw WorkspaceError.noWebhook(id) }
        return sequence
    }

    private static func endpoint(_ sequence: Int64, _ db: PostgresConnection) throws -> WebhookEndpoint {
        let row = try db.query(PostgresWebhookRow.endpoints + " WHERE e.sequence = $1", [.int(sequence)])
            .first
        guard let row else { throw WorkspaceError.noWebhook("\(sequence)") }
        return try PostgresWebhookRow.endpoint(row)
    }

    /// The values of what changes of an endpoint, as both statements above number them.
    private static func changeable(_ endpoint: WebhookEndpoint) -> [PostgresValue] {
        [
            .text(endpoint.url), .text(endpoint.description),
            .texts(endpoint.events.map(\.rawValue).sorted()), PostgresValue(endpoint.flow),
            .bool(endpoint.includesResult), .bytes(endpoint.secret),
            PostgresValue(endpoint.previousSecret?.secret), .time(endpoint.previousSecret?.validUntil),
            .time(endpoint.updatedAt), .time(endpoint.disabling?.at),
            PostgresValue(endpoint.disabling?.reason), .time(endpoint.failingSince),
        ]
    }

    /// Ends what waits for an endpoint that is sent nothing any more. What is being sent just now ends too: its sender
    /// finds its lease lost.
    static func giveUp(
        _ endpoint: Int64, _ reason: String, at time: Date, _ db: PostgresConnection
    ) throws {
        try db.query(
            """
            UPDATE webhook_delivery SET state = 'failed', ended_at = $2, last_error = $3, lease_sender = NULL,
                lease_expires_at = NULL
            WHERE endpoint_sequence = $1 AND state = 'pending'
            """, [.int(endpoint), .time(time), .text("the webhook is disabled: \(reason)")])
    }
}
