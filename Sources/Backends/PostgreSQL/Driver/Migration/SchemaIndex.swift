/// Indexes that are built while others write.
enum SchemaIndex {
    enum State: Hashable {
        case absent, ready
        /// One that is being built, or whose building ended half way.
        case unfinished
    }

    /// - Parameter index: of the schema that statements go to.
    static func state(of index: String, _ db: PostgresConnection) throws -> State {
        let row = try db.query(
            """
            SELECT indisvalid FROM pg_index
            WHERE indexrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident($1))::oid
            """, [.text(index)]
        ).first
        guard let row else { return .absent }
        return try row.bool(0) ? .ready : .unfinished
    }

    /// Builds an index, outside of a transaction. What is left of a building that ended half way is taken away first.
    ///
    /// - Returns: false when another process is at it.
    static func build(_ index: String, _ sql: String, _ db: PostgresConnection) throws -> Bool {
        // Of the session, as there is no transaction: one process at a time, so that what is unfinished is nobody's.
        let name: [PostgresValue] = [.text("millrace index \(index)"), .null]
        guard try db.query("SELECT pg_try_advisory_lock(\(SchemaLock.key))", name).first?.bool(0) == true
        else { return false }
        defer {
            if !db.isBroken { _ = try? db.query("SELECT pg_advisory_unlock(\(SchemaLock.key))", name) }
        }
        // It waits for transactions that began before it; nobody waits behind it.
        try db.simple("SET statement_timeout = 0")
        try db.simple("SET lock_timeout = 0")
        defer {
            if !db.isBroken {
                _ = try? db.simple("RESET statement_timeout")
                _ = try? db.simple("RESET lock_timeout")
            }
        }
        switch try state(of: index, db) {
        case .ready: return true
        case .unfinished: try db.simple("DROP INDEX CONCURRENTLY \"\(index)\"")
        case .absent: break
        }
        try db.simple(sql)
        return true
    }
}
