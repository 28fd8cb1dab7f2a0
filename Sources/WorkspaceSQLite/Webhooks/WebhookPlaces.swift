import Foundation
import GRDB
import Workspace

/// How many more deliveries each endpoint may be sent at once: one that is slow takes no place of the others.
struct WebhookPlaces {
    private let each: Int
    private var taken: [Int64: Int] = [:]

    /// Counts what all senders hold now: a few for each of them.
    init(each: Int, at time: Date, _ db: Database) throws {
        self.each = each
        let held = try db.integers(
            "SELECT endpoint_sequence FROM webhook_delivery WHERE lease_expires_at > ?", time.microseconds)
        for endpoint in held { taken[endpoint, default: 0] += 1 }
    }

    /// - Returns: whether there was a place.
    mutating func take(of endpoint: Int64) -> Bool {
        guard taken[endpoint, default: 0] < each else { return false }
        taken[endpoint, default: 0] += 1
        return true
    }

    /// Deliveries that are due, of endpoints that have a place, the longest due ones first.
    func due(
        _ limit: Int, at time: Date, _ db: Database
    ) throws -> [(delivery: Int64, endpoint: Int64)] {
        let full = taken.filter { $0.value >= each }.keys.sorted()
        var condition = ""
        if !full.isEmpty {
            let marks = Array(repeating: "?", count: full.count).joined(separator: ", ")
            condition = " AND endpoint_sequence NOT IN (\(marks))"
        }
        return try db.rows(
            """
            SELECT sequence, endpoint_sequence FROM webhook_delivery
            WHERE state = 'pending' AND due_at <= ?\(condition) ORDER BY due_at, sequence LIMIT ?
            """, [time.microseconds] + full.map { $0 as Database.Value } + [limit]
        ).map { ($0["sequence"], $0["endpoint_sequence"]) }
    }
}
