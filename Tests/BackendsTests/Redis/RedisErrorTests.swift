import Testing

@testable import Backends

@Suite struct `What a Redis refuses` {
    private func error(_ text: String) -> RedisError {
        RedisError(reply: text, server: "cache:6379/0", user: "default")
    }

    @Test func `is told apart by its first word, within scripts of older versions too`() {
        #expect(
            error("READONLY You can't write against a read only replica.")
                == .readOnly(server: "cache:6379/0"))
        #expect(
            error("OOM command not allowed when used memory > 'maxmemory'.")
                == .outOfMemory(server: "cache:6379/0"))
        #expect(
            error("ERR Error running script (call to f_1): @user_script:14: -OOM command not allowed")
                == .outOfMemory(server: "cache:6379/0"))
        #expect(
            error("MOVED 3999 127.0.0.1:6381")
                == .moved(server: "cache:6379/0", slot: 3_999, node: "127.0.0.1:6381"))
        for text in ["LOADING Redis is loading the dataset in memory", "CLUSTERDOWN The cluster is down"] {
            #expect(error(text) == .loading(server: "cache:6379/0", reason: text))
        }
        for text in [
            "WRONGPASS invalid username-password pair or user is disabled.",
            "NOAUTH Authentication required.",
            "ERR AUTH <password> called without any password configured for the default user.",
        ] {
            #expect(error(text) == .notAdmitted(server: "cache:6379/0", user: "default", reason: text))
        }
        #expect(error("") == .refused(server: "cache:6379/0", code: "", message: ""))
    }

    @Test func `never repeats the words of a command`() {
        let refusal = error("ERR unknown command 'AUTH', with args beginning with: 'hunter2' ")
        #expect(!"\(refusal)".contains("hunter2"))
        #expect("\(error(String(repeating: "x", count: 10_000)))".count < 1_000)
    }

    /// What is told of a node that says it, and what is to be done.
    static let replies = [
        ("READONLY You can't write against a read only replica.", "Name the primary"),
        ("LOADING Redis is loading the dataset in memory", "asked again by itself"),
        ("MASTERDOWN Link with MASTER is down", "asked again by itself"),
        ("CLUSTERDOWN Hash slot not served", "whether its cluster lacks a node"),
        ("MOVED 3999 10.0.0.5:6381", "cluster-announce-ip"),
        ("ASK 3999 10.0.0.5:6381", "asked again by itself"),
        ("OOM command not allowed when used memory > 'maxmemory'.", "maxmemory-policy"),
        ("WRONGPASS invalid username-password pair", "cache.redis_password"),
        ("NOAUTH Authentication required.", "cache.redis_password"),
        ("NOPERM this user has no permissions to run the 'get' command", "what the user"),
        ("ERR unknown command", "what the user"),
    ]

    @Test(arguments: replies) func `names server, database and setting, and what to do`(
        text: String, advice: String
    ) {
        let told = "\(RedisError(reply: text, server: "cache:6379/3", user: "default"))"
        #expect(told.contains("cache:6379/3") && told.contains("cache.redis"), "\(told)")
        #expect(told.contains(advice), "\(told)")
    }

    @Test func `names them where there was no reply`() {
        let server = "cache:6379/0"
        let all: [RedisError] = [
            .cannotConnect(server: server, reason: "Connection refused"), .noTLS(server: server),
            .timedOut(server: server, after: .seconds(1)), .connectionLost(server: server, reason: "reset"),
            .unexpectedReply(server: server, expected: "PONG"), .resting(server: server),
            .busy(server: server, waiting: 9),
        ]
        for error in all {
            #expect("\(error)".contains(server) && "\(error)".contains("cache.redis"), "\(error)")
        }
    }

    @Test func `is an outage where it is of the whole node, and not where it is of one slot`() {
        #expect(error("CLUSTERDOWN The cluster is down").isOutage && error("LOADING soon").isOutage)
        #expect(!error("CLUSTERDOWN Hash slot not served").isOutage && !error("MOVED 1 a:1").isOutage)
    }
}
