import Backends
import Synchronization
import TestSupport

extension RedisServer {
    func settings(password: String? = "secret", user: String? = nil, database: Int = 0) -> RedisSettings {
        RedisSettings(
            host: host, port: port, database: database, user: user, password: { password },
            connectTimeout: .seconds(10), commandTimeout: .seconds(10))
    }

    /// Connections with it that may take their time, and are soon tried again.
    func pool(
        password: String? = "secret", size: Int = 2,
        onChange: @escaping @Sendable (RedisChange) -> Void = { _ in }
    ) -> RedisPool {
        RedisPool(
            settings(password: password), size: size, pauses: .milliseconds(10)...(.milliseconds(40)),
            onChange: onChange)
    }
}

/// What a pool told of its server, in order.
final class RedisChanges: Sendable {
    private let told = Mutex<[RedisChange]>([])

    var all: [RedisChange] { told.withLock { $0 } }
    func tell(_ change: RedisChange) { told.withLock { $0.append(change) } }
}

/// What a channel brought.
final class Heard: Sendable {
    private let state = Mutex((texts: [String](), gaps: 0, losses: 0))

    var texts: [String] { state.withLock { $0.texts } }
    var gaps: Int { state.withLock { $0.gaps } }
    var losses: Int { state.withLock { $0.losses } }
    func note(_ text: String) { state.withLock { $0.texts.append(text) } }
    func begin() { state.withLock { $0.gaps += 1 } }
    func lose(_ error: any Error) { state.withLock { $0.losses += 1 } }
}

/// Asks again and again; the suite's time limit ends it.
func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
}
