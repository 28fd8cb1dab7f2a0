import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Kept webhooks` {
    @Test(arguments: WorkspaceEngine.all)
    func `are as they were given, and change whole`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let off = WebhookEndpoint.Disabling(at: Sample.start, reason: "r")
        let first = try Sample.webhook(
            "1", events: [.runDead], flow: "f", includesResult: true, disabling: off)
        try await store.add(first)
        try await store.add(try Sample.webhook("2"))
        #expect(try await store.webhook("1", for: Sample.ann) == first)
        #expect(try await store.webhooks(for: Sample.ann).map(\.id) == ["1", "2"])
        let previous = WebhookEndpoint.PreviousSecret(
            secret: first.secret, validUntil: Sample.start + 9)
        let changed = try await store.update(webhook: "1", for: Sample.ann, at: Sample.start + 5) {
            $0.id = "other"
            $0.owner = Sample.bob
            $0.url = "https://example.com/else"
            $0.previousSecret = previous
            $0.disabling = nil
            $0.flow = nil
        }
        var expected = first
        (expected.url, expected.previousSecret) = ("https://example.com/else", previous)
        (expected.disabling, expected.flow, expected.updatedAt) = (nil, nil, Sample.start + 5)
        #expect(changed == expected)
        #expect(try await store.webhook("1", for: Sample.ann) == expected)
        try await store.enqueue(Sample.delivery("m", to: "1"), for: Sample.ann)
        try await store.delete(webhook: "1", for: Sample.ann)
        #expect(try await store.leaseDeliveries().isEmpty, "its deliveries went with it")
        await #expect(throws: WorkspaceError.notFound(kind: "webhook", id: "1")) {
            try await store.webhook("1", for: Sample.ann)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are kept with sealed secrets alone, and not without end`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        var plain = try Sample.webhook("plain")
        plain.secret = Data(WebhookSecret().text.utf8)
        let clear = plain
        await #expect(throws: WorkspaceError.unsealed(variable: "webhook plain")) {
            try await store.add(clear)
        }
        for number in 0..<WorkspaceLimits.webhooks { try await store.add(try Sample.webhook("\(number)")) }
        await #expect(throws: WorkspaceError.tooMany(kind: "webhook", limit: WorkspaceLimits.webhooks)) {
            try await store.add(try Sample.webhook("one more"))
        }
        try await store.add(try Sample.webhook("bob's", of: Sample.bob))
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are not there for anybody else`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        try await store.add(try Sample.webhook("of bob", of: Sample.bob))
        try await store.enqueue(Sample.delivery("m", to: "w"), for: Sample.ann)
        let gone = WorkspaceError.notFound(kind: "webhook", id: "w")
        for owner in [Sample.bob, Sample.otherAnn, Owner(name: "nobody")] {
            #expect(try await store.webhooks(for: owner).allSatisfy { $0.id != "w" })
            await #expect(throws: gone) { try await store.webhook("w", for: owner) }
            await #expect(throws: gone) {
                try await store.update(webhook: "w", for: owner, at: Sample.start) { $0.url = "x" }
            }
            await #expect(throws: gone) { try await store.delete(webhook: "w", for: owner) }
            await #expect(throws: gone) {
                try await store.enqueue(Sample.delivery("n", to: "w"), for: owner)
            }
            await #expect(throws: gone) { try await store.deliveries(to: "w", of: owner) }
            await #expect(throws: gone) { try await store.delivery("m", of: "w", for: owner) }
            await #expect(throws: gone) {
                try await store.replay(delivery: "m", of: "w", for: owner, at: Sample.start)
            }
            await #expect(throws: gone) {
                try await store.replayFailed(
                    of: "w", for: owner, since: .distantPast, at: Sample.start)
            }
        }
        // Nor by way of an endpoint of one's own.
        await #expect(throws: WorkspaceError.notFound(kind: "delivery", id: "m")) {
            try await store.delivery("m", of: "of bob", for: Sample.bob)
        }
        #expect(try await store.deliveries(to: "w").map(\.id) == ["m"])
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Leases of deliveries` {
    @Test(arguments: WorkspaceEngine.all)
    func `go out by age, a few for each endpoint, whoever holds them`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for id in ["slow", "quick"] { try await store.add(try Sample.webhook(id)) }
        for number in 0..<5 {
            try await store.enqueue(
                Sample.delivery("slow \(number)", to: "slow", after: Double(number)), for: Sample.ann)
        }
        try await store.enqueue(Sample.delivery("quick 0", to: "quick", after: 9), for: Sample.ann)
        try await store.enqueue(Sample.delivery("later", to: "quick", after: 50), for: Sample.ann)
        #expect(try await store.leaseDeliveries(0, after: 10).isEmpty)
        let first = try await store.leaseDeliveries(1, after: 10)
        #expect(first.map(\.delivery.id) == ["slow 0"])
        let rest = try await store.leaseDeliveries(by: "other", after: 10)
        #expect(rest.map(\.delivery.id) == ["slow 1", "quick 0"])
        #expect(rest.allSatisfy { $0.delivery.attempts == 1 && $0.lease.sender == "other" })
        #expect(rest.allSatisfy { $0.lease.expiresAt == Sample.start + 70 && !$0.delivery.body.isEmpty })
        #expect(rest.map(\.endpoint.id) == ["slow", "quick"])
        #expect(try await store.leaseDeliveries(after: 10).isEmpty)
        let lease = try #require(first.first).lease
        _ = try await store.settle(lease, .delivered(status: 200), after: 11)
        #expect(try await store.leaseDeliveries(after: 11).map(\.delivery.id) == ["slow 2"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `go to owners in turn, whoever has the fewest under way first`(engine: WorkspaceEngine) async throws
    {
        let store = try await engine.open()
        let owners = ["a": Sample.ann, "b": Sample.bob, "c": Sample.otherAnn]
        for (name, owner) in owners {
            for number in 0..<4 { try await store.add(try Sample.webhook("\(name)\(number)", of: owner)) }
        }
        // Much waits for one of them, and longer than what waits for the others.
        for number in 0..<40 {
            try await store.enqueue(
                Sample.delivery("a \(number)", to: "a\(number % 4)", after: Double(number)), for: Sample.ann)
        }
        for (name, owner) in owners where name != "a" {
            for number in 0..<2 {
                try await store.enqueue(
                    Sample.delivery("\(name) \(number)", to: "\(name)0", after: 50 + Double(number)),
                    for: owner)
            }
        }
        let first = try await store.leaseDeliveries(4, each: 9, after: 60)
        #expect(first.map(\.delivery.id).first == "a 0")
        #expect(Set(first.map(\.delivery.id)) == ["a 0", "b 0", "c 0", "a 1"])
        // One owner has two under way, and the others one each.
        let second = try await store.leaseDeliveries(2, each: 9, by: "other", after: 60)
        #expect(Set(second.map(\.delivery.id)) == ["b 1", "c 1"])
        let alone = try await store.leaseDeliveries(9, each: 9, ofOwner: 5, after: 60)
        #expect(alone.map(\.delivery.id) == ["a 2", "a 3", "a 4"], "with the two before")
        #expect(try await store.leaseDeliveries(9, each: 9, ofOwner: 5, by: "other", after: 60).isEmpty)
        _ = try await store.settle(try #require(alone.first).lease, .delivered(status: 200), after: 61)
        let next = try await store.leaseDeliveries(9, each: 9, ofOwner: 5, after: 61)
        #expect(next.map(\.delivery.id) == ["a 5"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that ended are handed out again, and their holder says nothing more`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        try await store.enqueue(Sample.delivery("m", to: "w"), for: Sample.ann)
        let old = try #require(try await store.leaseDeliveries().first).lease
        let new = try #require(try await store.leaseDeliveries(by: "new", after: 60).first).lease
        #expect(new.number > old.number)
        let lost = WorkspaceError.leaseLost(run: "m")
        await #expect(throws: lost) { try await store.settle(old, .delivered(status: 200), after: 61) }
        await #expect(throws: lost) { try await store.release(old, at: Sample.start) }
        #expect(try await store.deliveries(to: "w").first?.state == .pending)
        _ = try await store.settle(new, .delivered(status: 200), after: 62)
        await #expect(throws: lost) {
            try await store.settle(new, .failed(status: 500, error: "e"), after: 63)
        }
        let kept = try #require(try await store.deliveries(to: "w").first)
        #expect(kept.state == .delivered && kept.lastStatus == 200 && kept.endedAt == Sample.start + 62)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `last as long as they are renewed, and only for their holder`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        for name in ["m", "n", "o"] {
            try await store.enqueue(Sample.delivery(name, to: "w"), for: Sample.ann)
        }
        let leases = try await store.leaseDeliveries().map(\.lease)
        #expect(leases.count == 2)
        try await store.renew(leases, for: .seconds(60), at: Sample.start + 40)
        // They keep their places, too.
        #expect(try await store.leaseDeliveries(by: "other", after: 99).isEmpty)
        _ = try await store.settle(leases[0], .delivered(status: 200), after: 99)
        #expect(try await store.leaseDeliveries(by: "other", after: 99).map(\.delivery.id) == ["o"])
        let taken = try await store.leaseDeliveries(by: "other", after: 100)
        #expect(taken.map(\.delivery.id) == [leases[1].delivery])
        // Neither what is settled nor what is another's comes back by it.
        try await store.renew(leases, for: .seconds(600), at: Sample.start + 101)
        #expect(
            try await store.leaseDeliveries(after: 160).map(\.delivery.id).sorted()
                == ["o", leases[1].delivery].sorted())
    }

    @Test(arguments: WorkspaceEngine.all)
    func `leave what was said of them, and no more of an error than fits`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        try await store.enqueue(Sample.delivery("m", to: "w"), for: Sample.ann)
        let first = try #require(try await store.leaseDeliveries().first).lease
        try await store.release(first, at: Sample.start + 1)
        let second = try #require(try await store.leaseDeliveries(after: 1).first)
        #expect(second.delivery.attempts == 1, "the one that was given back does not count")
        let outcome = WebhookOutcome.postponed(
            until: Sample.start + 30, status: 500, error: String(repeating: "é", count: 1_000))
        #expect(try await store.settle(second.lease, outcome, after: 2) == nil)
        let kept = try #require(try await store.deliveries(to: "w").first)
        #expect(kept.state == .pending && kept.dueAt == Sample.start + 30 && kept.lastStatus == 500)
        #expect(kept.lastError?.utf8.count == WorkspaceLimits.webhookErrorBytes)
        #expect(try await store.webhook("w", for: Sample.ann).failingSince == Sample.start + 2)
        #expect(try await store.leaseDeliveries(after: 29).isEmpty)
        let third = try #require(try await store.leaseDeliveries(after: 30).first)
        #expect(third.delivery.attempts == 2)
        let reason = try await store.settle(
            third.lease, .failed(status: 410, error: "gone", disabling: "it is gone"), after: 31)
        #expect(reason == "it is gone")
        let endpoint = try await store.webhook("w", for: Sample.ann)
        #expect(endpoint.disabling == .init(at: Sample.start + 31, reason: "it is gone"))
    }
}

@Suite(.timeLimit(.minutes(1))) struct `Deliveries` {
    /// Deliveries `0` to `4` to `w`, which all failed but the last.
    private func filled(_ engine: WorkspaceEngine) async throws -> any WorkspaceStore {
        let store = try await engine.open()
        try await store.add(try Sample.webhook("w"))
        for number in 0..<5 {
            try await store.enqueue(
                Sample.delivery("\(number)", to: "w", after: Double(number)), for: Sample.ann)
        }
        for leased in try await store.leaseDeliveries(4, each: 9, after: 10) {
            _ = try await store.settle(
                leased.lease, .failed(status: nil, error: "e"),
                after: 20 + (Double(leased.delivery.id) ?? 0))
        }
        return store
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are listed by page and state, newest first`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        #expect(try await store.deliveries(to: "w").map(\.id) == ["4", "3", "2", "1", "0"])
        let failed = try await store.deliveries(
            of: "w", for: Sample.ann, state: .failed, before: nil, limit: 2)
        #expect(failed.map(\.id) == ["3", "2"])
        let next = try await store.deliveries(
            of: "w", for: Sample.ann, state: .failed, before: failed.last, limit: 9)
        #expect(next.map(\.id) == ["1", "0"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that failed are sent again since a time, and those alone`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        let count = try await store.replayFailed(
            of: "w", for: Sample.ann, since: Sample.start + 2, at: Sample.start + 30)
        #expect(count == 2)
        let leased = try await store.leaseDeliveries(each: 9, after: 30)
        #expect(leased.map(\.delivery.id).sorted() == ["2", "3", "4"])
        #expect(leased.allSatisfy { $0.delivery.attempts == 1 })
        // What is being sent stays as it is.
        let held = try #require(leased.first).delivery
        let same = try await store.replay(
            delivery: held.id, of: "w", for: Sample.ann, at: Sample.start + 31)
        #expect(same.attempts == 1 && same.dueAt == Sample.start + 90)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are removed some time after their end, and never before it`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        #expect(try await store.expireDeliveries(endedBefore: Sample.start + 22) == 2)
        #expect(try await store.expireDeliveries(endedBefore: .distantFuture) == 2)
        #expect(try await store.deliveries(to: "w").map(\.id) == ["4"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that wait are given up when their endpoint is disabled`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        let held = try #require(try await store.leaseDeliveries(after: 30).first)
        _ = try await store.update(webhook: "w", for: Sample.ann, at: Sample.start + 40) {
            $0.disabling = .init(at: Sample.start + 40, reason: "tired of it")
        }
        let given = try await store.delivery("4", of: "w", for: Sample.ann)
        #expect(given.state == .failed && given.endedAt == Sample.start + 40)
        #expect(given.lastError == "the webhook is disabled: tired of it")
        await #expect(throws: WorkspaceError.leaseLost(run: "4")) {
            try await store.settle(held.lease, .delivered(status: 200), after: 41)
        }
    }
}
