/// What one transaction at a time does of a schema. Whoever does it in another schema of the same database is not waited
/// for.
///
/// Advisory locks are of the whole database. Versions before this one hold one number alone, whatever their schema, and
/// may be served beside this one; so whoever holds a lock of ours holds two: that number, which all of ours share, and one
/// made of the schema's name. A process of such a version and one of ours keep each other out, as before; two of ours
/// meet in one schema only. Once no such version is left to serve beside, the first has no further use.
enum SchemaLock: Int64 {
    /// Steps of the schema. (“mill”, and those after it.)
    case migration = 0x6d69_6c6c
    /// Writes of documents.
    case content
    /// Whoever puts a job into the queue: what waits is counted and compared before.
    case jobQueue
    /// Whoever makes a collection: names and numbers are compared before.
    case collections

    /// Two statements, as they are to be carried out in this order.
    ///
    /// - Parameter schema: where it is not there yet; `nil` for the one that statements go to.
    func statements(in schema: String? = nil) -> [PostgresConnection.Statement] {
        [
            .init("SELECT pg_advisory_xact_lock_shared($1)", [.int(rawValue)]),
            .init(
                "SELECT pg_advisory_xact_lock(\(Self.key))",
                [.text("millrace \(rawValue)"), PostgresValue(schema)]),
        ]
    }

    /// The number of a schema: of what it is for (`$1`) and the schema's name (`$2`, or the one that statements go to).
    static let key = "hashtextextended($1::text || ' ' || coalesce($2::text, current_schema()::text), 0)"
}

extension PostgresConnection {
    /// Waits until no other transaction holds this lock of the schema, and holds it to the end of this one.
    func lock(_ lock: SchemaLock, in schema: String? = nil) throws {
        try pipeline(lock.statements(in: schema))
    }
}
