import Workspace

/// A row of `flow` as a value.
struct PostgresFlow: Sendable {
    var sequence: Int64
    var ownerID: Int64
    var flow: StoredFlow

    /// Over `flow f JOIN owner o`.
    static let columns = """
        f.sequence, f.owner_id, f.id, f.name, f.description, f.endpoint, f.project_id, f.tags, f.is_shared,
        f.latest, f.published, f.created_at, f.updated_at, o.tenant AS owner_tenant, o.name AS owner_name
        """
    static let selection = "SELECT \(columns) FROM flow f JOIN owner o ON o.id = f.owner_id"

    /// - Parameter reader: who is told of it; another's project is none of theirs.
    init(_ row: PostgresRow, for reader: Owner) throws {
        sequence = try row.int(0)
        ownerID = try row.int(1)
        let owner = Owner(tenant: try row.text(13), name: try row.text(14))
        let isOwn = owner.name.utf8.elementsEqual(reader.name.utf8)
        flow = StoredFlow(
            id: try row.text(2), owner: owner, name: try row.text(3), description: try row.text(4),
            endpoint: try row.optionalText(5), project: isOwn ? try row.optionalText(6) : nil,
            tags: try TextList.decoded(row.text(7)), isShared: try row.bool(8), latest: try row.count(9),
            published: try row.optionalCount(10), createdAt: try row.time(11), updatedAt: try row.time(12))
    }

    /// How a flow is looked up by id or endpoint within its tenant.
    static func digest(_ name: String, inTenant tenant: String) -> PostgresValue {
        .text(NameDigest.of(tenant, name))
    }

    /// A flow that `owner` may change.
    ///
    /// - Parameter locks: whether its row is locked, as it is to be changed.
    /// - Throws: ``WorkspaceError/notFound(kind:id:)``.
    static func own(
        _ id: String, for owner: Owner, locks: Bool, _ db: PostgresConnection
    ) throws -> PostgresFlow {
        guard let ownerID = try db.ownerID(owner),
            let row = try db.query(
                selection + " WHERE f.id_digest = $1 AND f.owner_id = $2" + (locks ? " FOR UPDATE OF f" : ""),
                [digest(id, inTenant: owner.tenant), .int(ownerID)]
            ).first
        else { throw WorkspaceError.noFlow(id) }
        return try PostgresFlow(row, for: owner)
    }
}
