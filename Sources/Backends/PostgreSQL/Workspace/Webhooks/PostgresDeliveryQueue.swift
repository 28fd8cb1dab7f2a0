import Foundation
import Workspace

/// Which deliveries are the next to be sent.
enum PostgresDeliveryQueue {
    /// Leases what is due. Owners take turns: each delivery has the place that it would be its owner's, counted from what is
    /// under way of that owner, and the lowest places go first.
    ///
    /// One transaction at a time hands out deliveries, so that each sees what all the others hold. Endpoints with
    /// something that waits are gone through one by one in the index, however much waits for one of them: one that is
    /// slow takes no place of the others.
    ///
    /// - Parameters:
    ///   - each: of one endpoint at most, with those that are being sent.
    ///   - ofOwner: of one owner at most, with those that are being sent.
    static func lease(
        _ limit: Int, each: Int, ofOwner: Int, by sender: String, for duration: Duration, _ clock: LeaseClock,
        at time: Date, _ db: PostgresConnection
    ) throws -> [LeasedDelivery] {
        try db.lock(.deliveries)
        let clock = try LeaseTime(clock, callers: time, db)
        // An ended lease must not be due again within this call.
        let expiry = clock.after(max(duration, .seconds(1)))
        let leased = try db.query(
            """
            WITH RECURSIVE endpoint (sequence) AS (
                (SELECT endpoint_sequence FROM webhook_delivery WHERE state = 'pending'
                 ORDER BY endpoint_sequence LIMIT 1)
                UNION ALL
                SELECT (SELECT endpoint_sequence FROM webhook_delivery
                        WHERE state = 'pending' AND endpoint_sequence > e.sequence
                        ORDER BY endpoint_sequence LIMIT 1)
                FROM endpoint e WHERE e.sequence IS NOT NULL
            ), held AS (
                SELECT endpoint_sequence, count(*) AS number FROM webhook_delivery
                WHERE lease_expires_at > $1 GROUP BY endpoint_sequence
            ), held_of_owner AS (
                SELECT w.owner_id, sum(h.number)::bigint AS number
                FROM held h JOIN webhook_endpoint w ON w.sequence = h.endpoint_sequence GROUP BY w.owner_id
            ), candidate AS (
                SELECT d.sequence, d.due_at, w.owner_id
                FROM endpoint e JOIN webhook_endpoint w ON w.sequence = e.sequence
                LEFT JOIN held h ON h.endpoint_sequence = e.sequence
                CROSS JOIN LATERAL (
                    SELECT sequence, due_at FROM webhook_delivery
                    WHERE state = 'pending' AND endpoint_sequence = e.sequence AND due_at <= $1
                    ORDER BY due_at, sequence LIMIT GREATEST($2 - COALESCE(h.number, 0), 0)) d
            ), placed AS (
                SELECT c.sequence, c.due_at, COALESCE(o.number, 0)
                    + row_number() OVER (PARTITION BY c.owner_id ORDER BY c.due_at, c.sequence) AS place
                FROM candidate c LEFT JOIN held_of_owner o ON o.owner_id = c.owner_id
            ), chosen AS MATERIALIZED (
                SELECT sequence, place FROM placed WHERE place <= $6 ORDER BY place, due_at, sequence LIMIT $3
            ), due AS MATERIALIZED (
                SELECT d.sequence, d.due_at, c.place
                FROM webhook_delivery d JOIN chosen c ON c.sequence = d.sequence
                WHERE d.state = 'pending' AND d.due_at <= $1
                FOR UPDATE OF d SKIP LOCKED)
            UPDATE webhook_delivery d SET attempts = d.attempts + 1, lease_number = d.lease_number + 1,
                lease_sender = $4, lease_expires_at = $5, due_at = $5, last_attempt_at = $7
            FROM due WHERE d.sequence = due.sequence
            RETURNING d.sequence, d.endpoint_sequence, due.due_at, due.place
            """,
            [
                .time(clock.now), .count(each), .count(limit), .text(sender), .time(expiry), .count(ofOwner),
                .time(time),
            ]
        ).rows.map { row in
            (
                sequence: try row.int(0), endpoint: try row.int(1), dueAt: try row.int(2),
                place: try row.int(3)
            )
        }
        guard !leased.isEmpty else { return [] }
        let order = leased.sorted { ($0.place, $0.dueAt, $0.sequence) < ($1.place, $1.dueAt, $1.sequence) }
        let results = try db.pipeline([
            .init(
                PostgresWebhookRow.deliveries
                    + " WHERE d.sequence = ANY($1) ORDER BY array_position($1, d.sequence)",
                [.ints(order.map(\.sequence))]),
            .init(
                PostgresWebhookRow.endpoints + " WHERE e.sequence = ANY($1)",
                [.ints(Set(leased.map(\.endpoint)).sorted())]),
        ])
        let endpoints = try Dictionary(
            uniqueKeysWithValues: results[1].rows.map {
                (try $0.int(0), try PostgresWebhookRow.endpoint($0))
            })
        return try results[0].rows.compactMap { row in
            guard let endpoint = endpoints[try row.int(15)] else { return nil }
            let delivery = try PostgresWebhookRow.delivery(row)
            return LeasedDelivery(
                delivery: delivery, endpoint: endpoint,
                lease: WebhookLease(
                    delivery: delivery.id, number: try row.count(14), sender: sender,
                    expiresAt: clock.told(expiry)))
        }
    }
}
