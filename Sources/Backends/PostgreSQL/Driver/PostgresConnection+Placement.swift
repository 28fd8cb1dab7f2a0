extension PostgresConnection {
    /// Begins a transaction in which names without a schema are those of the settings' schema.
    func begin(_ isolation: PostgresPool.Isolation) throws {
        // One round trip for both.
        try simple(placement.map { "\(isolation.begin); \($0)" } ?? isolation.begin)
    }

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
