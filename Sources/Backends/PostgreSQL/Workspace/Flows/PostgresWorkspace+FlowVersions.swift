import Foundation
import Workspace

extension PostgresWorkspace {
    public func save(
        _ definition: Data, origin: Data?, note: String, asVersionOf id: String, for owner: Owner,
        expecting expected: Int?
    ) async throws(WorkspaceError) -> FlowVersion {
        let draft = FlowVersion(
            flow: id, number: 0, definition: definition, origin: origin, note: note, author: owner.name,
            savedAt: now().stored)
        try draft.check()
        return try await write { db in
            // One saves at a time; the next one sees the version that this one adds.
            let old = try PostgresFlow.own(id, for: owner, locks: true, db)
            if let expected, expected != old.flow.latest {
                throw WorkspaceError.versionConflict(flow: id, expected: expected, actual: old.flow.latest)
            }
            var version = draft
            version.number = old.flow.latest + 1
            try Self.insert(version, sequence: old.sequence, db)
            try db.query(
                "UPDATE flow SET latest = $2, updated_at = $3 WHERE sequence = $1",
                [.int(old.sequence), .count(version.number), .time(version.savedAt)])
            return version
        }
    }

    public func versions(
        of id: String, for owner: Owner, before number: Int?, limit: Int
    ) async throws(WorkspaceError) -> [FlowVersion] {
        try await read { db in
            let sequence = try Self.visibleFlow(id, for: owner, db)
            return try db.query(
                Self.versionSelection
                    + " WHERE flow_sequence = $1 AND number < $2 ORDER BY number DESC LIMIT $3",
                [.int(sequence), .count(number ?? .max), .count(WorkspaceLimits.rows(limit))]
            ).rows.map { try Self.version($0, of: id) }
        }
    }

    public func version(
        _ number: Int, of id: String, for owner: Owner
    ) async throws(WorkspaceError) -> FlowVersion {
        try await read { db in
            let sequence = try Self.visibleFlow(id, for: owner, db)
            let row = try db.query(
                Self.versionSelection + " WHERE flow_sequence = $1 AND number = $2",
                [.int(sequence), .count(number)]
            ).first
            guard let row else { throw WorkspaceError.noVersion(number, of: id) }
            return try Self.version(row, of: id)
        }
    }

    static func insert(_ version: FlowVersion, sequence: Int64, _ db: PostgresConnection) throws {
        try db.query(
            """
            INSERT INTO flow_version (flow_sequence, number, note, author, saved_at, definition, origin)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .int(sequence), .count(version.number), .text(version.note), .text(version.author),
                .time(version.savedAt), .bytes(version.definition), PostgresValue(version.origin),
            ])
    }

    /// A flow that `owner` may run.
    private static func visibleFlow(
        _ id: String, for owner: Owner, _ db: PostgresConnection
    ) throws -> Int64 {
        try owner.check()
        let sequence = try db.int(
            """
            SELECT f.sequence FROM flow f JOIN owner o ON o.id = f.owner_id
            WHERE f.id_digest = $1 AND (f.is_shared OR o.name = $2)
            """, [PostgresFlow.digest(id, inTenant: owner.tenant), .text(owner.name)])
        guard let sequence else { throw WorkspaceError.noFlow(id) }
        return sequence
    }

    private static let versionSelection =
        "SELECT number, definition, origin, note, author, saved_at FROM flow_version"

    private static func version(_ row: PostgresRow, of id: String) throws -> FlowVersion {
        FlowVersion(
            flow: id, number: try row.count(0), definition: try row.bytes(1),
            origin: try row.optionalBytes(2), note: try row.text(3), author: try row.text(4),
            savedAt: try row.time(5))
    }
}
