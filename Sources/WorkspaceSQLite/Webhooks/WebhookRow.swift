import Foundation
import GRDB
import Workspace

/// Rows of endpoints and deliveries as values.
enum WebhookRow {
    // CROSS JOIN: from the endpoints on, whose index has the order that is asked for.
    static let endpoints = """
        SELECT e.*, o.tenant AS owner_tenant, o.name AS owner_name
        FROM webhook_endpoint e CROSS JOIN owner o ON o.id = e.owner_id
        """

    static func endpoint(_ row: Row) throws -> WebhookEndpoint {
        let events = try TextList.decoded(row["events"]).compactMap { WebhookEvent(rawValue: $0) }
        let previous: Data? = row["previous_secret"]
        let reason: String? = row["disabled_reason"]
        return WebhookEndpoint(
            id: row["id"], owner: Owner(tenant: row["owner_tenant"], name: row["owner_name"]),
            url: row["url"],
            description: row["description"], events: Set(events), flow: row["flow"],
            includesResult: row["includes_result"], secret: row["secret"],
            previousSecret: previous.map {
                .init(secret: $0, validUntil: date(row["previous_secret_until"]) ?? .distantPast)
            },
            createdAt: Date(microseconds: row["created_at"]),
            updatedAt: Date(microseconds: row["updated_at"]),
            disabling: date(row["disabled_at"]).map { .init(at: $0, reason: reason ?? "") },
            failingSince: date(row["failing_since"]))
    }

    private static let facts = """
        d.id, e.id AS endpoint, d.event, d.run, d.state, d.attempts, d.created_at, d.due_at,
            d.last_attempt_at, d.ended_at, d.last_status, d.last_error, d.lease_number
        """

    /// For lists, without the body.
    static let listing = selection("")
    static let deliveries = selection(", d.body")

    private static func selection(_ more: String) -> String {
        """
        SELECT \(facts)\(more)
        FROM webhook_delivery d CROSS JOIN webhook_endpoint e ON e.sequence = d.endpoint_sequence
        """
    }

    static func delivery(_ row: Row) throws -> WebhookDelivery {
        let (id, event, state): (String, String, String) = (row["id"], row["event"], row["state"])
        guard let event = WebhookEvent(rawValue: event), let state = WebhookDelivery.State(rawValue: state)
        else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the delivery \(id) has an unknown event or state")
        }
        return WebhookDelivery(
            id: id, endpoint: row["endpoint"], event: event, run: row["run"],
            body: row.hasColumn("body") ? row["body"] : Data(), state: state, attempts: row["attempts"],
            createdAt: Date(microseconds: row["created_at"]), dueAt: Date(microseconds: row["due_at"]),
            lastAttemptAt: date(row["last_attempt_at"]), endedAt: date(row["ended_at"]),
            lastStatus: row["last_status"], lastError: row["last_error"])
    }

    static func delivery(sequence: Int64, _ db: Database) throws -> Row {
        guard let row = try db.row(deliveries + " WHERE d.sequence = ?", sequence) else {
            throw WorkspaceError.noDelivery("\(sequence)")
        }
        return row
    }

    private static func date(_ microseconds: Int64?) -> Date? { microseconds.map { Date(microseconds: $0) } }
}

extension WorkspaceError {
    static func noWebhook(_ id: String) -> WorkspaceError { .notFound(kind: "webhook", id: id) }
    static func noDelivery(_ id: String) -> WorkspaceError { .notFound(kind: "delivery", id: id) }
}
