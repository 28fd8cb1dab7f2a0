import Corpus
import Foundation
import Testing
import Workspace
import WorkspaceSQLite

@Suite(.timeLimit(.minutes(1))) struct `Sources that are kept` {
    private let store: SQLiteWorkspace
    private let seal = VariableSeal(SealKeys())
    private let act = AuditAct(actor: "user:ada", act: "source.create", object: "1")

    init() throws { store = try SQLiteWorkspace.inMemory(now: { Sample.now }) }

    private func source(_ id: String, _ name: String = "Wiki") throws -> StoredSource {
        var options = SourceOptions()
        options.labels = ["public"]
        options.createdSince = Sample.start
        return StoredSource(
            id: id,
            definition: SourceDefinition(
                name: name, kind: .cloud, baseURL: "https://acme.atlassian.net/wiki", signIn: .basic,
                email: "bot@acme.org", spaces: ["ENG"], options: options),
            secret: try seal.seal(Data("s3cret".utf8), name: id, owner: StoredSource.owner),
            createdBy: "user:ada", createdAt: Sample.now, updatedAt: Sample.now)
    }

    @Test func `come back as they were, their secrets sealed`() async throws {
        let one = try source("1")
        try await store.add(one, told: act)
        #expect(try await store.source("1") == one)
        #expect(try await store.sources() == [one])
        var open = try source("2", "Other")
        open.secret = Data("s3cret".utf8)
        await #expect(throws: WorkspaceError.unsealed(variable: "Other")) {
            try await store.add(open, told: act)
        }
        #expect(try await store.records(of: Owner.defaultTenant, before: nil, limit: 9).count == 1)
    }

    @Test func `are changed only by whoever knows their revision`() async throws {
        try await store.add(try source("1"), told: act)
        var changed = try source("1", "Renamed")
        changed.state = .enabled
        let stored = try await store.replace(changed, from: 1, told: act)
        #expect(stored.revision == 2)
        #expect(stored.definition.name == "Renamed")
        #expect(stored.state == .enabled)
        await #expect(throws: WorkspaceError.changedMeanwhile(kind: "source", id: "1")) {
            _ = try await store.replace(changed, from: 1, told: act)
        }
    }

    @Test func `have names of their own, and are not too many`() async throws {
        try await store.add(try source("1"), told: act)
        await #expect(throws: WorkspaceError.nameTaken(kind: "source", name: "Wiki")) {
            try await store.add(try source("2"), told: act)
        }
        for number in 2...StoredSource.limit {
            try await store.add(try source("\(number)", "n\(number)"), told: act)
        }
        await #expect(throws: WorkspaceError.tooMany(kind: "source", limit: StoredSource.limit)) {
            try await store.add(try source("more", "more"), told: act)
        }
        try await store.delete(source: "1", told: act)
        await #expect(throws: WorkspaceError.notFound(kind: "source", id: "1")) {
            try await store.delete(source: "1", told: act)
        }
        await #expect(throws: WorkspaceError.notFound(kind: "source", id: "1")) {
            _ = try await store.source("1")
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `What was used` {
    private func key(_ day: Int, _ caller: String = "user:ann", model: String = "") -> UsageKey {
        UsageKey(tenant: "default", day: day, caller: caller, key: "", model: model)
    }

    private func counts(_ requests: Int, tokens: Int = 0) -> UsageCounts {
        var counts = UsageCounts()
        counts.requests = requests
        counts.inputTokens = tokens
        counts.microdollars = tokens * 3
        return counts
    }

    @Test func `adds up by day, caller and model, and is forgotten after its days`() async throws {
        let store = try SQLiteWorkspace.inMemory()
        try await store.add(
            [key(100): counts(1), key(101): counts(2), key(101, "user:bob"): counts(5)],
            forgettingBefore: 0)
        try await store.add(
            [key(101): counts(3), key(101, model: "m"): counts(0, tokens: 7)], forgettingBefore: 101)
        let ann = try await store.usage(tenant: "default", days: 0...200, caller: "user:ann")
        #expect(ann == [key(101): counts(5), key(101, model: "m"): counts(0, tokens: 7)])
        #expect(try await store.usage(tenant: "default", days: 0...200, caller: nil).count == 3)
        #expect(try await store.usage(tenant: "other", days: 0...200, caller: nil).isEmpty)
        #expect(try await store.usage(tenant: "default", days: 102...200, caller: nil).isEmpty)
    }

    @Test func `is of the day in UTC`() {
        #expect(UsageKey.day(of: Date(timeIntervalSince1970: 86_399)) == 0)
        #expect(UsageKey.day(of: Date(timeIntervalSince1970: 86_400)) == 1)
        #expect(UsageKey.day(of: Date(timeIntervalSince1970: -1)) == -1)
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Sessions of people` {
    private let store: SQLiteWorkspace

    init() throws { store = try SQLiteWorkspace.inMemory(now: { Sample.now }) }

    private func session(_ id: String, _ principals: Principal..., after seconds: Double = 0) -> SignInSession
    {
        SignInSession(
            id: id, digest: Data(id.utf8), principals: Set(principals), scopes: nil,
            createdAt: Sample.start + seconds, expiresAt: Sample.start + 10_000, rotatedAt: Sample.start)
    }

    private let act = AuditAct(actor: "user:ada", act: "session.end", object: "x")

    @Test func `are listed, newest first, and ended by an administrator`() async throws {
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

    @Test func `keep their name when their cookie changes`() async throws {
        try await store.add(session("1", .user("ann")))
        #expect(
            try await store.rotate(session: Data("1".utf8), to: Data("other".utf8), at: Sample.start + 1))
        try await store.end(session: "1", of: Owner.defaultTenant, told: act)
        #expect(
            try await store.session(digest: Data("other".utf8), at: Sample.now, grace: .seconds(60)) == nil)
    }

    @Test func `are ended together for whom they stand for`() async throws {
        try await store.add(session("1", .user("ann"), .group("staff")))
        try await store.add(session("2", .user("bob"), .group("staff")))
        try await store.add(session("3", .user("cy")))
        let ended = try await store.endSessions(
            of: .group("staff"), tenant: Owner.defaultTenant, told: act)
        #expect(ended == 2)
        #expect(
            try await store.sessions(of: Owner.defaultTenant, at: Sample.now, limit: 9).map(\.id) == ["3"])
    }
}
