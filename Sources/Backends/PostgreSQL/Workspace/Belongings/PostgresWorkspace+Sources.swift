import Foundation
import Workspace

extension PostgresWorkspace: SourceStore {
    public func add(_ source: StoredSource, told act: AuditAct) async throws(WorkspaceError) {
        try Self.check(source)
        let now = now()
        try await write { db in
            try db.lock(.sources)
            let count = try db.int("SELECT count(*) FROM source") ?? 0
            guard count < Int64(StoredSource.limit) else {
                throw WorkspaceError.tooMany(kind: "source", limit: StoredSource.limit)
            }
            try Self.checkName(of: source, db)
            try db.query(
                """
                INSERT INTO source
                    (id, name, definition, secret, state, revision, created_by, created_at, updated_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                """,
                [
                    .text(source.id), .text(source.definition.name), .text(try Self.text(source.definition)),
                    .bytes(source.secret), .text(source.state.rawValue), .count(source.revision),
                    .text(source.createdBy), .time(source.createdAt), .time(source.updatedAt),
                ])
            try PostgresAudit.append(act, tenant: Owner.defaultTenant, at: now, db)
        }
    }

    public func sources() async throws(WorkspaceError) -> [StoredSource] {
        try await read { db in
            try db.query("SELECT \(Self.sourceColumns) FROM source ORDER BY sequence").rows.map {
                try Self.source($0)
            }
        }
    }

    public func source(_ id: String) async throws(WorkspaceError) -> StoredSource {
        try await read { db in try Self.source(id, db) }
    }

    public func replace(
        _ source: StoredSource, from revision: Int, told act: AuditAct?
    ) async throws(WorkspaceError) -> StoredSource {
        try Self.check(source)
        let now = now()
        return try await write { db in
            // One changes at a time: names are compared, and the revision with what is there.
            try db.lock(.sources)
            guard try Self.source(source.id, db).revision == revision else {
                throw WorkspaceError.changedMeanwhile(kind: "source", id: source.id)
            }
            try Self.checkName(of: source, db)
            try db.query(
                """
                UPDATE source SET name = $2, definition = $3, secret = $4, state = $5, revision = $6,
                    updated_at = $7
                WHERE id = $1
                """,
                [
                    .text(source.id), .text(source.definition.name), .text(try Self.text(source.definition)),
                    .bytes(source.secret), .text(source.state.rawValue), .count(revision + 1), .time(now),
                ])
            if let act { try PostgresAudit.append(act, tenant: Owner.defaultTenant, at: now, db) }
            return try Self.source(source.id, db)
        }
    }

    public func delete(source id: String, told act: AuditAct?) async throws(WorkspaceError) {
        let now = now()
        try await write { db in
            try db.lock(.sources)
            guard try db.query("DELETE FROM source WHERE id = $1", [.text(id)]).changed > 0 else {
                throw WorkspaceError.noSource(id)
            }
            if let act { try PostgresAudit.append(act, tenant: Owner.defaultTenant, at: now, db) }
        }
    }

    private static func check(_ source: StoredSource) throws(WorkspaceError) {
        try WorkspaceLimits.check(source.id, as: "source")
        try WorkspaceLimits.check(source.definition.name, as: "source")
        guard VariableSeal.isSealed(source.secret) else {
            throw .unsealed(variable: source.definition.name)
        }
    }

    private static func checkName(of source: StoredSource, _ db: PostgresConnection) throws {
        let other = try db.text(
            "SELECT id FROM source WHERE name = $1 AND id <> $2",
            [.text(source.definition.name), .text(source.id)])
        guard other == nil else {
            throw WorkspaceError.nameTaken(kind: "source", name: source.definition.name)
        }
    }

    private static let sourceColumns =
        "id, definition, secret, state, revision, created_by, created_at, updated_at"

    private static func source(_ id: String, _ db: PostgresConnection) throws -> StoredSource {
        let row = try db.query("SELECT \(sourceColumns) FROM source WHERE id = $1", [.text(id)]).first
        guard let row else { throw WorkspaceError.noSource(id) }
        return try source(row)
    }

    private static func source(_ row: PostgresRow) throws -> StoredSource {
        StoredSource(
            id: try row.text(0),
            definition: try JSONDecoder().decode(SourceDefinition.self, from: Data(row.text(1).utf8)),
            secret: try row.bytes(2), state: StoredSource.State(rawValue: try row.text(3)) ?? .disabled,
            revision: try row.count(4), createdBy: try row.text(5), createdAt: try row.time(6),
            updatedAt: try row.time(7))
    }

    private static func text(_ definition: SourceDefinition) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(definition), as: UTF8.self)
    }
}
