import GRDB
import Workspace

extension SQLiteWorkspace {
    public func projects(for owner: Owner) async throws(WorkspaceError) -> [Project] {
        try await read { db in
            guard let id = try db.ownerID(owner) else { return [] }
            return try db.rows(
                "SELECT id, name, description FROM project WHERE owner_id = ? ORDER BY name, id", id
            ).map { Self.project($0, of: owner) }
        }
    }

    public func project(_ id: String, for owner: Owner) async throws(WorkspaceError) -> Project {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.row(
                    "SELECT id, name, description FROM project WHERE owner_id = ? AND id = ?", ownerID, id)
            else { throw WorkspaceError.noProject(id) }
            return Self.project(row, of: owner)
        }
    }

    public func save(_ project: Project, for owner: Owner) async throws(WorkspaceError) -> Project {
        try owner.check()
        try project.check()
        return try await write { db in
            let ownerID = try db.ensuredOwnerID(owner)
            try db.run(
                """
                INSERT INTO project (owner_id, id, name, description) VALUES (?, ?, ?, ?)
                ON CONFLICT (owner_id, id) DO UPDATE SET name = excluded.name,
                    description = excluded.description
                """, ownerID, project.id, project.name, project.description)
            let count = try db.integer("SELECT COUNT(*) FROM project WHERE owner_id = ?", ownerID) ?? 0
            guard count <= WorkspaceLimits.projects else {
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
            try db.run(
                "UPDATE flow SET project_id = NULL WHERE owner_id = ? AND project_id = ?", ownerID, id)
            let count = try db.changes("DELETE FROM project WHERE owner_id = ? AND id = ?", ownerID, id)
            guard count > 0 else { throw WorkspaceError.noProject(id) }
        }
    }

    private static func project(_ row: Row, of owner: Owner) -> Project {
        Project(id: row["id"], owner: owner, name: row["name"], description: row["description"])
    }
}
