import Corpus
import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Kept API keys` {
    private func key(
        _ id: String, of tenant: String = Owner.defaultTenant, expiresAt: Date? = nil
    ) -> APIKey {
        APIKey(
            id: id, tenant: tenant, lineage: "line of \(id)", digest: Data(id.utf8), name: "bot",
            principals: [.user("ann"), .group("ä\u{0}/\"x\"")], scopes: ["ask", "search"],
            createdAt: Sample.start, createdBy: "user:ada", expiresAt: expiresAt, requestsPerMinute: 60)
    }

    private func act(_ name: String) -> AuditAct {
        AuditAct(actor: "user:ada", act: "key.\(name)", object: "k")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are as they were given, newest first, and found by their digest`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let (first, second) = (key("1", expiresAt: Sample.now + 10), key("2"))
        try await store.add(first, replacing: nil, told: act("created"))
        try await store.add(second, replacing: nil, told: act("created"))
        try await store.add(key("3", of: "other"), replacing: nil, told: act("created"))
        #expect(try await store.keys(of: Owner.defaultTenant) == [second, first])
        #expect(try await store.key(digest: Data("1".utf8)) == first)
        #expect(try await store.key(digest: Data("none".utf8)) == nil)
        #expect(try await store.activeKeyCount(at: Sample.now) == 3)
        #expect(try await store.activeKeyCount(at: Sample.now + 10) == 2)
        let told = try await store.records(of: Owner.defaultTenant, before: nil, limit: 9)
        #expect(told.map(\.act) == [act("created"), act("created")])
        #expect(told.allSatisfy { $0.time == Sample.now })
    }

    @Test(arguments: WorkspaceEngine.all)
    func `end when another takes their place, no later than they would have`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        try await store.add(key("1"), replacing: nil, told: act("created"))
        try await store.add(key("2", expiresAt: Sample.now + 5), replacing: nil, told: act("created"))
        for (place, replaced) in ["1", "2"].enumerated() {
            try await store.add(
                key("new \(place)"), replacing: (id: replaced, until: Sample.now + 10), told: act("rotated"))
        }
        #expect(try await store.key(digest: Data("1".utf8))?.expiresAt == Sample.now + 10)
        #expect(try await store.key(digest: Data("2".utf8))?.expiresAt == Sample.now + 5)
        // One that is not there, or another tenant's, or not in force: nothing is kept of the new one.
        try await store.add(key("old", expiresAt: Sample.now), replacing: nil, told: act("created"))
        try await store.add(key("strange", of: "other"), replacing: nil, told: act("created"))
        for id in ["none", "strange", "old"] {
            await #expect(throws: WorkspaceError.notFound(kind: "key", id: id)) {
                try await store.add(
                    key("late"), replacing: (id: id, until: Sample.now + 10), told: act("rotated"))
            }
        }
        #expect(try await store.key(digest: Data("late".utf8)) == nil)
        #expect(try await store.records(of: Owner.defaultTenant, before: nil, limit: 99).count == 5)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are revoked once, which is told once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(key("1"), replacing: nil, told: act("created"))
        for later in [1.0, 2] {
            let revoked = try await store.revoke(
                key: "1", of: Owner.defaultTenant, at: Sample.now + later, told: act("revoked"))
            #expect(revoked.revokedAt == Sample.now + 1)
        }
        #expect(try await store.activeKeyCount(at: Sample.now) == 0)
        let told = try await store.records(of: Owner.defaultTenant, before: nil, limit: 9)
        #expect(told.map(\.act.act) == ["key.revoked", "key.created"])
        #expect(told.first?.time == Sample.now + 1)
        await #expect(throws: WorkspaceError.notFound(kind: "key", id: "1")) {
            _ = try await store.revoke(key: "1", of: "other", at: Sample.now, told: act("revoked"))
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `keep when they were used last`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(key("1"), replacing: nil, told: act("created"))
        for later in [1.0, 70] { try await store.noteUse(ofKey: "1", at: Sample.now + later) }
        try await store.noteUse(ofKey: "none", at: Sample.now)
        #expect(try await store.key(digest: Data("1".utf8))?.lastUsedAt == Sample.now + 70)
    }
}
