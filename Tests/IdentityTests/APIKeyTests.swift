import Corpus
import Foundation
import Synchronization
import TestSupport
import Testing
import Workspace
import WorkspaceSQLite

@testable import Identity

@Suite(.timeLimit(.minutes(1))) struct `An API key` {
    private final class Time: Sendable {
        let now = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
        func advance(by seconds: TimeInterval) { now.withLock { $0.addTimeInterval(seconds) } }
        var value: Date { now.withLock { $0 } }
    }

    private let time = Time()
    private let store: SQLiteWorkspace
    private let keys: APIKeys

    init() throws {
        let time = time
        store = try SQLiteWorkspace.inMemory(now: { time.value })
        keys = APIKeys(store: store, now: { time.value })
    }

    private func make(
        _ principals: Set<Principal> = [.group("engineering")], lifetime: Duration? = nil
    ) async throws -> (secret: APIKeySecret, key: APIKey) {
        try await keys.create(
            KeyRequest(
                name: "bot", principals: principals, scopes: ["search", "ask"], lifetime: lifetime,
                requestsPerMinute: 60, concurrentRuns: 2), by: "test")
    }

    @Test func `opens what it was made for`() async throws {
        let (secret, key) = try await make()
        let caller = try await keys.verify(try #require(APIKeySecret(secret.text)))
        #expect(caller.reader == Reader([.group("engineering")]))
        #expect(caller.scopes == ["search", "ask"])
        #expect(caller.requestsPerMinute == 60 && caller.concurrentRuns == 2)
        #expect(caller.proof == .apiKey(id: key.id))
    }

    @Test func `is kept as a digest alone`() async throws {
        let (secret, key) = try await make()
        #expect(secret.text.hasPrefix(key.id + "_") && key.id.hasPrefix("mr_"))
        let proof = secret.text.dropFirst(key.id.count + 1)
        #expect(proof.count == 43)
        for kept in try await keys.list() {
            #expect(!"\(kept)".contains(proof))
        }
        for record in try await store.records(of: "default", before: nil, limit: 10) {
            #expect(!"\(record)".contains(proof))
        }
        #expect(try await make().secret != secret)
    }

    @Test func `of which one letter is another opens nothing`() async throws {
        let (secret, _) = try await make()
        for place in [3, 10, 12, 30, secret.text.count - 2] {
            var letters = Array(secret.text)
            letters[place] = letters[place] == "a" ? "b" : "a"
            guard let other = APIKeySecret(String(letters)) else { continue }
            await #expect(throws: IdentityError.unknownKey, "\(place)") { try await keys.verify(other) }
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

    @Test func `ends when it is revoked, at once`() async throws {
        let (secret, key) = try await make()
        _ = try await keys.verify(secret)
        try await keys.revoke(key: key.id, by: "test")
        await #expect(throws: IdentityError.keyRevoked(id: key.id)) { try await keys.verify(secret) }
        #expect(try await keys.list().map { $0.state(at: time.value) } == [.revoked])
        try await keys.revoke(key: key.id, by: "test")
        let acts = try await store.records(of: "default", before: nil, limit: 10).map(\.act.act)
        #expect(acts == ["key.revoked", "key.created"], "the second time nothing was done")
    }

    @Test func `that another process revokes ends within moments`() async throws {
        let (secret, key) = try await make()
        _ = try await keys.verify(secret)
        let time = time
        try await APIKeys(store: store, now: { time.value }).revoke(key: key.id, by: "test")
        self.time.advance(by: 2)
        await #expect(throws: IdentityError.keyRevoked(id: key.id)) { try await keys.verify(secret) }
    }

    @Test func `ends at its time`() async throws {
        let (secret, key) = try await make(lifetime: .seconds(100))
        time.advance(by: 99)
        _ = try await keys.verify(secret)
        time.advance(by: 1)
        await #expect(throws: IdentityError.keyExpired(id: key.id)) { try await keys.verify(secret) }
    }

    @Test func `is rotated with a time in which both are good, and stays the same holder`() async throws {
        let (old, first) = try await make()
        let (new, second) = try await keys.rotate(key: first.id, overlap: .seconds(3_600), by: "test")
        let before = try await keys.verify(old)
        let after = try await keys.verify(new)
        #expect(before.owner == after.owner && before.scopes == after.scopes)
        #expect(first.lineage == second.lineage && first.id != second.id)
        time.advance(by: 3_600)
        await #expect(throws: IdentityError.keyExpired(id: first.id)) { try await keys.verify(old) }
        _ = try await keys.verify(new)
        await #expect(throws: WorkspaceError.self, "it is no longer in force") {
            try await keys.rotate(key: first.id, overlap: .zero, by: "test")
        }
    }

    @Test func `does not live longer by a rotation`() async throws {
        let (old, first) = try await make(lifetime: .seconds(100))
        _ = try await keys.rotate(key: first.id, overlap: .seconds(3_600), by: "test")
        time.advance(by: 100)
        await #expect(throws: IdentityError.keyExpired(id: first.id)) { try await keys.verify(old) }
    }

    @Test func `of the same rights as another shares nothing with it, one of a user what the user has`()
        async throws
    {
        let first = try await make().key.owner
        let second = try await make().key.owner
        #expect(first != second)
        #expect(try await make([.user("ada"), .group("x")]).key.owner == Owner(name: "user:ada"))
    }

    @Test func `of another tenant is not there`() async throws {
        let (_, key) = try await make()
        #expect(try await keys.list(tenant: "other").isEmpty)
        await #expect(throws: WorkspaceError.self) {
            try await keys.revoke(key: key.id, tenant: "other", by: "test")
        }
        await #expect(throws: WorkspaceError.self) {
            try await keys.rotate(key: key.id, tenant: "other", overlap: .zero, by: "test")
        }
    }
}
