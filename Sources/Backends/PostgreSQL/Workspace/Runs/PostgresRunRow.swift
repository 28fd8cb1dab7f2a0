import Foundation
import Workspace

/// A row of `run`, with what it was asked and made, as a value.
enum PostgresRunRow {
    /// Bytes of a request and of a result that a list of runs holds; larger ones are told of a single run alone.
    static let listedBytes = (request: 64 << 10, result: 256 << 10)

    static let selection = selection(request: "c.request", result: "c.result")

    /// For lists. PostgreSQL knows a value's length without reading it.
    static let listing = selection(
        request: "CASE WHEN length(c.request) <= \(listedBytes.request) THEN c.request END",
        result: "CASE WHEN length(c.result) <= \(listedBytes.result) THEN c.result END")

    private static func selection(request: String, result: String) -> String {
        """
        SELECT r.id, r.flow, r.version, r.session, r.state, r.priority, r.attempts, r.created_at, r.started_at,
            r.ended_at, r.is_cancel_requested, r.callback, r.lease_number, \(request) AS request,
            \(result) AS result, c.failure, o.tenant, o.name
        FROM run r JOIN owner o ON o.id = r.owner_id JOIN run_content c ON c.run_sequence = r.sequence
        """
    }

    static func run(sequence: Int64, _ db: PostgresConnection) throws -> StoredRun {
        guard let row = try db.query(selection + " WHERE r.sequence = $1", [.int(sequence)]).first else {
            throw WorkspaceError.noRun("\(sequence)")
        }
        return try run(row)
    }

    static func run(_ row: PostgresRow) throws -> StoredRun {
        let id = try row.text(0)
        return StoredRun(
            id: id, owner: Owner(tenant: try row.text(16), name: try row.text(17)), flow: try row.text(1),
            version: try row.count(2), session: try row.text(3), request: try row.optionalBytes(13) ?? Data(),
            state: try state(row, 4, of: id), priority: try row.count(5), attempts: try row.count(6),
            createdAt: try row.time(7), startedAt: try row.optionalTime(8), endedAt: try row.optionalTime(9),
            result: try row.optionalBytes(14), failure: try row.optionalBytes(15),
            isCancelRequested: try row.bool(10), callback: try row.optionalText(11))
    }

    /// The number of the newest lease, in a row of ``selection``.
    static func leaseNumber(_ row: PostgresRow) throws -> Int { try row.count(12) }

    static func state(_ row: PostgresRow, _ column: Int, of id: String) throws -> StoredRun.State {
        let name = try row.text(column)
        guard let state = StoredRun.State(rawValue: name) else {
            throw WorkspaceError.damaged(
                path: row.result.server, reason: "the run \(id) has the unknown state “\(name)”")
        }
        return state
    }
}
