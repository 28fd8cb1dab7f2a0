import Foundation
import Workspace

/// Adds lines to the audit log, within the transaction that does what they tell.
enum PostgresAudit {
    /// Lets nobody else add a line before this transaction ends, so that no two lines name the same one before. Who
    /// changes what several acts are about takes it first: the locks are then taken in one order by everybody.
    static func lock(_ db: PostgresConnection) throws {
        try db.lock(.auditChain)
    }

    /// Adds a line behind the last one.
    ///
    /// - Parameter time: when it was done.
    /// - Returns: the line's number.
    @discardableResult
    static func append(
        _ told: AuditAct, tenant: String, at time: Date, _ db: PostgresConnection
    ) throws -> Int64 {
        // As the columns keep them, so that the digest fits what is read back. Details are JSON, which has a NUL.
        func kept(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }
        let tenant = kept(tenant)
        let act = AuditAct(
            actor: kept(told.actor), act: kept(told.act), object: kept(told.object), details: told.details)
        try lock(db)
        let last = try db.query("SELECT sequence, digest FROM audit_record ORDER BY sequence DESC LIMIT 1")
            .first
        let sequence = (try last?.int(0) ?? 0) + 1
        let previous = try last?.bytes(1) ?? AuditRecord.noDigest
        let digest = AuditRecord.digest(
            previous: previous, sequence: sequence, tenant: tenant, microseconds: time.microseconds, act: act)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try db.query(
            """
            INSERT INTO audit_record (sequence, tenant, at, actor, act, object, details, previous, digest)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                .int(sequence), .text(tenant), .time(time), .text(act.actor), .text(act.act),
                .text(act.object), .text(String(decoding: try encoder.encode(act.details), as: UTF8.self)),
                .bytes(previous), .bytes(digest),
            ])
        return sequence
    }
}
