import Workspace

extension PostgresWorkspace {
    public func flows(
        for owner: Owner, project: String?, after: StoredFlow?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFlow] {
        try await read { db in
            let id = try db.ownerID(owner)
            // The index has the beginnings of names; it finds the place, and the whole names tell what is behind it.
            let behind =
                after == nil ? "" : " AND left(f.name, 200) >= left($2, 200) AND (f.name, f.id) > ($2, $3)"
            let page = " ORDER BY left(f.name, 200), f.name, f.id LIMIT $4"
            let values: [PostgresValue] = [
                .int(id ?? -1), .text(after?.name ?? ""), .text(after?.id ?? ""),
                .count(WorkspaceLimits.rows(limit)),
            ]
            let own = PostgresFlow.selection + " WHERE f.owner_id = $1" + behind
            if let project {
                let inside = " AND left(f.project_id, 200) = left($5, 200) AND f.project_id = $5"
                return try Self.flows(own + inside + page, values + [.text(project)], for: owner, db)
            }
            // Each half stops after a page of its own index, however many flows there are.
            let shared =
                PostgresFlow.selection
                    + """
                     WHERE left(f.tenant, 200) = left($5, 200) AND f.tenant = $5 AND f.is_shared
                        AND f.owner_id <> $1
                    """ + behind
            return try Self.flows(
                "(\(own)\(page)) UNION ALL (\(shared)\(page)) ORDER BY name, id LIMIT $4",
                values + [.text(owner.tenant)], for: owner, db)
        }
    }

    private static func flows(
        _ sql: String, _ values: [PostgresValue], for owner: Owner, _ db: PostgresConnection
    ) throws -> [StoredFlow] {
        try db.query(sql, values).rows.map { try PostgresFlow($0, for: owner).flow }
    }
}
