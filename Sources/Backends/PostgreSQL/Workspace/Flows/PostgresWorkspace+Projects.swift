import Workspace

extension PostgresWorkspace {
    public func projects(for owner: Owner) async throws(WorkspaceError) -> [Project] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            return try db.query(
                "SELECT id, name, description FROM project WHERE owner_id = $1 ORDER BY name, id", [.int(id)]
            ).rows.map { try Self.project($0, of: owner) }
        }
    }

    public func project(_ id: String, for owner: Owner) async throws(WorkspaceError) -> Project {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.query(
                    "SELECT id, name, description FROM project WHERE owner_id = $1 AND id = $2",
                    [.int(ownerID), .text(id)]
                ).first
            else { throw WorkspaceError.noProject(id) }
            return try Self.project(row, of: owner)
        }
    }

    public func save(_ project: Project, for owner: Owner) async throws(WorkspaceError) -> Project {
        try owner.check()
        try project.check()
        return try await write { db in
            let ownerID = try db.ensuredOwnerID(owner)
            try db.lock(.projects, "\(ownerID)")
            try db.query(
                """
                INSERT INTO project (owner_id, id, name, description) VALUES ($1, $2, $3, $4)
                ON CONFLICT (owner_id, id) DO UPDATE SET name = excluded.name,
                    description = excluded.description
                """, [.int(ownerID), .text(project.id), .text(project.name), .text(project.description)])
            let count = try db.int("SELECT count(*) FROM project WHERE owner_id = $1", [.int(ownerID)]) ?? 0
            guard count <= Int64(WorkspaceLimits.projects) else {
                throw WorkspaceError.tooMany(kind: "project", limit: WorkspaceLimits.projects)
            }
            var saved = project
            saved.owner = owner
            return saved
        }
    }

    public func delete(project id: String, for owner: Owner) async throws(WorkspaceError) {
        try await write { db in
            guard let ownerID = try db.ownerID(owner) else { throw WorkspaceError.noProject(id) }
            let values: [PostgresValue] = [.int(ownerID), .text(id)]
            // Held first: no flow comes in behind the one that takes them out.
            let found = try db.int(
                "SELECT owner_id FROM project WHERE owner_id = $1 AND id = $2 FOR UPDATE", values)
            guard found != nil else { throw WorkspaceError.noProject(id) }
            try db.pipeline([
                .init("UPDATE flow SET project_id = NULL WHERE owner_id = $1 AND project_id = $2", values),
                .init("DELETE FROM project WHERE owner_id = $1 AND id = $2", values),
            ])
            return
        }
    }

    private static func project(_ row: PostgresRow, of owner: Owner) throws -> Project {
        Project(id: try row.text(0), owner: owner, name: try row.text(1), description: try row.text(2))
    }
}
