import Workspace

extension PostgresWorkspace {
    public func add(_ set: StoredEvaluationSet) async throws(WorkspaceError) {
        try WorkspaceLimits.check(set.tenant, as: "tenant")
        try WorkspaceLimits.check(set.name, as: "evaluation set")
        try WorkspaceLimits.check(
            set.lines.utf8.count, of: "evaluation set", limit: WorkspaceLimits.documentBytes)
        try await write { db in
            try db.lock(.evaluationSets, set.tenant)
            let count =
                try db.int(
                    "SELECT count(*) FROM evaluation_set WHERE \(Self.ofTenant)", [.text(set.tenant)]) ?? 0
            guard count < Int64(WorkspaceLimits.evaluationSets) else {
                throw WorkspaceError.tooMany(
                    kind: "evaluation set", limit: WorkspaceLimits.evaluationSets)
            }
            try db.query(
                """
                INSERT INTO evaluation_set (id, tenant, name, created_at, created_by, lines)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                [
                    .text(set.id), .text(set.tenant), .text(set.name), .time(set.createdAt),
                    .text(set.createdBy), .text(set.lines),
                ])
            return
        }
    }

    public func evaluationSets(
        inTenant tenant: String
    ) async throws(WorkspaceError) -> [StoredEvaluationSet] {
        try await read { db in
            try db.query(
                "SELECT \(Self.setColumns) FROM evaluation_set WHERE \(Self.ofTenant) ORDER BY sequence DESC",
                [.text(tenant)]
            ).rows.map { try Self.evaluationSet($0) }
        }
    }

    public func evaluationSet(
        _ id: String, inTenant tenant: String
    ) async throws(WorkspaceError) -> StoredEvaluationSet {
        try await read { db in
            let row = try db.query(
                "SELECT \(Self.setColumns) FROM evaluation_set WHERE id = $1 AND tenant = $2",
                [.text(id), .text(tenant)]
            ).first
            guard let row else { throw WorkspaceError.noEvaluationSet(id) }
            return try Self.evaluationSet(row)
        }
    }

    public func delete(evaluationSet id: String, inTenant tenant: String) async throws(WorkspaceError) {
        try await write { db in
            let count = try db.query(
                "DELETE FROM evaluation_set WHERE id = $1 AND tenant = $2", [.text(id), .text(tenant)]
            ).changed
            guard count > 0 else { throw WorkspaceError.noEvaluationSet(id) }
        }
    }

    /// The tenant is the first value; its beginning is what the index has.
    static let ofTenant = "left(tenant, 200) = left($1, 200) AND tenant = $1"

    private static let setColumns = "id, tenant, name, created_at, created_by, lines"

    private static func evaluationSet(_ row: PostgresRow) throws -> StoredEvaluationSet {
        StoredEvaluationSet(
            id: try row.text(0), tenant: try row.text(1), name: try row.text(2), createdAt: try row.time(3),
            createdBy: try row.text(4), lines: try row.text(5))
    }
}
