import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: VariableStore {
    public func save(_ variable: StoredVariable) async throws(WorkspaceError) -> StoredVariable {
        try variable.check()
        return try await write { db in
            let owner = try db.ensuredOwnerID(variable.owner)
            let other = try db.integer(
                "SELECT 1 FROM variable WHERE owner_id = ? AND name = ? AND id <> ?", owner, variable.name,
                variable.id)
            guard other == nil else { throw WorkspaceError.nameTaken(kind: "variable", name: variable.name) }
            try db.run(
                """
                INSERT INTO variable (owner_id, id, name, is_secret, value, default_fields, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (owner_id, id) DO UPDATE SET name = excluded.name, is_secret = excluded.is_secret,
                    value = excluded.value, default_fields = excluded.default_fields,
                    updated_at = excluded.updated_at
                """, owner, variable.id, variable.name, variable.isSecret, variable.value,
                try TextList.encoded(variable.defaultFields), variable.updatedAt.microseconds)
            let count = try db.integer("SELECT COUNT(*) FROM variable WHERE owner_id = ?", owner) ?? 0
            guard count <= WorkspaceLimits.variables else {
                throw WorkspaceError.tooMany(kind: "variable", limit: WorkspaceLimits.variables)
            }
            guard let saved = try Self.variable(named: variable.name, owner, of: variable.owner, db) else {
                throw WorkspaceError.noVariable(variable.name)
            }
            return saved
        }
    }

    public func variables(for owner: Owner) async throws(WorkspaceError) -> [StoredVariable] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            return try db.rows("SELECT * FROM variable WHERE owner_id = ? ORDER BY name", id).map {
                try Self.variable($0, of: owner)
            }
        }
    }

    public func variable(
        named name: String, for owner: Owner
    ) async throws(WorkspaceError) -> StoredVariable {
        try await read { db in
            guard let id = try db.ownerID(owner),
                let found = try Self.variable(named: name, id, of: owner, db)
            else { throw WorkspaceError.noVariable(name) }
            return found
        }
    }

    public func delete(variable id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            guard let ownerID = try db.ownerID(owner),
                try db.changes("DELETE FROM variable WHERE owner_id = ? AND id = ?", ownerID, id) > 0
            else { throw WorkspaceError.noVariable(id) }
        }
    }

    private static func variable(
        named name: String, _ ownerID: Int64, of owner: Owner, _ db: Database
    ) throws -> StoredVariable? {
        try db.row("SELECT * FROM variable WHERE owner_id = ? AND name = ?", ownerID, name).map {
            try variable($0, of: owner)
        }
    }

    private static func variable(_ row: Row, of owner: Owner) throws -> StoredVariable {
        StoredVariable(
            id: row["id"], owner: owner, name: row["name"], isSecret: row["is_secret"], value: row["value"],
            defaultFields: try TextList.decoded(row["default_fields"]),
            updatedAt: Date(microseconds: row["updated_at"]))
    }
}
