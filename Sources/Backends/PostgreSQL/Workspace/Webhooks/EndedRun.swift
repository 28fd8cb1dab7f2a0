import Foundation
import JSONValue
import Workspace

/// A run that has just ended, as its owner's endpoints are told of it.
struct EndedRun {
    let sequence: Int64
    let ownerID: Int64
    let id: String
    let flow: String
    let callback: String?
    let event: WebhookEvent
    let endedAt: Date
    let message: EndedRunMessage

    static let columns = """
        sequence, owner_id, id, flow, callback, version, session, state, attempts, created_at, started_at,
            ended_at
        """

    /// - Parameter row: of ``columns``.
    /// - Returns: `nil` for a run that has not ended.
    init?(_ row: PostgresRow) throws {
        id = try row.text(2)
        let state = try PostgresRunRow.state(row, 7, of: id)
        guard let event = WebhookEvent(endOf: state), let endedAt = try row.optionalTime(11) else {
            return nil
        }
        self.event = event
        self.endedAt = endedAt
        sequence = try row.int(0)
        ownerID = try row.int(1)
        flow = try row.text(3)
        callback = try row.optionalText(4)
        message = EndedRunMessage(
            id: id, flow: flow, version: try row.count(5), session: try row.text(6), state: state,
            attempts: try row.count(8), createdAt: try row.time(9), startedAt: try row.optionalTime(10),
            endedAt: endedAt, event: event)
    }

    /// What the run made; `nil` where there is nothing, or too much.
    func result(_ db: PostgresConnection) throws -> JSONValue? {
        let row = try db.query(
            "SELECT result FROM run_content WHERE run_sequence = $1 AND length(result) <= $2",
            [.int(sequence), .count(WorkspaceLimits.webhookResultBytes)]
        ).first
        guard let result = try row?.optionalBytes(0) else { return nil }
        return try? JSONValue(parsing: result)
    }
}
