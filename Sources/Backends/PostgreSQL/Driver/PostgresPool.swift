import Concurrency
import Foundation
import Synchronization

/// Sessions with one server, lent one body at a time.
///
/// A session is opened when none is free and fewer than ``size`` are open; it is closed after ``lifetime``, so that a
/// password that was changed and a server that was replaced are noticed, and when a statement shows that it is of no
/// more use. Bodies run on threads of the pool's own, one a session.
public final class PostgresPool: Sendable {
    public let settings: PostgresSettings
    public let size: Int
    /// How long a body waits for a session before it is refused.
    let patience: Duration
    let executor: BlockingExecutor
    private let state = Mutex(State())
    private static let lifetime = Duration.seconds(1_800)
    /// After so long without use a session is tried before it is lent.
    private static let staleness = Duration.seconds(30)

    private struct State {
        var idle: [PostgresConnection] = []
        var open = 0
        /// Sessions of an earlier generation are closed when they come back.
        var generation: UInt64 = 0
    }

    /// - Parameter size: sessions at most, 1 or more.
    public init(_ settings: PostgresSettings, size: Int = 8, patience: Duration = .seconds(10)) {
        self.settings = settings
        self.size = size
        self.patience = patience
        executor = BlockingExecutor(label: "millrace.postgres", width: size)
    }

    /// Lends a session.
    ///
    /// The executor has as many threads as there may be sessions, so whoever has a thread finds a session free: the
    /// line of those that wait is the executor's.
    public func withConnection<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let password = try await settings.password()
        return try await executor.run { [self] in
            let (connection, generation) = try take(password: password)
            do {
                let value = try body(connection)
                giveBack(connection, of: generation)
                return value
            } catch {
                if (error as? PostgresError)?.endsConnection == true || connection.isBroken {
                    drop(connection, of: generation)
                } else {
                    giveBack(connection, of: generation)
                }
                throw error
            }
        }
    }

    /// Closes every session: those that are lent, once they come back.
    public func closeAll() {
        let idle = state.withLock { state in
            state.generation &+= 1
            state.open -= state.idle.count
            defer { state.idle = [] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    private func take(password: String?) throws -> (PostgresConnection, UInt64) {
        while true {
            let (found, generation) = state.withLock { state in (state.idle.popLast(), state.generation) }
            guard let found else { break }
            let now = ContinuousClock.now
            if now - found.openedAt < Self.lifetime, found.isOpen, isAlive(found, at: now) {
                return (found, generation)
            }
            state.withLock { $0.open -= 1 }
        }
        let connection = try PostgresConnection(settings, password: password)
        let generation = state.withLock { state in
            state.open += 1
            return state.generation
        }
        return (connection, generation)
    }

    /// A server that vanished without a word is found out here, not by a statement of a transaction.
    private func isAlive(_ connection: PostgresConnection, at now: ContinuousClock.Instant) -> Bool {
        guard now - connection.lastUse > Self.staleness else { return true }
        return (try? connection.query("SELECT 1")) != nil
    }

    private func giveBack(_ connection: PostgresConnection, of generation: UInt64) {
        connection.lastUse = .now
        let closes = state.withLock { state in
            guard generation == state.generation, !connection.isBroken else {
                state.open -= 1
                return true
            }
            state.idle.append(connection)
            return false
        }
        if closes { withExtendedLifetime(connection) {} }
    }

    /// A server that went away, or became a standby, takes all of its sessions with it.
    private func drop(_ connection: PostgresConnection, of generation: UInt64) {
        let idle = state.withLock { state -> [PostgresConnection] in
            state.open -= 1
            guard generation == state.generation else { return [] }
            state.generation &+= 1
            state.open -= state.idle.count
            defer { state.idle = [] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    /// Grows whenever the server was lost: what answers afterwards may be another one, with less in it.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Open sessions, lent ones included.
    public var openCount: Int { state.withLock { $0.open } }
}
