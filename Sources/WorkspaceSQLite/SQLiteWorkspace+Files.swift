import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: FileStore {
    public func add(_ file: StoredFile) async throws(WorkspaceError) -> StoredFile? {
        try file.check()
        return try await write { db in
            let owner = try db.ensuredOwnerID(file.owner)
            let flow = file.flow ?? ""
            let old = try db.row(
                "SELECT * FROM file WHERE owner_id = ? AND flow = ? AND name = ?", owner, flow, file.name
            ).map { Self.file($0, of: file.owner) }
            if let old { try db.run("DELETE FROM file WHERE id = ?", old.id) }
            let isNew = try db.changes(
                """
                INSERT INTO file (id, owner_id, flow, name, media_type, byte_count, digest, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
                """, file.id, owner, flow, file.name, file.mediaType, file.byteCount, file.digest,
                file.createdAt.microseconds)
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
            // Names are unique here, so a name alone is a place.
            return try db.rows(
                "SELECT * FROM file WHERE owner_id = ? AND flow = ? AND name > ? ORDER BY name LIMIT ?",
                ownerID, flow ?? "", after?.name ?? "", WorkspaceLimits.rows(limit)
            ).map { Self.file($0, of: owner) }
        }
    }

    public func file(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredFile {
        try await read { db in try Self.ownFile(id, for: owner, db) }
    }

    public func file(
        named name: String, flow: String?, for owner: Owner
    ) async throws(WorkspaceError) -> StoredFile {
        try await read { db in
            guard let ownerID = try db.ownerID(owner),
                let row = try db.row(
                    "SELECT * FROM file WHERE owner_id = ? AND flow = ? AND name = ?", ownerID, flow ?? "",
                    name)
            else { throw WorkspaceError.noFile(name) }
            return Self.file(row, of: owner)
        }
    }

    public func delete(file id: String, for owner: Owner) async throws(WorkspaceError) -> StoredFile {
        try await write { db in
            let file = try Self.ownFile(id, for: owner, db)
            try db.run("DELETE FROM file WHERE id = ?", id)
            return file
        }
    }

    private static func ownFile(_ id: String, for owner: Owner, _ db: Database) throws -> StoredFile {
        guard let ownerID = try db.ownerID(owner),
            let row = try db.row("SELECT * FROM file WHERE id = ? AND owner_id = ?", id, ownerID)
        else { throw WorkspaceError.noFile(id) }
        return file(row, of: owner)
    }

    private static func file(_ row: Row, of owner: Owner) -> StoredFile {
        let flow: String = row["flow"]
        return StoredFile(
            id: row["id"], owner: owner, flow: flow.isEmpty ? nil : flow, name: row["name"],
            mediaType: row["media_type"], byteCount: row["byte_count"], digest: row["digest"],
            createdAt: Date(microseconds: row["created_at"]))
    }
}
