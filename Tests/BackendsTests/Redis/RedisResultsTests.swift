import Foundation
import TestSupport
import Testing

@testable import Backends

@Suite(.timeLimit(.minutes(1))) struct `Results that processes share in a Redis` {
    private let server: RedisServer
    private let prefix = RedisServer.freshPrefix()
    private let name = Data("what was asked".utf8)

    init() throws {
        server = try RedisServer.shared()
    }

    private func results(
        secret: String = "sixteen bytes or more", lifetime: Duration = .seconds(60)
    ) -> RedisResults {
        RedisResults(
            server.pool(), prefix: prefix, secret: Data(secret.utf8), lifetime: lifetime,
            patience: .seconds(10))
    }

    private func look(
        _ results: RedisResults, _ token: String, claim: Duration = .seconds(30)
    ) async throws -> RedisResults.Look {
        try await results.look("answer", name, token: token, claim: claim)
    }

    @Test func `are claimed by one, and kept for all`() async throws {
        let (one, other) = (results(), results())
        #expect(try await look(one, "a") == .granted)
        #expect(try await look(other, "b") == .underWay)
        // As when the reply was lost, and the same one asks again.
        #expect(try await look(one, "a") == .granted)
        let plain = Data(String(repeating: "an answer ", count: 1_000).utf8)
        #expect(try await one.keep("answer", name, plain))
        #expect(try await look(other, "b") == .kept(plain))
        let key = one.key("answer", name)
        #expect((Int(server.command("STRLEN", key)) ?? 0) < 1_000)
        #expect((1...60_000).contains(Int(server.command("PTTL", key)) ?? 0))
        #expect(try await other.look("ranking", name, token: "b", claim: .seconds(1)) == .granted)
    }

    @Test func `are claimed by the next once a claim has ended or was given up, and not before`() async throws
    {
        let (one, other) = (results(), results())
        #expect(try await look(one, "a", claim: .milliseconds(100)) == .granted)
        // Its holder is gone: nothing renews it.
        while try await look(other, "b") == .underWay {}
        #expect(try await look(one, "a") == .underWay)
        #expect(try await !one.renew("answer", name, token: "a", claim: .seconds(30)))
        // Not another's to give up.
        try await one.release("answer", name, token: "a")
        #expect(try await look(one, "a") == .underWay)
        #expect(try await other.renew("answer", name, token: "b", claim: .seconds(300)))
        #expect((Int(server.command("PTTL", one.key("answer", name))) ?? 0) > 60_000)
        try await other.release("answer", name, token: "b")
        #expect(try await look(one, "a") == .granted)
    }

    @Test func `are not given up over what was kept meanwhile`() async throws {
        let one = results()
        #expect(try await look(one, "a") == .granted)
        try await one.keep("answer", name, Data("it".utf8))
        try await one.release("answer", name, token: "a")
        #expect(try await look(one, "b") == .kept(Data("it".utf8)))
    }

    @Test func `that somebody else wrote or moved count for nothing`() async throws {
        let one = results()
        try await one.keep("answer", name, Data("it".utf8))
        let (key, other) = (one.key("answer", name), one.key("answer", Data("another".utf8)))
        // A result of another question, put under this one's name.
        server.command("COPY", key, other)
        #expect(
            try await one.look("answer", Data("another".utf8), token: "a", claim: .seconds(1)) == .granted)
        server.command("SET", key, "V nonsense")
        #expect(try await look(one, "a") == .granted)
        server.command("SET", key, "x")
        #expect(try await look(one, "a") == .granted)
        #expect(one.counts.damaged == 3 && one.counts.found == 0)
        // It is written over all the same.
        try await one.keep("answer", name, Data("again".utf8))
        #expect(try await look(one, "a") == .kept(Data("again".utf8)))
    }

    @Test func `have a name and a form that only the secret tells`() async throws {
        let (one, stranger) = (results(), results(secret: "another sixteen bytes"))
        #expect(one.key("answer", name) != stranger.key("answer", name))
        let sealing = Data(count: 32)
        let value = try #require(
            PackedResult.packed(Data("it".utf8), under: "key", with: sealing))
        #expect(
            PackedResult.opened(value, under: "key", with: sealing) == Data("it".utf8))
        #expect(PackedResult.opened(value, under: "yek", with: sealing) == nil)
        #expect(
            PackedResult.opened(value, under: "key", with: Data(repeating: 1, count: 32)) == nil)
        for place in value.indices {
            var damaged = value
            damaged[place] ^= 1
            #expect(PackedResult.opened(damaged, under: "key", with: sealing) == nil)
            #expect(
                PackedResult.opened(value.prefix(place), under: "key", with: sealing)
                    == nil)
        }
    }

    @Test func `that are too large are not kept`() async throws {
        let one = results()
        var random = SystemRandomNumberGenerator()
        let noise = Data((0..<(600 << 10)).map { _ in UInt8.random(in: 0...255, using: &random) })
        #expect(try await !one.keep("answer", name, noise))
        #expect(try await !one.keep("answer", name, Data(count: PackedResult.plainLimit + 1)))
        #expect(one.counts.tooLarge == 2)
        #expect(try await one.keep("answer", name, Data()))
        #expect(try await look(one, "a") == .kept(Data()))
    }
}
