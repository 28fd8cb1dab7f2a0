import Backends
import Foundation
import TestSupport
import Testing
import Workspace

@Suite(.timeLimit(.minutes(2))) struct `The audit log over PostgreSQL` {
    private let pool: PostgresPool
    private let store: PostgresWorkspace

    init() throws {
        pool = try PostgresServer.shared(.v18).pool(
            schema: PostgresServer.freshSchema(), patience: .seconds(30))
        store = PostgresWorkspace(pool)
    }

    private func told(_ count: Int, in store: PostgresWorkspace) async throws {
        for number in 0..<count {
            try await store.tell(
                AuditAct(actor: "ada", act: "thing.done", object: "\(number)", details: ["n": "\u{0}"]),
                tenant: number.isMultiple(of: 3) ? "other" : "default")
        }
    }

    @Test func `is written by many processes at once without a gap`() async throws {
        let other = PostgresWorkspace(pool)
        // More than one page of lines, as they are looked through.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { try await told(30, in: number.isMultiple(of: 2) ? store : other) }
            }
            try await group.waitForAll()
        }
        let verdict = try await store.verifyAudit()
        #expect(verdict.count == 600 && verdict.brokenAt == nil)
        let lines = try await store.records(of: "default", before: nil, limit: 1_000)
        #expect(lines.count == 400 && lines.first?.sequence ?? 0 > lines.last?.sequence ?? 0)
    }

    @Test func `cannot be changed through the database as it is`() async throws {
        try await told(2, in: store)
        for sql in [
            "UPDATE audit_record SET actor = 'eve'", "DELETE FROM audit_record", "TRUNCATE audit_record",
        ] {
            await #expect(throws: PostgresError.self) {
                try await pool.transaction(.write) { db in
                    try db.query(sql)
                    return
                }
            }
        }
        #expect(try await store.verifyAudit().count == 2)
    }

    @Test(arguments: [
        "UPDATE audit_record SET actor = 'eve' WHERE sequence = 3",
        "UPDATE audit_record SET at = at + 1 WHERE sequence = 3",
        "UPDATE audit_record SET details = '{}' WHERE sequence = 3",
        "UPDATE audit_record SET tenant = 'x' WHERE sequence = 3",
        "DELETE FROM audit_record WHERE sequence = 3",
    ])
    func `tells a line that was changed or taken out by force`(sql: String) async throws {
        try await told(6, in: store)
        try await pool.transaction(.write) { db in
            try db.query("ALTER TABLE audit_record DISABLE TRIGGER USER")
            try db.query(sql)
        }
        let broken = try #require(try await store.verifyAudit().brokenAt)
        #expect([3, 4].contains(broken))
    }
}
