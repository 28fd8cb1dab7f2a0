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

    @Test func `names the server and what to do`() {
        let all: [RedisError] = [
            .cannotConnect(server: "cache:6379/0", reason: "Connection refused"),
            .notAdmitted(server: "cache:6379/0", user: "millrace", reason: "WRONGPASS"),
            .readOnly(server: "cache:6379/0"), .outOfMemory(server: "cache:6379/0"),
            .noTLS(server: "cache:6379/0"),
        ]
        for error in all {
            #expect("\(error)".contains("cache:6379/0"))
            #expect("\(error)".contains("cache.redis") || "\(error)".contains("maxmemory"))
        }
    }
}
