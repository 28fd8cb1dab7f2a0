import Foundation

/// What a database holds, read without changing anything in it.
public struct PostgresInspection: Sendable, Hashable {
    /// As the server names it: `PostgreSQL 18.4`.
    public var server: String
    /// Steps of the schema that the next opening takes, in order; all of them where there is no schema yet.
    public var pendingSteps: [String]
    /// Steps that this version does not know: a newer one made them.
    public var unknownSteps: [String]
    /// Documents stored; `nil` where there is no schema yet.
    public var documents: Int?

    /// - Throws: ``PostgresError``.
    public static func read(_ pool: PostgresPool) async throws -> PostgresInspection {
        try await pool.transaction(.snapshot) { db in
            let version = try db.text("SHOW server_version") ?? "unknown"
            let names = PostgresSchema.steps.map(\.name)
            guard try db.text("SELECT to_regclass('schema_step')::text") != nil else {
                return PostgresInspection(
                    server: "PostgreSQL \(version)", pendingSteps: names, unknownSteps: [], documents: nil)
            }
            var pending = names
            var unknown: [String] = []
            for row in try db.query("SELECT number, name FROM schema_step ORDER BY number").rows {
                let name = try row.text(1)
                if Int(try row.int(0)) > names.count { unknown.append(name) }
                pending.removeAll { $0 == name }
            }
            // The planner's estimate would be cheaper, and wrong where nothing was analyzed yet.
            let documents = pending.contains("documents") ? nil : try db.int("SELECT count(*) FROM document")
            return PostgresInspection(
                server: "PostgreSQL \(version)", pendingSteps: pending, unknownSteps: unknown,
                documents: documents.map { Int($0) })
        }
    }
}
