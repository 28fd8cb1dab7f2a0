import Foundation
import GRDB
import TestSupport
import Testing
import Workspace

@testable import WorkspaceSQLite

@Suite struct `The audit log` {
    private func told(_ count: Int, in store: some AuditLog) async throws {
        for number in 0..<count {
            try await store.tell(
                AuditAct(
                    actor: "ada", act: "thing.done", object: "\(number)",
                    details: ["ü": "\(number)\u{0}", "b": ""]),
                tenant: number.isMultiple(of: 3) ? "other" : "default")
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `has every line in order, each with the digest of the one before`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        try await told(9, in: store)
        let verdict = try await store.verifyAudit()
        #expect(verdict.count == 9 && verdict.brokenAt == nil)
        let lines = try await store.records(of: "default", before: nil, limit: 100)
        #expect(lines.map(\.sequence) == [9, 8, 6, 5, 3, 2])
        #expect(lines.first?.digest == verdict.head)
        #expect(try await store.records(of: "default", before: 6, limit: 1).map(\.sequence) == [5])
        #expect(try await store.records(of: "none", before: nil, limit: 100).isEmpty)
        #expect(lines.last?.act.details == ["ü": "1\u{0}", "b": ""])
        #expect(lines.allSatisfy { $0.time == Sample.now && $0.tenant == "default" })
    }

    @Test(arguments: WorkspaceEngine.all)
    func `has one line behind another, however many write at once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await atOnce(0..<20) { _ in try await self.told(2, in: store) }
        let verdict = try await store.verifyAudit()
        #expect(verdict.count == 40 && verdict.brokenAt == nil)
    }

    @Test func `is written by many at once without a gap`() async throws {
        let folder = try TemporaryDirectory()
        let stores = try (0..<3).map { _ in try SQLiteWorkspace.open(at: folder.url) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for store in stores {
                for _ in 0..<5 { group.addTask { try await self.told(4, in: store) } }
            }
            try await group.waitForAll()
        }
        let verdict = try await stores[0].verifyAudit()
        #expect(verdict.count == 60 && verdict.brokenAt == nil)
    }

    @Test func `cannot be changed through the database as it is`() async throws {
        let store = try SQLiteWorkspace.inMemory()
        try await told(2, in: store)
        for sql in ["UPDATE audit_record SET actor = 'eve'", "DELETE FROM audit_record"] {
            await #expect(throws: WorkspaceError.self) { try await store.write { try $0.execute(sql: sql) } }
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
        let store = try SQLiteWorkspace.inMemory()
        try await told(6, in: store)
        try await store.write { db in
            try db.execute(
                sql: "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_removed; \(sql)")
        }
        let broken = try #require(try await store.verifyAudit().brokenAt)
        #expect([3, 4].contains(broken))
    }
}
