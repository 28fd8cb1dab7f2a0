import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace {
    public func save(
        _ definition: Data, origin: Data?, note: String, asVersionOf id: String, for owner: Owner,
        expecting expected: Int?
    ) async throws(WorkspaceError) -> FlowVersion {
        let draft = FlowVersion(
            flow: id, number: 0, definition: definition, origin: origin, note: note, author: owner.name,
            savedAt: now().stored)
        try draft.check()
        return try await write { db in
            let (sequence, _, flow) = try Self.ownFlow(id, for: owner, db)
            if let expected, expected != flow.latest {
                throw WorkspaceError.versionConflict(flow: id, expected: expected, actual: flow.latest)
            }
            var version = draft
            version.number = flow.latest + 1
            try Self.insert(version, sequence: sequence, db)
            try db.run(
                "UPDATE flow SET latest = ?, updated_at = ? WHERE sequence = ?", version.number,
                version.savedAt.microseconds, sequence)
            return version
        }
    }

    public func versions(
        of id: String, for owner: Owner, before number: Int?, limit: Int
    ) async throws(WorkspaceError) -> [FlowVersion] {
        try await read { db in
            let sequence = try Self.visibleFlow(id, for: owner, db)
            return try db.rows(
                """
                SELECT * FROM flow_version WHERE flow_sequence = ? AND number < ?
                ORDER BY number DESC LIMIT ?
                """, sequence, number ?? .max, WorkspaceLimits.rows(limit)
            ).map { Self.version($0, of: id) }
        }
    }

    public func version(
        _ number: Int, of id: String, for owner: Owner
    ) async throws(WorkspaceError) -> FlowVersion {
        try await read { db in
            let sequence = try Self.visibleFlow(id, for: owner, db)
            guard
                let row = try db.row(
                    "SELECT * FROM flow_version WHERE flow_sequence = ? AND number = ?", sequence, number)
            else { throw WorkspaceError.noVersion(number, of: id) }
            return Self.version(row, of: id)
        }
    }

    static func insert(_ version: FlowVersion, sequence: Int64, _ db: Database) throws {
        try db.run(
            """
            INSERT INTO flow_version (flow_sequence, number, note, author, saved_at, definition, origin)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, sequence, version.number, version.note, version.author, version.savedAt.microseconds,
            version.definition, version.origin)
    }

    /// A flow that `owner` may run.
    private static func visibleFlow(_ id: String, for owner: Owner, _ db: Database) throws -> Int64 {
        try owner.check()
        guard
            let sequence = try db.integer(
                """
                SELECT f.sequence FROM flow f JOIN owner o ON o.id = f.owner_id
                WHERE f.tenant = ? AND f.id = ? AND (f.is_shared = 1 OR o.name = ?)
                """, owner.tenant, id, owner.name)
        else { throw WorkspaceError.noFlow(id) }
        return sequence
    }

    private static func version(_ row: Row, of id: String) -> FlowVersion {
        FlowVersion(
            flow: id, number: row["number"], definition: row["definition"], origin: row["origin"],
            note: row["note"], author: row["author"], savedAt: Date(microseconds: row["saved_at"]))
    }
}
