import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: FlowLibrary {
    public func flows(
        for owner: Owner, project: String?, after: StoredFlow?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFlow] {
        try await read { db in
            let id = try db.ownerID(owner)
            let limit = WorkspaceLimits.rows(limit)
            if let project {
                let cursor = after.map { [$0.name, $0.id] } ?? []
                return try db.rows(
                    FlowRow.selection
                        + " WHERE f.owner_id = ? AND f.project_id = ?"
                        + (after == nil ? "" : " AND (f.name, f.id) > (?, ?)")
                        + " ORDER BY f.name, f.id LIMIT ?", [id, project] + cursor + [limit]
                ).map { try FlowRow.flow($0, for: owner) }
            }
            let cursor: [Database.Value] = after.map { [$0.name, $0.id] } ?? []
            let behind = after == nil ? "" : " AND (f.name, f.id) > (?, ?)"
            let page = " ORDER BY f.name, f.id LIMIT ?"
            // Each half stops after a page of its own index, however many flows there are.
            let own = FlowRow.selection + " WHERE f.owner_id = ?" + behind + page
            let shared =
                FlowRow.selection + " WHERE f.tenant = ? AND f.is_shared = 1 AND f.owner_id <> ?" + behind
                + page
            return try db.rows(
                "SELECT * FROM (\(own)) UNION ALL SELECT * FROM (\(shared)) ORDER BY name, id LIMIT ?",
                [id] + cursor + [limit] + [owner.tenant, id ?? -1] + cursor + [limit] + [limit]
            ).map { try FlowRow.flow($0, for: owner) }
        }
    }

    public func flow(_ idOrEndpoint: String, for owner: Owner) async throws(WorkspaceError) -> StoredFlow {
        try await read { db in
            try owner.check()
            let isVisible = " AND (f.is_shared = 1 OR o.name = ?)"
            for place in ["f.id", "f.endpoint"] {
                if let row = try db.row(
                    FlowRow.selection + " WHERE f.tenant = ? AND \(place) = ?" + isVisible, owner.tenant,
                    idOrEndpoint, owner.name)
                {
                    return try FlowRow.flow(row, for: owner)
                }
            }
            throw WorkspaceError.noFlow(idOrEndpoint)
        }
    }

    public func create(
        _ flow: StoredFlow, definition: Data, origin: Data?, note: String
    ) async throws(WorkspaceError) -> StoredFlow {
        try flow.check()
        let version = FlowVersion(
            flow: flow.id, number: 1, definition: definition, origin: origin, note: note,
            author: flow.owner.name, savedAt: flow.updatedAt)
        try version.check()
        return try await write { db in
            let owner = try db.ensuredOwnerID(flow.owner)
            try Self.checkFree(flow, besides: nil, db)
            try Self.checkProject(flow.project, of: owner, db)
            if let published = flow.published, published != 1 {
                throw WorkspaceError.noVersion(published, of: flow.id)
            }
            try db.run(
                """
                INSERT INTO flow (tenant, id, owner_id, name, description, endpoint, project_id, tags, is_shared,
                    latest, published, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
                """, flow.owner.tenant, flow.id, owner, flow.name, flow.description, flow.endpoint,
                flow.project, try TextList.encoded(flow.tags), flow.isShared, flow.published,
                flow.createdAt.microseconds, flow.updatedAt.microseconds)
            try Self.insert(version, sequence: db.lastInsertedRowID, db)
            return try Self.ownFlow(flow.id, for: flow.owner, db).flow
        }
    }

    public func update(_ flow: StoredFlow, for owner: Owner) async throws(WorkspaceError) -> StoredFlow {
        var flow = flow
        flow.owner = owner
        try flow.check()
        let (changed, time) = (flow, now().microseconds)
        return try await write { db in
            let (sequence, ownerID, old) = try Self.ownFlow(changed.id, for: owner, db)
            try Self.checkFree(changed, besides: sequence, db)
            try Self.checkProject(changed.project, of: ownerID, db)
            if let published = changed.published, published < 1 || published > old.latest {
                throw WorkspaceError.noVersion(published, of: changed.id)
            }
            try db.run(
                """
                UPDATE flow SET name = ?, description = ?, endpoint = ?, project_id = ?, tags = ?, is_shared = ?,
                    published = ?, updated_at = ?
                WHERE sequence = ?
                """, changed.name, changed.description, changed.endpoint, changed.project,
                try TextList.encoded(changed.tags), changed.isShared, changed.published, time, sequence)
            return try Self.ownFlow(changed.id, for: owner, db).flow
        }
    }

    public func delete(flow id: String, for owner: Owner) async throws(WorkspaceError) {
        let time = now().microseconds
        try await write { db in
            let sequence = try Self.ownFlow(id, for: owner, db).sequence
            try db.run("DELETE FROM flow WHERE sequence = ?", sequence)
            // Whoever ran it: of the flow's tenant. From the owners on, as there is no index by flow alone.
            try db.run(
                """
                DELETE FROM conversation WHERE id IN (
                    SELECT c.id FROM owner o CROSS JOIN conversation c ON c.owner_id = o.id AND c.flow = ?
                    WHERE o.tenant = ?)
                """, id, owner.tenant)
            let runs = """
                SELECT r.sequence FROM owner o CROSS JOIN run r ON r.owner_id = o.id AND r.flow = ?
                WHERE o.tenant = ? AND r.state = ?
                """
            try db.run(
                "UPDATE run SET state = 'cancelled', ended_at = ? WHERE sequence IN (\(runs))", time, id,
                owner.tenant, StoredRun.State.queued.rawValue)
            try db.run(
                "UPDATE run SET is_cancel_requested = 1 WHERE sequence IN (\(runs))", id, owner.tenant,
                StoredRun.State.running.rawValue)
        }
    }
}

extension SQLiteWorkspace {
    /// A flow that `owner` may change.
    static func ownFlow(
        _ id: String, for owner: Owner, _ db: Database
    ) throws -> (sequence: Int64, ownerID: Int64, flow: StoredFlow) {
        guard let ownerID = try db.ownerID(owner),
            let row = try db.row(
                FlowRow.selection + " WHERE f.tenant = ? AND f.id = ? AND f.owner_id = ?", owner.tenant, id,
                ownerID)
        else { throw WorkspaceError.noFlow(id) }
        return (row["sequence"], ownerID, try FlowRow.flow(row, for: owner))
    }

    /// Ids and endpoints share one set of names: whoever could take another's endpoint for an id would answer its
    /// callers.
    ///
    /// - Parameter sequence: of the flow itself, where it is there already.
    private static func checkFree(_ flow: StoredFlow, besides sequence: Int64?, _ db: Database) throws {
        func isTaken(_ name: String, _ place: String) throws -> Bool {
            try db.integer(
                "SELECT sequence FROM flow WHERE tenant = ? AND \(place) = ? AND sequence <> ?",
                flow.owner.tenant, name, sequence ?? -1) != nil
        }
        for name in sequence == nil ? ["id", "endpoint"] : [] where try isTaken(flow.id, name) {
            throw WorkspaceError.nameTaken(kind: "flow", name: flow.id)
        }
        guard let endpoint = flow.endpoint else { return }
        for name in ["id", "endpoint"] where try isTaken(endpoint, name) {
            throw WorkspaceError.nameTaken(kind: "endpoint", name: endpoint)
        }
    }

    private static func checkProject(_ id: String?, of owner: Int64, _ db: Database) throws {
        guard let id else { return }
        let found = try db.integer("SELECT 1 FROM project WHERE owner_id = ? AND id = ?", owner, id)
        if found == nil { throw WorkspaceError.noProject(id) }
    }
}

/// A row of `flow` as a value.
enum FlowRow {
    static let selection = """
        SELECT f.sequence, f.id, f.name, f.description, f.endpoint, f.project_id, f.tags, f.is_shared, f.latest,
            f.published, f.created_at, f.updated_at, o.tenant AS owner_tenant, o.name AS owner_name
        FROM flow f JOIN owner o ON o.id = f.owner_id
        """

    /// - Parameter reader: who is told of it; another's project is none of theirs.
    static func flow(_ row: Row, for reader: Owner) throws -> StoredFlow {
        let name: String = row["owner_name"]
        let isOwn = name.utf8.elementsEqual(reader.name.utf8)
        return StoredFlow(
            id: row["id"], owner: Owner(tenant: row["owner_tenant"], name: name), name: row["name"],
            description: row["description"], endpoint: row["endpoint"],
            project: isOwn ? row["project_id"] : nil, tags: try TextList.decoded(row["tags"]),
            isShared: row["is_shared"], latest: row["latest"], published: row["published"],
            createdAt: Date(microseconds: row["created_at"]), updatedAt: Date(microseconds: row["updated_at"])
        )
    }
}
