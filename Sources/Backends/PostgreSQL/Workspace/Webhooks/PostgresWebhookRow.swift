import Foundation
import Workspace

/// Rows of endpoints and deliveries as values.
enum PostgresWebhookRow {
    static let endpoints = """
        SELECT e.sequence, e.id, e.url, e.description, e.events, e.flow, e.includes_result, e.secret,
            e.previous_secret, e.previous_secret_until, e.created_at, e.updated_at, e.disabled_at,
            e.disabled_reason, e.failing_since, o.tenant, o.name
        FROM webhook_endpoint e JOIN owner o ON o.id = e.owner_id
        """

    static func endpoint(_ row: PostgresRow) throws -> WebhookEndpoint {
        let reason = try row.optionalText(13) ?? ""
        let until = try row.optionalTime(9) ?? .distantPast
        return WebhookEndpoint(
            id: try row.text(1), owner: Owner(tenant: try row.text(15), name: try row.text(16)),
            url: try row.text(2), description: try row.text(3),
            events: Set(try row.texts(4).compactMap { WebhookEvent(rawValue: $0) }),
            flow: try row.optionalText(5), includesResult: try row.bool(6), secret: try row.bytes(7),
            previousSecret: try row.optionalBytes(8).map { .init(secret: $0, validUntil: until) },
            createdAt: try row.time(10), updatedAt: try row.time(11),
            disabling: try row.optionalTime(12).map { .init(at: $0, reason: reason) },
            failingSince: try row.optionalTime(14))
    }

    /// For lists, without the body.
    static let listing = selection(body: "''::bytea")
    static let deliveries = selection(body: "d.body")

    private static func selection(body: String) -> String {
        """
        SELECT d.sequence, d.id, e.id AS endpoint, d.event, d.run, \(body) AS body, d.state, d.attempts,
            d.created_at, d.due_at, d.last_attempt_at, d.ended_at, d.last_status, d.last_error, d.lease_number,
            d.endpoint_sequence
        FROM webhook_delivery d JOIN webhook_endpoint e ON e.sequence = d.endpoint_sequence
        """
    }

    static func delivery(_ row: PostgresRow) throws -> WebhookDelivery {
        let id = try row.text(1)
        guard let event = WebhookEvent(rawValue: try row.text(3)),
            let state = WebhookDelivery.State(rawValue: try row.text(6))
        else {
            throw WorkspaceError.damaged(
                path: row.result.server, reason: "the delivery \(id) has an unknown event or state")
        }
        return WebhookDelivery(
            id: id, endpoint: try row.text(2), event: event, run: try row.optionalText(4),
            body: try row.bytes(5), state: state, attempts: try row.count(7), createdAt: try row.time(8),
            dueAt: try row.time(9), lastAttemptAt: try row.optionalTime(10),
            endedAt: try row.optionalTime(11), lastStatus: try row.optionalCount(12),
            lastError: try row.optionalText(13))
    }

    static func delivery(sequence: Int64, _ db: PostgresConnection) throws -> WebhookDelivery {
        guard let row = try db.query(deliveries + " WHERE d.sequence = $1", [.int(sequence)]).first else {
            throw WorkspaceError.noDelivery("\(sequence)")
        }
        return try delivery(row)
    }
}

extension WorkspaceError {
    static func noWebhook(_ id: String) -> WorkspaceError { .notFound(kind: "webhook", id: id) }
    static func noDelivery(_ id: String) -> WorkspaceError { .notFound(kind: "delivery", id: id) }
}
