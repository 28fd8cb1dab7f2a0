import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Sources that are kept` {
    private let seal = VariableSeal(SealKeys())
    private let act = AuditAct(actor: "user:ada", act: "source.create", object: "1")

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

    @Test(arguments: WorkspaceEngine.all)
    func `come back as they were, their secrets sealed`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
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

    @Test(arguments: WorkspaceEngine.all)
    func `are changed only by whoever knows their revision`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
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

    @Test(arguments: WorkspaceEngine.all)
    func `have names of their own, and are not too many`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
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

    @Test(arguments: WorkspaceEngine.all)
    func `adds up by day, caller and model, and is forgotten after its days`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
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
