import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Responses under idempotency keys` {
    private static let end = Sample.now + 300
    private static let reply = StoredReply(
        status: 201, headers: [.init(name: "Location", value: "/v1/flows/1")], body: Data("{}".utf8))

    private func key(
        _ name: String = "k", of owner: Owner = Sample.ann, _ operation: String = "createFlow",
        asking request: String = "r"
    ) -> ReplyKey {
        ReplyKey(
            owner: owner, operation: operation, digest: Data(name.utf8), fingerprint: Data(request.utf8))
    }

    private func claimed(_ claim: ReplyClaim) throws -> Int64 {
        guard case .first(let number) = claim else { throw WorkspaceError.notFound(kind: "claim", id: "") }
        return number
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are claimed once, kept, and given again until their end`(_ engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let claim = try claimed(try await store.claim(key(), until: Self.end, at: Sample.now))
        #expect(try await store.claim(key(), until: Self.end, at: Sample.now) == .underWay)
        try await store.settle(key(), claim: claim, with: Self.reply, until: Sample.now + 1_000)
        #expect(try await store.claim(key(), until: Self.end, at: Sample.now + 999) == .replied(Self.reply))
        #expect(
            try await store.claim(key(asking: "other"), until: Self.end, at: Sample.now + 999)
                == .otherRequest)
        _ = try claimed(try await store.claim(key(), until: Sample.now + 2_000, at: Sample.now + 1_000))
    }

    @Test(arguments: WorkspaceEngine.all)
    func `belong to one owner and one operation`(_ engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for one in [
            key(), key(of: Sample.bob), key(of: Sample.otherAnn), key("other"), key("k", "saveFlow"),
        ] {
            _ = try claimed(try await store.claim(one, until: Self.end, at: Sample.now))
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are not settled by whoever has lost the claim`(_ engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let lost = try claimed(try await store.claim(key(), until: Self.end, at: Sample.now))
        let later = Self.end + 1
        let held = try claimed(try await store.claim(key(), until: later + 300, at: later))
        #expect(lost != held)
        try await store.settle(key(), claim: lost, with: Self.reply, until: later + 1_000)
        try await store.release(key(), claim: lost)
        #expect(try await store.claim(key(), until: later, at: later) == .underWay)
        try await store.release(key(), claim: held)
        _ = try claimed(try await store.claim(key(), until: later + 300, at: later))
    }

    @Test(arguments: WorkspaceEngine.all)
    func `stay claimed for as long as the claim is renewed`(_ engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let claim = try claimed(try await store.claim(key(), until: Self.end, at: Sample.now))
        try await store.renew(key(), claim: claim, until: Self.end + 300)
        // No earlier than it was.
        try await store.renew(key(), claim: claim, until: Sample.now + 1)
        #expect(try await store.claim(key(), until: Self.end, at: Self.end + 299) == .underWay)
        // Neither what is lost nor what is settled is renewed.
        let held = try claimed(
            try await store.claim(key(), until: Self.end + 600, at: Self.end + 300))
        try await store.renew(key(), claim: claim, until: Self.end + 9_000)
        try await store.settle(key(), claim: held, with: Self.reply, until: Self.end + 700)
        try await store.renew(key(), claim: held, until: Self.end + 9_000)
        _ = try claimed(try await store.claim(key(), until: Self.end + 2_000, at: Self.end + 701))
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are claimed by one of many at once`(_ engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let firsts = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    if case .first = try await store.claim(key(), until: Self.end, at: Sample.now) {
                        return true
                    }
                    return false
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(firsts == 1)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `may be without a body, and are refused when they are too large`(_ engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let claim = try claimed(try await store.claim(key(), until: Self.end, at: Sample.now))
        let large = StoredReply(status: 200, headers: [], body: Data(count: WorkspaceLimits.replyBytes + 1))
        await #expect(throws: WorkspaceError.self) {
            try await store.settle(key(), claim: claim, with: large, until: Self.end)
        }
        let bare = StoredReply(status: 201, headers: [], body: nil)
        try await store.settle(key(), claim: claim, with: bare, until: Self.end)
        #expect(try await store.claim(key(), until: Self.end, at: Sample.now) == .replied(bare))
        let empty = StoredReply(status: 204, headers: [], body: Data())
        let other = try claimed(try await store.claim(key("e"), until: Self.end, at: Sample.now))
        try await store.settle(key("e"), claim: other, with: empty, until: Self.end)
        #expect(try await store.claim(key("e"), until: Self.end, at: Sample.now) == .replied(empty))
    }

    @Test(arguments: WorkspaceEngine.all)
    func `make room for new ones, the earliest to end first`(_ engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for number in 0...WorkspaceLimits.replies {
            let one = key("\(number)")
            let claim = try claimed(try await store.claim(one, until: Self.end, at: Sample.now))
            try await store.settle(
                one, claim: claim, with: Self.reply, until: Sample.now + 1_000 + Double(number))
        }
        #expect(try await store.claim(key("1"), until: Self.end, at: Sample.now) == .replied(Self.reply))
        _ = try claimed(try await store.claim(key("0"), until: Self.end, at: Sample.now))
    }
}
