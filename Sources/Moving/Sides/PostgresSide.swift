import Backends

/// A schema of a server as one end of a move, over a session of its own.
final class PostgresSide: MovingSide {
    let place: String
    /// The server's text holds nothing that would have to be replaced.
    var replacedTexts = 0
    let db: PostgresConnection
    private var isReading = false

    /// - Parameter settings: those of a database whose schema is there and of today.
    init(_ settings: PostgresSettings, passwords: [PostgresHost: String], place: String) throws {
        self.place = place
        var settings = settings
        // What counts, compares and analyzes a whole table takes longer than what serves.
        settings.statementTimeout = .seconds(3_600)
        db = try PostgresConnection(settings, passwords: passwords)
        try db.demandSchema(settings.schema)
        // The other side takes its time between two pages.
        try db.simple("SET idle_in_transaction_session_timeout = 0")
    }

    func beginSnapshot(asSource: Bool) throws {
        try db.simple("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        isReading = true
        // Pages come by an index: of a table that was just filled the planner knows nothing yet.
        try db.simple("SET LOCAL enable_sort = off")
    }

    func endSnapshot() throws {
        guard isReading else { return }
        isReading = false
        try db.simple("ROLLBACK")
    }

    /// All of `body` or nothing.
    func transaction(_ body: () throws -> Void) throws {
        try db.simple("BEGIN")
        do {
            try body()
        } catch {
            _ = try? db.simple("ROLLBACK")
            throw error
        }
        let answer = try db.simple("COMMIT")
        guard answer == "COMMIT" else {
            throw PostgresError.connectionLost(
                server: db.server, reason: "the transaction was rolled back instead of committed")
        }
    }
}
