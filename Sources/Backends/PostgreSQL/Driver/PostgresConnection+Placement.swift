import CLibPQ

extension PostgresConnection {
    /// Begins a transaction in which names without a schema are those of the settings' schema.
    ///
    /// - Parameter tellsTime: whether the server is to tell what time it is (``beganAt``).
    func begin(_ isolation: PostgresPool.Isolation, tellsTime: Bool = false) throws {
        beganAt = nil
        let time = tellsTime ? "SELECT \(Self.clock)" : nil
        // One round trip for all.
        let parts = [isolation.begin, placement, time].compactMap(\.self)
        var told: Int64?
        do {
            try simple(parts.joined(separator: "; "), within: patience) { result in
                guard PQresultStatus(result) == PGRES_TUPLES_OK, PQntuples(result) == 1,
                    let text = PQgetvalue(result, 0, 0)
                else { return }
                told = Int64(String(cString: text)) ?? told
            }
        } catch {
            // What failed behind BEGIN has left a transaction open, in which whoever is lent the session next would be.
            if parts.count > 1, !isBroken { _ = try? simple("ROLLBACK") }
            throw error
        }
        beganAt = told
    }

    /// What the server's clock says, in microseconds since 1970.
    static let clock = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

    /// Reads by statements of which each may see another moment.
    ///
    /// Where a pooler may give each transaction another session, they need one to be placed in.
    func reading<Value>(_ body: (PostgresConnection) throws -> Value) throws -> Value {
        guard placement != nil else { return try body(self) }
        try begin(.snapshot)
        do {
            let value = try body(self)
            try simple("COMMIT")
            return value
        } catch {
            if !isBroken { _ = try? simple("ROLLBACK") }
            throw error
        }
    }

    /// - Parameter schema: `nil` for the user's own, whichever that is.
    /// - Throws: ``PostgresError/otherSchema(server:schema:found:)`` where statements would go to another one: its tables
    ///   may be another tenant's.
    package func demandSchema(_ schema: String?) throws {
        guard let schema else { return }
        let found = try text("SELECT current_schema()::text")
        guard found == schema else {
            throw PostgresError.otherSchema(server: server, schema: schema, found: found)
        }
    }
}
