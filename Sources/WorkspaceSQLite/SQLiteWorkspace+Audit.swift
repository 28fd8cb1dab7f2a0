import Foundation
import GRDB
import Workspace

extension SQLiteWorkspace: AuditLog {
    @discardableResult
    public func tell(_ act: AuditAct, tenant: String) async throws(WorkspaceError) -> Int64 {
        let now = now()
        return try await write { try $0.tell(act, tenant: tenant, at: now) }
    }

    public func records(
        of tenant: String, before: Int64?, limit: Int
    ) async throws(WorkspaceError) -> [AuditRecord] {
        try await read { db in
            try db.rows(
                """
                SELECT * FROM audit_record WHERE tenant = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?
                """, tenant, before ?? Int64.max, limit
            ).map { try Self.record($0) }
        }
    }

    public func verifyAudit() async throws(WorkspaceError) -> AuditVerdict {
        try await read { db in
            var verdict = AuditVerdict(count: 0, head: AuditRecord.noDigest, brokenAt: nil)
            let rows = try Row.fetchCursor(db, sql: "SELECT * FROM audit_record ORDER BY sequence")
            while let row = try rows.next() {
                let record = try Self.record(row)
                let expected = AuditRecord.digest(
                    previous: verdict.head, sequence: Int64(verdict.count) + 1, tenant: record.tenant,
                    microseconds: row["at"], act: record.act)
                verdict.count += 1
                guard record.digest == expected, record.previous == verdict.head else {
                    verdict.brokenAt = record.sequence
                    return verdict
                }
                verdict.head = record.digest
            }
            return verdict
        }
    }

    private static func record(_ row: Row) throws -> AuditRecord {
        let details: String = row["details"]
        let act = AuditAct(
            actor: row["actor"], act: row["act"], object: row["object"],
            details: try JSONDecoder().decode([String: String].self, from: Data(details.utf8)))
        return AuditRecord(
            sequence: row["sequence"], tenant: row["tenant"], time: Date(microseconds: row["at"]), act: act,
            previous: row["previous"], digest: row["digest"])
    }
}

extension Database {
    /// Adds a line to the audit log, within the transaction that does what it tells.
    @discardableResult
    func tell(_ told: AuditAct, tenant: String, at time: Date) throws -> Int64 {
        // As the columns keep them, so that the digest fits what is read back.
        func kept(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }
        let act = AuditAct(
            actor: kept(told.actor), act: kept(told.act), object: kept(told.object), details: told.details)
        let last = try row("SELECT sequence, digest FROM audit_record ORDER BY sequence DESC LIMIT 1")
        let sequence = (last?["sequence"] as Int64? ?? 0) + 1
        let previous = last?["digest"] as Data? ?? AuditRecord.noDigest
        let digest = AuditRecord.digest(
            previous: previous, sequence: sequence, tenant: tenant, microseconds: time.microseconds, act: act)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try run(
            "INSERT INTO audit_record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", sequence, tenant,
            time.microseconds, act.actor, act.act, act.object,
            String(decoding: try encoder.encode(act.details), as: UTF8.self), previous, digest)
        return sequence
    }
}
