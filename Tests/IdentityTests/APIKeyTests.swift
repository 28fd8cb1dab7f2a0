import Corpus
import EngineSupport
import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import Identity

/// Keys in a store, and a clock that a test sets.
private struct KeyRing {
    final class Time: Sendable {
        let now = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        func advance(by seconds: TimeInterval) { now.withLock { $0.addTimeInterval(seconds) } }
        var value: Date { now.withLock { $0 } }
    }

    let time = Time()
    let store: any WorkspaceDatabase
    let keys: APIKeys

    init(_ engine: StorageEngine) async throws {
        let time = time
        store = try await engine.workspace(now: { time.value })
        keys = APIKeys(store: store, now: { time.value })
    }

    func make(
        _ principals: Set<Principal> = [.group("engineering")], lifetime: Duration? = nil
    ) async throws -> (secret: APIKeySecret, key: APIKey) {
        try await keys.create(
            KeyRequest(
                name: "bot", principals: principals, scopes: ["search", "ask"], lifetime: lifetime,
                requestsPerMinute: 60, concurrentRuns: 2), by: "test")
    }
}

@Suite(.timeLimit(.minutes(1))) struct `An API key` {
    @Test(arguments: StorageEngine.allCases)
    func `opens what it was made for`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (secret, key) = try await ring.make()
        let caller = try await ring.keys.verify(try #require(APIKeySecret(secret.text)))
        #expect(caller.reader == Reader([.group("engineering")]))
        #expect(caller.scopes == ["search", "ask"])
        #expect(caller.requestsPerMinute == 60 && caller.concurrentRuns == 2)
        #expect(caller.proof == .apiKey(id: key.id))
    }

    @Test(arguments: StorageEngine.allCases)
    func `is kept as a digest alone`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (secret, key) = try await ring.make()
        #expect(secret.text.hasPrefix(key.id + "_") && key.id.hasPrefix("mr_"))
        let proof = secret.text.dropFirst(key.id.count + 1)
        #expect(proof.count == 43)
        for kept in try await ring.keys.list() {
            #expect(!"\(kept)".contains(proof))
        }
        for record in try await ring.store.records(of: "default", before: nil, limit: 10) {
            #expect(!"\(record)".contains(proof))
        }
        #expect(try await ring.make().secret != secret)
    }

    @Test(arguments: StorageEngine.allCases)
    func `of which one letter is another opens nothing`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (secret, _) = try await ring.make()
        for place in [3, 10, 12, 30, secret.text.count - 2] {
            var letters = Array(secret.text)
            letters[place] = letters[place] == "a" ? "b" : "a"
            guard let other = APIKeySecret(String(letters)) else { continue }
            await #expect(throws: IdentityError.unknownKey, "\(place)") { try await ring.keys.verify(other) }
        }
    }

    @Test(arguments: [
        "", "mr_", "mr_abcdefgh", "mr_abcdefgh_", "mr_abcdefgh_short",
        "sk_abcdefgh_" + String(repeating: "a", count: 43),
        "mr_abcdefgh_" + String(repeating: "a", count: 500),
        "mr_abcdefgh_" + String(repeating: "é", count: 43),
        "mr_abcdefgh " + String(repeating: "a", count: 43),
        "mr_abcdefgh_" + String(repeating: "\u{0}", count: 43),
    ])
    func `has a form, without which nothing is looked up`(text: String) {
        #expect(APIKeySecret(text) == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `ends when it is revoked, at once`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (secret, key) = try await ring.make()
        _ = try await ring.keys.verify(secret)
        try await ring.keys.revoke(key: key.id, by: "test")
        await #expect(throws: IdentityError.keyRevoked(id: key.id)) { try await ring.keys.verify(secret) }
        #expect(try await ring.keys.list().map { $0.state(at: ring.time.value) } == [.revoked])
        try await ring.keys.revoke(key: key.id, by: "test")
        let acts = try await ring.store.records(of: "default", before: nil, limit: 10).map(\.act.act)
        #expect(acts == ["key.revoked", "key.created"], "the second time nothing was done")
    }

    @Test(arguments: StorageEngine.allCases)
    func `that another process revokes ends within moments`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (secret, key) = try await ring.make()
        _ = try await ring.keys.verify(secret)
        try await APIKeys(store: ring.store, now: { ring.time.value }).revoke(key: key.id, by: "test")
        ring.time.advance(by: 2)
        await #expect(throws: IdentityError.keyRevoked(id: key.id)) { try await ring.keys.verify(secret) }
    }

    @Test(arguments: StorageEngine.allCases)
    func `ends at its time`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (secret, key) = try await ring.make(lifetime: .seconds(100))
        ring.time.advance(by: 99)
        _ = try await ring.keys.verify(secret)
        ring.time.advance(by: 1)
        await #expect(throws: IdentityError.keyExpired(id: key.id)) { try await ring.keys.verify(secret) }
    }

    @Test(arguments: StorageEngine.allCases)
    func `is rotated with a time in which both are good, and stays the same holder`(engine: StorageEngine)
        async throws
    {
        let ring = try await KeyRing(engine)
        let (old, first) = try await ring.make()
        let (new, second) = try await ring.keys.rotate(key: first.id, overlap: .seconds(3_600), by: "test")
        let before = try await ring.keys.verify(old)
        let after = try await ring.keys.verify(new)
        #expect(before.owner == after.owner && before.scopes == after.scopes)
        #expect(first.lineage == second.lineage && first.id != second.id)
        ring.time.advance(by: 3_600)
        await #expect(throws: IdentityError.keyExpired(id: first.id)) { try await ring.keys.verify(old) }
        _ = try await ring.keys.verify(new)
        await #expect(throws: WorkspaceError.self, "it is no longer in force") {
            try await ring.keys.rotate(key: first.id, overlap: .zero, by: "test")
        }
    }

    @Test(arguments: StorageEngine.allCases)
    func `does not live longer by a rotation`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (old, first) = try await ring.make(lifetime: .seconds(100))
        _ = try await ring.keys.rotate(key: first.id, overlap: .seconds(3_600), by: "test")
        ring.time.advance(by: 100)
        await #expect(throws: IdentityError.keyExpired(id: first.id)) { try await ring.keys.verify(old) }
    }

    @Test(arguments: StorageEngine.allCases)
    func `of the same rights as another shares nothing with it, one of a user what the user has`(
        engine: StorageEngine
    ) async throws {
        let ring = try await KeyRing(engine)
        let first = try await ring.make().key.owner
        let second = try await ring.make().key.owner
        #expect(first != second)
        #expect(try await ring.make([.user("ada"), .group("x")]).key.owner == Owner(name: "user:ada"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `of another tenant is not there`(engine: StorageEngine) async throws {
        let ring = try await KeyRing(engine)
        let (_, key) = try await ring.make()
        #expect(try await ring.keys.list(tenant: "other").isEmpty)
        await #expect(throws: WorkspaceError.self) {
            try await ring.keys.revoke(key: key.id, tenant: "other", by: "test")
        }
        await #expect(throws: WorkspaceError.self) {
            try await ring.keys.rotate(key: key.id, tenant: "other", overlap: .zero, by: "test")
        }
    }
}
