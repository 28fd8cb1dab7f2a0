import Workspace

extension PostgresWorkspace: FileStore {
    public func add(_ file: StoredFile) async throws(WorkspaceError) -> StoredFile? {
        try file.check()
        return try await write { db in
            let owner = try db.ensuredOwnerID(file.owner)
            let flow = file.flow ?? ""
            let digest = NameDigest.of(flow, file.name)
            // Of two of one name that come at once the second replaces the first.
            try db.lock(.files, "\(owner)/\(digest)")
            let old = try db.query(
                "DELETE FROM file WHERE owner_id = $1 AND digest = $2 RETURNING \(Self.fileColumns)",
                [.int(owner), .text(digest)]
            ).first.map { try Self.file($0, of: file.owner) }
            let isNew = try db.query(
                """
                INSERT INTO file (id, owner_id, flow, name, digest, media_type, byte_count, content_digest,
                    created_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING
                """,
                [
                    .text(file.id), .int(owner), .text(flow), .text(file.name), .text(digest),
                    .text(file.mediaType), .count(file.byteCount), .text(file.digest),
                    .time(file.createdAt),
                ]
            ).changed
            guard isNew > 0 else { throw WorkspaceError.nameTaken(kind: "file", name: file.id) }
            guard let old, !old.id.utf8.elementsEqual(file.id.utf8) else { return nil }
            return old
        }
    }

    public func files(
        for owner: Owner, flow: String?, after: StoredFile?, limit: Int
    ) async throws(WorkspaceError) -> [StoredFile] {
        try await read { db in
            guard let ownerID = try db.ownerID(owner) else { return [] }
            // Names are unique here, so a name alone is a place. The index has their beginnings.
            return try db.query(
                """
                SELECT \(Self.fileColumns) FROM file
                WHERE owner_id = $1 AND left(flow, 200) = left($2, 200) AND flow = $2
                    AND left(name, 200) >= left($3, 200) AND name > $3
                ORDER BY left(name, 200), name LIMIT $4
                """,
                [
                    .int(ownerID), .text(flow ?? ""), .text(after?.name ?? ""),
                    .count(WorkspaceLimits.rows(limit)),
                ]
            ).rows.map { try Self.file($0, of: owner) }
        }
    }

    public func file(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredFile {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.query(
                    "SELECT \(Self.fileColumns) FROM file WHERE id = $1 AND owner_id = $2",
                    [.text(id), .int(ownerID)]
                ).first
            else { throw WorkspaceError.noFile(id) }
            return try Self.file(row, of: owner)
        }
    }

    public func file(
        named name: String, flow: String?, for owner: Owner
    ) async throws(WorkspaceError) -> StoredFile {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.query(
                    "SELECT \(Self.fileColumns) FROM file WHERE owner_id = $1 AND digest = $2",
                    [.int(ownerID), .text(NameDigest.of(flow ?? "", name))]
                ).first
            else { throw WorkspaceError.noFile(name) }
            return try Self.file(row, of: owner)
        }
    }

    public func delete(file id: String, for owner: Owner) async throws(WorkspaceError) -> StoredFile {
        try await write { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.query(
                    "DELETE FROM file WHERE id = $1 AND owner_id = $2 RETURNING \(Self.fileColumns)",
                    [.text(id), .int(ownerID)]
                ).first
            else { throw WorkspaceError.noFile(id) }
            return try Self.file(row, of: owner)
        }
    }

    private static let fileColumns = "id, flow, name, media_type, byte_count, content_digest, created_at"

    private static func file(_ row: PostgresRow, of owner: Owner) throws -> StoredFile {
        let flow = try row.text(1)
        return StoredFile(
            id: try row.text(0), owner: owner, flow: flow.isEmpty ? nil : flow, name: try row.text(2),
            mediaType: try row.text(3), byteCount: try row.count(4), digest: try row.text(5),
            createdAt: try row.time(6))
    }
}
