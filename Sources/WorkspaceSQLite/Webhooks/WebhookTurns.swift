import Foundation
import GRDB
import Workspace

/// Which deliveries go out next: a few to each endpoint at once, so that one that is slow takes no place of the others, and
/// owners in turn, so that none waits behind all that another is told.
struct WebhookTurns {
    struct Due {
        var delivery: Int64
        var endpoint: Int64
        var owner: Int64
        var dueAt: Int64
    }

    private let each: Int
    private let ofOwner: Int
    private let time: Date
    private var taken: [Int64: Int] = [:]
    private var takenOfOwner: [Int64: Int] = [:]

    /// Counts what all senders hold now: a few for each of them.
    ///
    /// - Parameters:
    ///   - each: of one endpoint at most at once.
    ///   - ofOwner: of one owner at most at once.
    init(each: Int, ofOwner: Int, at time: Date, _ db: Database) throws {
        self.each = each
        self.ofOwner = ofOwner
        self.time = time
        let held = try db.integers(
            "SELECT endpoint_sequence FROM webhook_delivery WHERE lease_expires_at > ?", time.microseconds)
        for endpoint in held {
            taken[endpoint, default: 0] += 1
            if let owner = try Self.owner(of: endpoint, db) { takenOfOwner[owner, default: 0] += 1 }
        }
    }

    /// The next `limit` of all that is due.
    func next(_ limit: Int, _ db: Database) throws -> [Due] {
        let due = try self.due(db).sorted { ($0.dueAt, $0.delivery) < ($1.dueAt, $1.delivery) }
        var counts = takenOfOwner
        let placed = due.map { one in
            // Which one of its owner's it would be.
            counts[one.owner, default: 0] += 1
            return (place: counts[one.owner, default: 0], due: one)
        }
        return placed.filter { $0.place <= ofOwner }
            .sorted {
                ($0.place, $0.due.dueAt, $0.due.delivery) < ($1.place, $1.due.dueAt, $1.due.delivery)
            }
            .prefix(limit).map(\.due)
    }

    /// What is due for each endpoint, as far as it has room. Endpoints with something that waits are gone through one by one
    /// in the index, however much waits for one of them.
    private func due(_ db: Database) throws -> [Due] {
        let isAnything = try db.integer(
            "SELECT sequence FROM webhook_delivery WHERE state = 'pending' AND due_at <= ? LIMIT 1",
            time.microseconds)
        guard isAnything != nil else { return [] }
        var found: [Due] = []
        var last: Int64 = -1
        while let endpoint = try db.integer(
            """
            SELECT endpoint_sequence FROM webhook_delivery WHERE state = 'pending' AND endpoint_sequence > ?
            ORDER BY endpoint_sequence LIMIT 1
            """, last)
        {
            last = endpoint
            let room = each - taken[endpoint, default: 0]
            guard room > 0, let owner = try Self.owner(of: endpoint, db),
                takenOfOwner[owner, default: 0] < ofOwner
            else { continue }
            found += try db.rows(
                """
                SELECT sequence, due_at FROM webhook_delivery
                WHERE state = 'pending' AND endpoint_sequence = ? AND due_at <= ?
                ORDER BY due_at, sequence LIMIT ?
                """, endpoint, time.microseconds, room
            ).map { row in
                Due(delivery: row["sequence"], endpoint: endpoint, owner: owner, dueAt: row["due_at"])
            }
        }
        return found
    }

    private static func owner(of endpoint: Int64, _ db: Database) throws -> Int64? {
        try db.integer("SELECT owner_id FROM webhook_endpoint WHERE sequence = ?", endpoint)
    }
}
