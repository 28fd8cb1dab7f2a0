import Backends
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `A channel between processes` {
    private func channel(_ pool: RedisPool, _ name: String, _ heard: Heard) -> RedisChannel {
        RedisChannel(
            pool, name: name, pauses: .milliseconds(10)...(.milliseconds(40)),
            onGap: heard.begin, onLoss: heard.lose)
    }

    @Test func `brings every listener what others and they themselves tell, in order`() async throws {
        let server = try RedisServer.shared()
        let (one, other) = (Heard(), Heard())
        let name = RedisServer.freshPrefix()
        let (first, second) = (channel(server.pool(), name, one), channel(server.pool(), name, other))
        let tasks = [(first, one), (second, other)].map { channel, heard in
            let messages = channel.messages()
            return Task { for await text in messages { heard.note(text) } }
        }
        try await until { one.gaps == 1 && other.gaps == 1 }
        for text in ["1", "", "drei 🙂"] { await first.publish(text) }
        await second.publish("4")
        try await until { one.texts.count == 4 && other.texts.count == 4 }
        #expect(one.texts == ["1", "", "drei 🙂", "4"] && other.texts == one.texts)
        for task in tasks {
            task.cancel()
            await task.value
        }
        #expect(one.losses == 0)
    }

    @Test func `goes on after the server was gone, and tells that something may have been missed`()
        async throws
    {
        let server = try RedisServer()
        let heard = Heard()
        let pool = server.pool()
        let channel = channel(pool, "changes", heard)
        let messages = channel.messages()
        let task = Task { for await text in messages { heard.note(text) } }
        try await until { heard.gaps == 1 }
        await channel.publish("before")
        try await until { heard.texts == ["before"] }
        server.kill()
        try await until { heard.losses == 1 }
        await channel.publish("nobody hears this")
        server.start()
        try await until { heard.gaps == 2 }
        try await until { (try? await pool.send(RedisCommand(["PING"]))) != nil }
        await channel.publish("after")
        try await until { heard.texts.count == 2 }
        #expect(heard.texts == ["before", "after"] && heard.losses == 1)
        task.cancel()
        await task.value
    }
}
