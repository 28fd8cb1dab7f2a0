import Corpus
import Foundation

/// What a database holds, read without changing anything in it.
public struct PostgresInspection: Sendable, Hashable {
    /// As the server names it: `PostgreSQL 18.4`.
    public var server: String
    /// Steps of the schema that the next opening takes, in order; all of them where there is no schema yet.
    public var pendingSteps: [String]
    /// Steps that this version does not know: a newer one made them. `8-name (by 0.2.0)`.
    public var unknownSteps: [String]
    /// Whether these steps turn this version away; others only add something that it needs not know.
    public var isTooNew: Bool
    /// What the database says of itself; `nil` where there is no schema yet.
    public var identity: String?
    /// Who is there; empty where the schema has no place for it yet.
    public var nodes: [NodeAnnouncement]
    /// Documents stored; `nil` where there is no schema yet.
    public var documents: Int?

    /// - Throws: ``PostgresError``.
    public static func read(_ pool: PostgresPool) async throws -> PostgresInspection {
        try await pool.transaction(.snapshot) { db in
            let version = try db.text("SHOW server_version") ?? "unknown"
            let names = PostgresSchema.steps.map(\.name)
            guard try db.text("SELECT to_regclass('schema_step')::text") != nil else {
                return PostgresInspection(
                    server: "PostgreSQL \(version)", pendingSteps: names, unknownSteps: [], isTooNew: false,
                    identity: nil, nodes: [], documents: nil)
            }
            let taken = try TakenStep.all(in: "schema_step", db)
            let migration = PostgresMigration(
                table: "schema_step", schema: nil, steps: PostgresSchema.steps)
            let numbers = Set(taken.map(\.number))
            let pending = names.enumerated().filter { !numbers.contains($0.offset + 1) }.map(\.element)
            let unknown = taken.filter { $0.number > names.count }.map(\.told)
            // The planner's estimate would be cheaper, and wrong where nothing was analyzed yet.
            let documents = pending.contains("documents") ? nil : try db.int("SELECT count(*) FROM document")
            return PostgresInspection(
                server: "PostgreSQL \(version)", pendingSteps: pending, unknownSteps: unknown,
                isTooNew: migration.tooNew(taken) != nil,
                identity: pending.contains("documents")
                    ? nil : try db.text("SELECT value FROM state WHERE key = 'identity'"),
                nodes: pending.contains("nodes") ? [] : try PostgresCorpus.nodes(db),
                documents: documents.map { Int($0) })
        }
    }
}
