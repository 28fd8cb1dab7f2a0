import Foundation
import Workspace

extension PostgresWorkspace: AuditLog {
    @discardableResult
    public func tell(_ act: AuditAct, tenant: String) async throws(WorkspaceError) -> Int64 {
        let now = now()
        return try await write { try PostgresAudit.append(act, tenant: tenant, at: now, $0) }
    }

    public func records(
        of tenant: String, before: Int64?, limit: Int
    ) async throws(WorkspaceError) -> [AuditRecord] {
        try await read { db in
            try db.query(
                """
                SELECT \(Self.recordColumns) FROM audit_record WHERE tenant = $1 AND sequence < $2
                ORDER BY sequence DESC LIMIT $3
                """,
                [.text(tenant), .int(before ?? .max), .count(max(limit, 0))]
            ).rows.map { try Self.record($0).record }
        }
    }

    public func verifyAudit() async throws(WorkspaceError) -> AuditVerdict {
        try await read { db in
            var verdict = AuditVerdict(count: 0, head: AuditRecord.noDigest, brokenAt: nil)
            var last = Int64.min
            while true {
                // In pages: the log may be larger than memory.
                let page = try db.query(
                    """
                    SELECT \(Self.recordColumns) FROM audit_record WHERE sequence > $1 ORDER BY sequence LIMIT $2
                    """, [.int(last), .count(Self.verifiedAtOnce)])
                for row in page.rows {
                    guard try Self.add(row, to: &verdict) else { return verdict }
                    last = try row.int(0)
                }
                if page.count < Self.verifiedAtOnce { return verdict }
            }
        }
    }

    private static let verifiedAtOnce = 500
    private static let recordColumns = "sequence, tenant, at, actor, act, object, details, previous, digest"

    /// Looks at the next line.
    ///
    /// - Returns: whether it fits the one before.
    private static func add(_ row: PostgresRow, to verdict: inout AuditVerdict) throws -> Bool {
        let (record, microseconds) = try record(row)
        let expected = AuditRecord.digest(
            previous: verdict.head, sequence: Int64(verdict.count) + 1, tenant: record.tenant,
            microseconds: microseconds, act: record.act)
        verdict.count += 1
        guard record.digest == expected, record.previous == verdict.head else {
            verdict.brokenAt = record.sequence
            return false
        }
        verdict.head = record.digest
        return true
    }

    private static func record(_ row: PostgresRow) throws -> (record: AuditRecord, microseconds: Int64) {
        let act = AuditAct(
            actor: try row.text(3), act: try row.text(4), object: try row.text(5),
            details: try JSONDecoder().decode([String: String].self, from: Data(row.text(6).utf8)))
        let record = AuditRecord(
            sequence: try row.int(0), tenant: try row.text(1), time: try row.time(2), act: act,
            previous: try row.bytes(7), digest: try row.bytes(8))
        return (record, try row.int(2))
    }
}
