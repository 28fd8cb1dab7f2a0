import Backends
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A channel between processes` {
    private final class Heard: Sendable {
        let texts = Mutex<[String]>([])
        let gaps = Mutex(0)
        let losses = Mutex(0)

        var all: [String] { texts.withLock { $0 } }
        var gapCount: Int { gaps.withLock { $0 } }
        var lossCount: Int { losses.withLock { $0 } }
    }

    private func channel(_ pool: RedisPool, _ name: String, _ heard: Heard) -> RedisChannel {
        RedisChannel(
            pool, name: name, pauses: .milliseconds(10)...(.milliseconds(40)),
            onGap: { heard.gaps.withLock { $0 += 1 } }, onLoss: { _ in heard.losses.withLock { $0 += 1 } })
    }

    @Test func `brings every listener what others and they themselves tell, in order`() async throws {
        let server = try RedisServer.shared()
        let (one, other) = (Heard(), Heard())
        let name = RedisServer.freshPrefix()
        let (first, second) = (channel(server.pool(), name, one), channel(server.pool(), name, other))
        let tasks = [(first, one), (second, other)].map { channel, heard in
            let messages = channel.messages()
            return Task { for await text in messages { heard.texts.withLock { $0.append(text) } } }
        }
        try await until { one.gapCount == 1 && other.gapCount == 1 }
        for text in ["1", "", "drei 🙂"] { await first.publish(text) }
        await second.publish("4")
        try await until { one.all.count == 4 && other.all.count == 4 }
        #expect(one.all == ["1", "", "drei 🙂", "4"] && other.all == one.all)
        for task in tasks {
            task.cancel()
            await task.value
        }
        #expect(one.lossCount == 0)
    }

    @Test func `goes on after the server was gone, and tells that something may have been missed`()
        async throws
    {
        let server = try RedisServer()
        let heard = Heard()
        let pool = server.pool()
        let channel = channel(pool, "changes", heard)
        let messages = channel.messages()
        let task = Task { for await text in messages { heard.texts.withLock { $0.append(text) } } }
        try await until { heard.gapCount == 1 }
        await channel.publish("before")
        try await until { heard.all == ["before"] }
        server.kill()
        try await until { heard.lossCount == 1 }
        await channel.publish("nobody hears this")
        server.start()
        try await until { heard.gapCount == 2 }
        try await until { (try? await pool.send(RedisCommand(["PING"]))) != nil }
        await channel.publish("after")
        try await until { heard.all.count == 2 }
        #expect(heard.all == ["before", "after"] && heard.lossCount == 1)
        task.cancel()
        await task.value
    }
}
