import Foundation
import Testing

@testable import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Values that are kept sealed` {
    private let old = SealKeys()
    private let act = AuditAct(actor: "user:ada", act: "source.create", object: "s")

    /// The keys of before with a fresh one that seals.
    private func exchanged() -> SealKeys {
        var keys = old
        #expect(keys.keys.count == 1)
        _ = keys.rotate()
        return keys
    }

    private func secret(
        _ id: String, _ name: String, of owner: Owner = Sample.ann, _ seal: VariableSeal
    ) throws -> StoredVariable {
        var variable = Sample.variable(id, name, of: owner)
        variable.isSecret = true
        variable.value = try seal.seal(Data(name.utf8), name: name, owner: owner)
        return variable
    }

    /// One of each kind, sealed with the keys of before.
    private func fill(_ store: any WorkspaceDatabase) async throws {
        let seal = VariableSeal(old)
        _ = try await store.save(try secret("1", "A", seal))
        _ = try await store.save(try secret("2", "B", seal))
        _ = try await store.save(try secret("1", "A", of: Sample.bob, seal))
        // Not a secret, whatever it looks like.
        var plain = try secret("3", "C", seal)
        plain.isSecret = false
        _ = try await store.save(plain)
        try await store.add(
            StoredSource(
                id: "s",
                definition: SourceDefinition(
                    name: "Wiki", kind: .cloud, baseURL: "https://acme.atlassian.net/wiki", signIn: .basic,
                    email: "bot@acme.org", spaces: ["ENG"], options: SourceOptions()),
                secret: try seal.seal(Data("s3cret".utf8), name: "s", owner: StoredSource.owner),
                createdBy: "user:ada", createdAt: Sample.now, updatedAt: Sample.now), told: act)
        var webhook = try Sample.webhook("w")
        webhook.secret = try seal.seal(WebhookSecret(), ofWebhook: "w", for: Sample.ann)
        webhook.previousSecret = .init(
            secret: try seal.seal(WebhookSecret(), ofWebhook: "w", for: Sample.ann),
            validUntil: Sample.now + 60)
        try await store.add(webhook)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are sealed anew with the newest key, and say what they said`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await fill(store)
        let seal = VariableSeal(exchanged())
        let (source, webhook) = (try await store.source("s"), try await store.webhook("w", for: Sample.ann))
        let secrets = try seal.secrets(of: webhook, at: Sample.now)
        #expect(secrets.count == 2)
        var expected = Resealing.Outcome()
        expected.sealed = 6
        #expect(try await Resealing(store, seal).run() == expected)
        for owner in [Sample.ann, Sample.bob] {
            for variable in try await store.variables(for: owner) where variable.isSecret {
                #expect(seal.isCurrent(variable.value))
                let value = try seal.open(variable.value, name: variable.name, owner: owner)
                #expect(value == Data(variable.name.utf8))
                #expect(variable.updatedAt == Sample.start)
            }
        }
        #expect(!seal.isCurrent(try await store.variable(named: "C", for: Sample.ann).value))
        var kept = try await store.source("s")
        #expect(try seal.open(kept.secret, name: "s", owner: StoredSource.owner) == Data("s3cret".utf8))
        #expect(seal.isCurrent(kept.secret))
        kept.secret = source.secret
        #expect(kept == source, "nothing else of it changes")
        let told = try await store.webhook("w", for: Sample.ann)
        #expect(try seal.secrets(of: told, at: Sample.now) == secrets)
        #expect(seal.isCurrent(told.secret) && told.previousSecret.map { seal.isCurrent($0.secret) } == true)
        #expect(told.updatedAt == webhook.updatedAt)
        #expect(try await Resealing(store, seal).run() == Resealing.Outcome(), "nothing is left to do")
    }

    @Test(arguments: WorkspaceEngine.all)
    func `stay where no key opens them, and where they are written meanwhile`(
        engine: WorkspaceEngine
    ) async throws {
        let store = try await engine.open()
        try await fill(store)
        let seal = VariableSeal(exchanged())
        let foreign = try secret("4", "D", VariableSeal(SealKeys()))
        _ = try await store.save(foreign)
        let mark = try #require(seal.mark)
        let found = try await store.sealedValues(.variable, without: mark, after: nil, limit: 10)
        #expect(found.count == 4)
        let first = try #require(found.first { $0.owner == Sample.ann && $0.id == "1" })
        _ = try await store.save(try secret("1", "A", seal))
        let late = try seal.seal(Data("late".utf8), name: "A", owner: Sample.ann)
        #expect(try await !store.replace(first, with: late))
        await #expect(throws: WorkspaceError.unsealed(variable: "A")) {
            _ = try await store.replace(first, with: Data("in clear".utf8))
        }
        var expected = Resealing.Outcome()
        (expected.sealed, expected.unreadable) = (5, 1)
        #expect(try await Resealing(store, seal).run() == expected)
        #expect(try await store.variable(named: "D", for: Sample.ann).value == foreign.value)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are listed by pages, each once`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await fill(store)
        let mark = try #require(VariableSeal(exchanged()).mark)
        var pages: [SealedValue] = []
        var last: SealedValue?
        repeat {
            let page = try await store.sealedValues(.variable, without: mark, after: last, limit: 1)
            #expect(page.count <= 1)
            pages += page
            last = page.last
        } while last != nil
        #expect(pages.count == 3 && Set(pages).count == 3)
        #expect(try await store.sealedValues(.source, without: mark, after: nil, limit: 5).count == 1)
        for kind in [SealedValue.Kind.webhook, .previousWebhook] {
            #expect(try await store.sealedValues(kind, without: mark, after: nil, limit: 5).count == 1)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are sealed anew by several at once, and none is lost`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await fill(store)
        let seal = VariableSeal(exchanged())
        let outcomes = try await withThrowingTaskGroup(of: Resealing.Outcome.self) { group in
            for _ in 0..<4 { group.addTask { try await Resealing(store, seal).run() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.reduce(0) { $0 + $1.sealed } == 6)
        for variable in try await store.variables(for: Sample.ann) where variable.isSecret {
            let value = try seal.open(variable.value, name: variable.name, owner: Sample.ann)
            #expect(value == Data(variable.name.utf8))
        }
    }
}
