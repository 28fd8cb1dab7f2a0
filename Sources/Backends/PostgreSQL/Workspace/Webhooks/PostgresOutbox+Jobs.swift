import Foundation
import Workspace

extension PostgresOutbox {
    /// Somebody who is to be told of a job's end.
    struct Untold: Sendable {
        var endpoint: Int64
        /// The message's name.
        var message: String
    }

    /// Tells of a job's end, once, whoever subscribes to it.
    ///
    /// - Returns: how many endpoints.
    mutating func tell(of job: EndedJobMessage, _ tenant: String?, _ db: PostgresConnection) throws -> Int {
        let endpoints = try Self.untold(of: job, tenant, locks: "FOR SHARE OF w", db)
        guard !endpoints.isEmpty else { return 0 }
        let body = try job.json
        let due = try LeaseTime(clock, callers: job.endedAt, db).atOnce(job.endedAt)
        var count = 0
        for one in endpoints {
            // Two processes may tell of one job at once.
            count += try db.query(
                """
                INSERT INTO webhook_delivery (id, endpoint_sequence, event, run, body, state, attempts, created_at,
                    due_at)
                VALUES ($1, $2, $3, NULL, $4, 'pending', 0, $5, $6) ON CONFLICT (id) DO NOTHING
                """,
                [
                    .text(one.message), .int(one.endpoint), .text(job.event.rawValue), .bytes(body),
                    .time(job.endedAt), .time(due),
                ]
            ).changed
        }
        if count > 0 { hasNews = true }
        return count
    }

    /// Whoever subscribes to a job's end and was not told of it yet.
    ///
    /// - Parameter locks: what is done to the endpoints' rows, so that none is disabled or removed meanwhile.
    static func untold(
        of job: EndedJobMessage, _ tenant: String?, locks: String = "", _ db: PostgresConnection
    ) throws -> [Untold] {
        let endpoints = try db.query(
            """
            SELECT w.sequence, w.id FROM webhook_endpoint w JOIN owner o ON o.id = w.owner_id
            WHERE w.disabled_at IS NULL AND $1 = ANY(w.events) AND w.created_at <= $2
                AND ($3::text IS NULL OR o.tenant = $3)
            ORDER BY w.sequence \(locks)
            """, [.text(job.event.rawValue), .time(job.endedAt), PostgresValue(tenant)]
        ).rows.map {
            Untold(
                endpoint: try $0.int(0), message: WebhookDelivery.id(ofJob: job.id, to: try $0.text(1)))
        }
        guard !endpoints.isEmpty else { return [] }
        let told = try db.query(
            "SELECT id FROM webhook_delivery WHERE id = ANY($1)", [.texts(endpoints.map(\.message))])
        let known = Set(try told.rows.map { try $0.text(0) })
        return endpoints.filter { !known.contains($0.message) }
    }
}
