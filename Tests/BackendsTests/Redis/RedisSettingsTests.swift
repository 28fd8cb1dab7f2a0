import Backends
import Testing

@Suite struct `The address of a Redis` {
    @Test func `may leave out everything but the host`() throws {
        let settings = try RedisSettings(url: "redis://cache.example")
        #expect(settings.name == "cache.example:6379/0")
        #expect(settings.user == nil && settings.password() == nil)
    }

    @Test func `names user, password, port and database`() throws {
        let settings = try RedisSettings(url: "redis://millrace:p%40ss%2F@10.0.0.5:7000/3")
        #expect(settings.name == "10.0.0.5:7000/3")
        #expect(settings.user == "millrace")
        #expect(settings.password() == "p@ss/")
        #expect(!settings.name.contains("p@ss"))
    }

    @Test func `gives way to a password that is set beside it`() throws {
        let settings = try RedisSettings(url: "redis://:old@cache.example", password: { "new" })
        #expect(settings.password() == "new")
        #expect(try RedisSettings(url: "redis://:old@cache.example", password: { nil }).password() == "old")
    }

    @Test func `may be one of IPv6`() throws {
        let settings = try RedisSettings(url: "redis://[::1]:6380")
        #expect(settings.host == "::1" && settings.port == 6_380)
        #expect(settings.name == "[::1]:6380/0")
    }

    @Test(arguments: [
        "", "cache.example:6379", "http://cache.example", "redis://", "redis:///0", "redis://h:0",
        "redis://h:70000",
        "redis://h/one", "redis://h/-1", "redis://h/1/2", "redis://h/99999999999", "redis://h/0?db=1",
        "redis://h/0#x",
        "unix:///run/redis.sock",
    ])
    func `is refused when it is none`(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisSettings(url: url) }
        guard case .invalidAddress = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect("\(error ?? .resting(server: ""))".contains("cache.redis"))
    }

    @Test func `that is wrong is never shown with its password`() {
        let error = #expect(throws: RedisError.self) { try RedisSettings(url: "redis://u:hunter2@h/x") }
        #expect(error.map { !"\($0)".contains("hunter2") } == true)
    }

    @Test func `of a server with TLS says what to do instead`() {
        let error = #expect(throws: RedisError.self) {
            try RedisSettings(url: "rediss://u:p@cache.example:6380")
        }
        #expect(error == .noTLS(server: "cache.example:6380"))
        #expect(error.map { "\($0)".contains("stunnel") } == true)
    }
}
