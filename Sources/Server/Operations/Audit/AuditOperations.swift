import Foundation
import HTTPTypes
import Workspace

/// `/v1/audit`: what was done by those who may change how Millrace is used.
struct AuditOperations: Sendable {
    let log: any AuditLog
    /// Whether the whole log may be looked through, which says how much all tenants have done.
    var isWhole = true

    var operations: [Operation] { isWhole ? [list, verify] : [list] }

    private var list: Operation {
        .scoped(
            .admin, "listAudit", .get, "/v1/audit", summary: "what administrators did, newest first",
            section: "audit",
            inputs: Inputs.query(
                "before", .integer(in: 1...Int.max), standard: Int.max, "“next” of the page before"
            ).and(Inputs.query("limit", .integer(in: 1...500), standard: 100, "lines a page")),
            responses: [.json(AuditListDocument.self, "one page")]
        ) { input, caller in
            let (before, limit) = input
            let records = try await log.records(
                of: caller.owner.tenant, before: Int64(before), limit: limit)
            return try .json(
                AuditListDocument(
                    records: records.map { AuditRecordDocument($0) },
                    next: Nullable(
                        wrappedValue: records.count == limit ? records.last.map { Int($0.sequence) } : nil)))
        }
    }

    private var verify: Operation {
        .scoped(
            .admin, "verifyAudit", .get, "/v1/audit/verify",
            summary: "whether every line of the log still fits the one before", section: "audit",
            inputs: .none, responses: [.json(AuditVerdictDocument.self, "what the look through it found")]
        ) { _, _ in
            try .json(AuditVerdictDocument(try await log.verifyAudit()))
        }
    }
}

struct AuditRecordDocument: ResponseDocument {
    var sequence: Int
    var at: Date
    var actor: String
    var act: String
    var object: String
    var details: [String: String]
    var digest: String

    static var schema: JSONSchema {
        .object(required: [
            "sequence": .integer, "at": .time, "actor": .text, "act": .text, "object": .text,
            "details": .map(to: .text),
            "digest": JSONSchema.text.described("SHA-256 over the line and the one before, in hexadecimal"),
        ]).named("AuditRecord")
    }

    init(_ record: AuditRecord) {
        sequence = Int(record.sequence)
        at = record.time
        actor = record.act.actor
        act = record.act.act
        object = record.act.object
        details = record.act.details
        digest = record.digest.hexadecimal
    }
}

struct AuditListDocument: ResponseDocument {
    var records: [AuditRecordDocument]
    /// Where the next page begins; null behind the oldest line.
    @Nullable var next: Int?

    static var schema: JSONSchema {
        .object(required: [
            "records": .list(of: AuditRecordDocument.schema), "next": JSONSchema.integer.orNull,
        ]).named("AuditList")
    }
}

struct AuditVerdictDocument: ResponseDocument {
    var count: Int
    var head: String
    @Nullable var brokenAt: Int?

    static var schema: JSONSchema {
        .object(required: [
            "count": .integer,
            "head": JSONSchema.text.described(
                "the last line's digest: whoever notes it elsewhere notices lines that were cut off"),
            "broken_at": JSONSchema.integer.orNull.described(
                "the first line that does not fit; null for none"),
        ]).named("AuditVerdict")
    }

    init(_ verdict: AuditVerdict) {
        count = verdict.count
        head = verdict.head.hexadecimal
        _brokenAt = Nullable(wrappedValue: verdict.brokenAt.map { Int($0) })
    }
}

extension Data {
    fileprivate var hexadecimal: String { map { String(format: "%02x", $0) }.joined() }
}
