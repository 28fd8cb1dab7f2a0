import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: SourceStore {
    public func add(_ source: StoredSource, told act: AuditAct) async throws(WorkspaceError) {
        try Self.check(source)
        let now = now()
        try await write { db in
            let count = try db.integer("SELECT COUNT(*) FROM source") ?? 0
            guard count < StoredSource.limit else {
                throw WorkspaceError.tooMany(kind: "source", limit: StoredSource.limit)
            }
            try Self.checkName(of: source, db)
            try db.run(
                """
                INSERT INTO source
                    (id, name, definition, secret, state, revision, created_by, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, source.id, source.definition.name, try Self.text(source.definition), source.secret,
                source.state.rawValue, source.revision, source.createdBy, source.createdAt.microseconds,
                source.updatedAt.microseconds)
            try db.tell(act, tenant: Owner.defaultTenant, at: now)
        }
    }

    public func sources() async throws(WorkspaceError) -> [StoredSource] {
        try await read { db in
            try db.rows("SELECT * FROM source ORDER BY sequence").map { try Self.source($0) }
        }
    }

    public func source(_ id: String) async throws(WorkspaceError) -> StoredSource {
        try await read { db in try Self.source(id, db) }
    }

    public func replace(
        _ source: StoredSource, from revision: Int, told act: AuditAct?
    ) async throws(WorkspaceError) -> StoredSource {
        try Self.check(source)
        let now = now()
        return try await write { db in
            guard try Self.source(source.id, db).revision == revision else {
                throw WorkspaceError.changedMeanwhile(kind: "source", id: source.id)
            }
            try Self.checkName(of: source, db)
            try db.run(
                """
                UPDATE source SET name = ?, definition = ?, secret = ?, state = ?, revision = ?, updated_at = ?
                WHERE id = ?
                """, source.definition.name, try Self.text(source.definition), source.secret,
                source.state.rawValue, revision + 1, now.microseconds, source.id)
            if let act { try db.tell(act, tenant: Owner.defaultTenant, at: now) }
            return try Self.source(source.id, db)
        }
    }

    public func delete(source id: String, told act: AuditAct?) async throws(WorkspaceError) {
        let now = now()
        try await write { db in
            guard try db.changes("DELETE FROM source WHERE id = ?", id) > 0 else {
                throw WorkspaceError.notFound(kind: "source", id: id)
            }
            if let act { try db.tell(act, tenant: Owner.defaultTenant, at: now) }
        }
    }

    private static func check(_ source: StoredSource) throws(WorkspaceError) {
        try WorkspaceLimits.check(source.id, as: "source")
        try WorkspaceLimits.check(source.definition.name, as: "source")
        guard VariableSeal.isSealed(source.secret) else {
            throw .unsealed(variable: source.definition.name)
        }
    }

    private static func checkName(of source: StoredSource, _ db: Database) throws {
        let other = try db.integer(
            "SELECT 1 FROM source WHERE name = ? AND id <> ?", source.definition.name, source.id)
        guard other == nil else {
            throw WorkspaceError.nameTaken(kind: "source", name: source.definition.name)
        }
    }

    private static func source(_ id: String, _ db: Database) throws -> StoredSource {
        guard let row = try db.row("SELECT * FROM source WHERE id = ?", id) else {
            throw WorkspaceError.notFound(kind: "source", id: id)
        }
        return try source(row)
    }

    private static func source(_ row: Row) throws -> StoredSource {
        let definition: String = row["definition"]
        let state: String = row["state"]
        return StoredSource(
            id: row["id"],
            definition: try JSONDecoder().decode(SourceDefinition.self, from: Data(definition.utf8)),
            secret: row["secret"], state: StoredSource.State(rawValue: state) ?? .disabled,
            revision: row["revision"], createdBy: row["created_by"],
            createdAt: Date(microseconds: row["created_at"]),
            updatedAt: Date(microseconds: row["updated_at"]))
    }

    private static func text(_ definition: SourceDefinition) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(definition), as: UTF8.self)
    }
}
