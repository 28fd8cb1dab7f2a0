import Workspace

extension PostgresWorkspace: VariableStore {
    public func save(_ variable: StoredVariable) async throws(WorkspaceError) -> StoredVariable {
        try variable.check()
        return try await write { db in
            let owner = try db.ensuredOwnerID(variable.owner)
            // Names and their number are an owner's: one of theirs is saved at a time.
            try db.lock(.variables, "\(owner)")
            let other = try db.text(
                "SELECT id FROM variable WHERE owner_id = $1 AND name = $2 AND id <> $3",
                [.int(owner), .text(variable.name), .text(variable.id)])
            guard other == nil else { throw WorkspaceError.nameTaken(kind: "variable", name: variable.name) }
            let row = try db.query(
                """
                INSERT INTO variable (owner_id, id, name, is_secret, value, default_fields, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (owner_id, id) DO UPDATE SET name = excluded.name, is_secret = excluded.is_secret,
                    value = excluded.value, default_fields = excluded.default_fields,
                    updated_at = excluded.updated_at
                RETURNING \(Self.variableColumns)
                """,
                [
                    .int(owner), .text(variable.id), .text(variable.name), .bool(variable.isSecret),
                    .bytes(variable.value), .text(try TextList.encoded(variable.defaultFields)),
                    .time(variable.updatedAt),
                ]
            ).first
            let count = try db.int("SELECT count(*) FROM variable WHERE owner_id = $1", [.int(owner)]) ?? 0
            guard count <= Int64(WorkspaceLimits.variables) else {
                throw WorkspaceError.tooMany(kind: "variable", limit: WorkspaceLimits.variables)
            }
            guard let row else { throw WorkspaceError.noVariable(variable.name) }
            return try Self.variable(row, of: variable.owner)
        }
    }

    public func variables(for owner: Owner) async throws(WorkspaceError) -> [StoredVariable] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            return try db.query(
                "SELECT \(Self.variableColumns) FROM variable WHERE owner_id = $1 ORDER BY name", [.int(id)]
            ).rows.map { try Self.variable($0, of: owner) }
        }
    }

    public func variable(
        named name: String, for owner: Owner
    ) async throws(WorkspaceError) -> StoredVariable {
        try await read { db in
            guard let id = try db.ownerID(owner),
                let row = try db.query(
                    "SELECT \(Self.variableColumns) FROM variable WHERE owner_id = $1 AND name = $2",
                    [.int(id), .text(name)]
                ).first
            else { throw WorkspaceError.noVariable(name) }
            return try Self.variable(row, of: owner)
        }
    }

    public func delete(variable id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            guard let ownerID = try db.ownerID(owner),
                try db.query(
                    "DELETE FROM variable WHERE owner_id = $1 AND id = $2", [.int(ownerID), .text(id)]
                ).changed > 0
            else { throw WorkspaceError.noVariable(id) }
        }
    }

    private static let variableColumns = "id, name, is_secret, value, default_fields, updated_at"

    private static func variable(_ row: PostgresRow, of owner: Owner) throws -> StoredVariable {
        StoredVariable(
            id: try row.text(0), owner: owner, name: try row.text(1), isSecret: try row.bool(2),
            value: try row.bytes(3), defaultFields: try TextList.decoded(row.text(4)),
            updatedAt: try row.time(5))
    }
}
