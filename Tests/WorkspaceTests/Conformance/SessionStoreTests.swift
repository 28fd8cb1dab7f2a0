import Corpus
import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Sessions of people` {
    private func session(_ id: String, _ principals: Principal..., after seconds: Double = 0) -> SignInSession
    {
        SignInSession(
            id: id, digest: Data(id.utf8), principals: Set(principals), scopes: nil,
            createdAt: Sample.start + seconds, expiresAt: Sample.start + 10_000, rotatedAt: Sample.start)
    }

    private let act = AuditAct(actor: "user:ada", act: "session.end", object: "x")

    @Test(arguments: WorkspaceEngine.all)
    func `are listed, newest first, and ended by an administrator`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(session("1", .user("ann")))
        try await store.add(session("2", .user("bob"), .group("staff"), after: 5))
        let all = try await store.sessions(of: Owner.defaultTenant, at: Sample.now, limit: 9)
        #expect(all.map(\.id) == ["2", "1"])
        #expect(try await store.sessions(of: "other", at: Sample.now, limit: 9).isEmpty)
        #expect(
            try await store.sessions(of: Owner.defaultTenant, at: Sample.start + 10_000, limit: 9).isEmpty)
        try await store.end(session: "1", of: Owner.defaultTenant, told: act)
        #expect(
            try await store.session(digest: Data("1".utf8), at: Sample.now, grace: .seconds(60)) == nil)
        await #expect(throws: WorkspaceError.notFound(kind: "session", id: "1")) {
            try await store.end(session: "1", of: Owner.defaultTenant, told: act)
        }
        #expect(try await store.records(of: Owner.defaultTenant, before: nil, limit: 9).count == 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `keep their name when their cookie changes`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(session("1", .user("ann")))
        #expect(
            try await store.rotate(session: Data("1".utf8), to: Data("other".utf8), at: Sample.start + 1))
        let ended = try await store.end(session: "1", of: Owner.defaultTenant, told: act)
        #expect(
            ended == EndedSessions(count: 1, digests: [Data("1".utf8), Data("other".utf8)]),
            "the cookie before is told of as well")
        #expect(
            try await store.session(digest: Data("other".utf8), at: Sample.now, grace: .seconds(60)) == nil)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are ended by their cookie, or the one before`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let (first, second) = (Data("1".utf8), Data("other".utf8))
        try await store.add(session("1", .user("ann")))
        #expect(try await store.rotate(session: first, to: second, at: Sample.start + 1))
        #expect(
            try await store.end(session: first) == EndedSessions(count: 1, digests: [first, second]))
        #expect(try await store.session(digest: second, at: Sample.now, grace: .seconds(60)) == nil)
        #expect(try await store.end(session: first) == EndedSessions())
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are ended together for whom they stand for`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(session("1", .user("ann"), .group("staff")))
        try await store.add(session("2", .user("bob"), .group("staff")))
        try await store.add(session("3", .user("cy")))
        let ended = try await store.endSessions(
            of: .group("staff"), tenant: Owner.defaultTenant, told: act)
        #expect(ended == EndedSessions(count: 2, digests: [Data("1".utf8), Data("2".utf8)]))
        #expect(
            try await store.sessions(of: Owner.defaultTenant, at: Sample.now, limit: 9).map(\.id) == ["3"])
    }
}
