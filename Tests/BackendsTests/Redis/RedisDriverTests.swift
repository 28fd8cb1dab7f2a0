import Backends
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Commands to a Redis` {
    private let server: RedisServer
    private let pool: RedisPool
    private let prefix = RedisServer.freshPrefix()

    init() throws {
        server = try RedisServer.shared()
        pool = server.pool()
    }

    @Test func `carry any bytes there and back`() async throws {
        let key = "\(prefix)\0é"
        for value in [
            Data(), Data([0]), Data((0...255).map(UInt8.init)), Data(repeating: 13, count: 1 << 20),
        ] {
            let set = try await pool.send(RedisCommand(["SET", .text(key), .bytes(value)], key: key))
            #expect(set == .status("OK"))
            #expect(try await pool.send(RedisCommand(["GET", .text(key)], key: key)) == .bytes(value))
        }
    }

    @Test func `are answered in every kind of reply`() async throws {
        #expect(try await pool.send(RedisCommand(["PING"])) == .status("PONG"))
        #expect(try await pool.send(RedisCommand(["GET", .text(prefix)])) == .null)
        #expect(try await pool.send(RedisCommand(["EXISTS", .text(prefix)])) == .integer(0))
        let script = RedisCommand(["EVAL", "return {1, {'a', {}}, false}", .int(0)])
        #expect(
            try await pool.send(script)
                == .array([.integer(1), .array([.bytes(Data("a".utf8)), .array([])]), .null]))
    }

    @Test func `go a thousand at once and come back in order, refusals in their places`() async throws {
        let commands = (0..<1_000).map { number in
            number == 500
                ? RedisCommand(["LPUSH", .text("\(prefix):499"), "x"])
                : RedisCommand(["SET", .text("\(prefix):\(number)"), .int(number), "GET"])
        }
        let results = try await pool.send(commands)
        #expect(results.count == 1_000)
        for (number, result) in results.enumerated() where number != 500 {
            #expect(try result.get() == .null)
        }
        guard case .failure(.refused(_, "WRONGTYPE", _)) = results[500] else {
            Issue.record("\(results[500])")
            return
        }
        #expect(try await pool.send(RedisCommand(["GET", .text("\(prefix):999")])).text == "999")
    }

    @Test func `of a hundred tasks each get their own answer`() async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<100 {
                group.addTask { [pool] in
                    try await pool.send(RedisCommand(["ECHO", .int(number)])).text == "\(number)"
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func `that are too long for one go are refused and spoil nothing`() async throws {
        let value = Data(count: 33 << 20)
        await #expect(throws: RedisError.self) {
            try await pool.send(RedisCommand(["SET", .text(prefix), .bytes(value)]))
        }
        #expect(try await pool.send(RedisCommand(["PING"])).text == "PONG")
        #expect(pool.counts.isReachable)
    }

    @Test func `whose answer announces more elements than anybody asks for end the connection`() async throws
    {
        let script = RedisCommand(["EVAL", "local t = {} for i = 1, 70000 do t[i] = i end return t", .int(0)])
        let error = await #expect(throws: RedisError.self) { try await pool.send(script) }
        guard case .unexpectedReply = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try await until { (try? await pool.send(RedisCommand(["PING"]))) != nil }
    }

    @Test(arguments: ["wrong", nil])
    func `are not carried out for somebody without the password`(password: String?) async throws {
        let changes = RedisChanges()
        let pool = server.pool(password: password, onChange: changes.tell)
        let error = await #expect(throws: RedisError.self) { try await pool.send(RedisCommand(["PING"])) }
        guard case .notAdmitted(let name, "default", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(name == "127.0.0.1:\(server.port)/0")
        #expect(error.map { "\($0)".contains("cache.redis_password") } == true)
        #expect(!pool.counts.isReachable)
        #expect(changes.all.count == 1)
    }

    @Test func `of a user go by that user’s rights`() async throws {
        let name = "user-\(prefix)"
        server.command("ACL", "SETUSER", name, "on", ">own", "~\(prefix)*", "+get", "+ping")
        let settings = RedisSettings(host: server.host, port: server.port, user: name, password: { "own" })
        let pool = RedisPool(settings)
        #expect(try await pool.send(RedisCommand(["GET", .text(prefix)])) == .null)
        let error = await #expect(throws: RedisError.self) {
            try await pool.send(RedisCommand(["SET", .text(prefix), "x"]))
        }
        guard case .refused(_, "NOPERM", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(pool.counts.isReachable, "what one command may not do is no outage")
    }

    @Test func `go to the database that the settings name`() async throws {
        let other = RedisPool(server.settings(database: 3))
        _ = try await other.send(RedisCommand(["SET", .text(prefix), "three"]))
        #expect(try await pool.send(RedisCommand(["GET", .text(prefix)])) == .null)
        await #expect(throws: RedisError.self) {
            try await RedisPool(server.settings(database: 99)).send(RedisCommand(["PING"]))
        }
    }

    @Test func `find out what the server is`() async throws {
        let found = try await RedisInspection.read(pool)
        #expect(found.isRecentEnough && found.role == "master" && found.mode == "standalone")
        #expect(found.maxmemory == 64 << 20 && !found.maxmemoryPolicy.isEmpty)
    }

    @Test(arguments: [("5.0.14", false), ("6.0.0", true), ("7.2.4", true), ("10.1", true), ("", false)])
    func `tell a version that is too old`(version: String, isRecent: Bool) {
        #expect(RedisInspection(info: "# Server\r\nredis_version:\(version)\r\n").isRecentEnough == isRecent)
    }
}
