import Foundation
import GRDB
import Workspace

/// A row of `run` as a value.
enum RunRow {
    /// Bytes of a request and of a result that a list of runs holds; larger ones are told of a single run alone.
    static let listedBytes = (request: 64 << 10, result: 256 << 10)

    static let selection = selection(request: "c.request", result: "c.result")

    /// For lists. SQLite knows a blob's length without reading it.
    static let listing = selection(
        request: "CASE WHEN length(c.request) <= \(listedBytes.request) THEN c.request END AS request",
        result: "CASE WHEN length(c.result) <= \(listedBytes.result) THEN c.result END AS result")

    // CROSS JOIN: from the runs on, whose index has the order that is asked for.
    private static func selection(request: String, result: String) -> String {
        """
        SELECT r.id, r.flow, r.version, r.session, r.state, r.priority, r.attempts, r.created_at, r.started_at,
            r.ended_at, r.is_cancel_requested, r.callback, r.lease_number, \(request), \(result), c.failure,
            o.tenant AS owner_tenant, o.name AS owner_name
        FROM run r CROSS JOIN owner o ON o.id = r.owner_id
            CROSS JOIN run_content c ON c.run_sequence = r.sequence
        """
    }

    static func row(sequence: Int64, _ db: Database) throws -> Row {
        guard let row = try db.row(selection + " WHERE r.sequence = ?", sequence) else {
            throw WorkspaceError.noRun("\(sequence)")
        }
        return row
    }

    static func run(sequence: Int64, _ db: Database) throws -> StoredRun {
        try run(row(sequence: sequence, db))
    }

    static func run(_ row: Row) throws -> StoredRun {
        let (id, name): (String, String) = (row["id"], row["state"])
        guard let state = StoredRun.State(rawValue: name) else {
            throw DatabaseError(
                resultCode: .SQLITE_CORRUPT, message: "the run \(id) has the unknown state “\(name)”")
        }
        return StoredRun(
            id: id, owner: Owner(tenant: row["owner_tenant"], name: row["owner_name"]), flow: row["flow"],
            version: row["version"], session: row["session"], request: row["request"] ?? Data(), state: state,
            priority: row["priority"], attempts: row["attempts"],
            createdAt: Date(microseconds: row["created_at"]), startedAt: date(row["started_at"]),
            endedAt: date(row["ended_at"]), result: row["result"], failure: row["failure"],
            isCancelRequested: row["is_cancel_requested"], callback: row["callback"])
    }

    private static func date(_ microseconds: Int64?) -> Date? { microseconds.map { Date(microseconds: $0) } }
}
