import Foundation
import Workspace

extension PostgresWorkspace: FlowLibrary {
    public func flow(_ idOrEndpoint: String, for owner: Owner) async throws(WorkspaceError) -> StoredFlow {
        try await read { db in
            try owner.check()
            for place in ["id_digest", "endpoint_digest"] {
                let row = try db.query(
                    PostgresFlow.selection + " WHERE f.\(place) = $1 AND (f.is_shared OR o.name = $2)",
                    [PostgresFlow.digest(idOrEndpoint, inTenant: owner.tenant), .text(owner.name)]
                ).first
                if let row { return try PostgresFlow(row, for: owner).flow }
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
            let sequence = try db.query(
                """
                INSERT INTO flow (tenant, id, id_digest, owner_id, name, description, endpoint, endpoint_digest,
                    project_id, tags, is_shared, latest, published, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $14) RETURNING sequence
                """,
                [
                    .text(flow.owner.tenant), .text(flow.id),
                    PostgresFlow.digest(flow.id, inTenant: flow.owner.tenant), .int(owner), .text(flow.name),
                    .text(flow.description), PostgresValue(flow.endpoint), Self.endpointDigest(of: flow),
                    PostgresValue(flow.project), .text(try TextList.encoded(flow.tags)),
                    .bool(flow.isShared), PostgresValue(flow.published), .time(flow.createdAt),
                    .time(flow.updatedAt),
                ]
            ).first?.int(0)
            guard let sequence else { throw WorkspaceError.noFlow(flow.id) }
            try Self.insert(version, sequence: sequence, db)
            return try PostgresFlow.own(flow.id, for: flow.owner, locks: false, db).flow
        }
    }

    public func update(_ flow: StoredFlow, for owner: Owner) async throws(WorkspaceError) -> StoredFlow {
        var flow = flow
        flow.owner = owner
        try flow.check()
        let (changed, time) = (flow, now())
        return try await write { db in
            // Before the row: whoever saves a flow anew takes this first, too.
            if changed.endpoint != nil { try db.lock(.flowNames, owner.tenant) }
            let old = try PostgresFlow.own(changed.id, for: owner, locks: true, db)
            try Self.checkFree(changed, besides: old.sequence, db)
            try Self.checkProject(changed.project, of: old.ownerID, db)
            if let published = changed.published, published < 1 || published > old.flow.latest {
                throw WorkspaceError.noVersion(published, of: changed.id)
            }
            try db.query(
                """
                UPDATE flow SET name = $2, description = $3, endpoint = $4, endpoint_digest = $5,
                    project_id = $6, tags = $7, is_shared = $8, published = $9, updated_at = $10
                WHERE sequence = $1
                """,
                [
                    .int(old.sequence), .text(changed.name), .text(changed.description),
                    PostgresValue(changed.endpoint), Self.endpointDigest(of: changed),
                    PostgresValue(changed.project), .text(try TextList.encoded(changed.tags)),
                    .bool(changed.isShared), PostgresValue(changed.published), .time(time),
                ])
            return try PostgresFlow.own(changed.id, for: owner, locks: false, db).flow
        }
    }

    // MARK: What must be there, or must not

    /// Ids and endpoints share one set of names: whoever could take another's endpoint for an id would answer its
    /// callers. No other transaction of the tenant's gives a flow a name until this one ends.
    ///
    /// - Parameter sequence: of the flow itself, where it is there already.
    private static func checkFree(
        _ flow: StoredFlow, besides sequence: Int64?, _ db: PostgresConnection
    ) throws {
        let tenant = flow.owner.tenant
        func isTaken(_ name: String) throws -> Bool {
            try db.int(
                "SELECT sequence FROM flow WHERE (id_digest = $1 OR endpoint_digest = $1) AND sequence <> $2",
                [PostgresFlow.digest(name, inTenant: tenant), .int(sequence ?? -1)]) != nil
        }
        if sequence == nil {
            try db.lock(.flowNames, tenant)
            if try isTaken(flow.id) { throw WorkspaceError.nameTaken(kind: "flow", name: flow.id) }
        }
        if let endpoint = flow.endpoint, try isTaken(endpoint) {
            throw WorkspaceError.nameTaken(kind: "endpoint", name: endpoint)
        }
    }

    /// A project that is there, and stays there to the end of the transaction.
    private static func checkProject(_ id: String?, of owner: Int64, _ db: PostgresConnection) throws {
        guard let id else { return }
        let found = try db.int(
            "SELECT owner_id FROM project WHERE owner_id = $1 AND id = $2 FOR KEY SHARE",
            [.int(owner), .text(id)])
        if found == nil { throw WorkspaceError.noProject(id) }
    }

    private static func endpointDigest(of flow: StoredFlow) -> PostgresValue {
        flow.endpoint.map { PostgresFlow.digest($0, inTenant: flow.owner.tenant) } ?? .null
    }
}
