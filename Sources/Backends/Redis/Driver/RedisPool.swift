import Concurrency
import Synchronization

/// A few connections with a Redis, or with the nodes of its cluster, for as many requests as come.
///
/// Commands run on threads of the pool's own, one a connection, and whoever waits for one waits no longer than they
/// said, whatever the server does. A server that failed rests: for a second at first, then longer, all commands are
/// refused at once, and then one is tried (``RedisHealth``).
public final class RedisPool: Sendable {
    public let settings: RedisSettings
    let health: RedisHealth
    private let executor: BlockingExecutor
    private let state = Mutex(State())
    /// Commands that may wait for a connection.
    private static let waitingLimit = 1_024
    /// After so long a connection is made anew, so that a changed password and a replaced server are noticed.
    private static let lifetime = Duration.seconds(1_800)

    private struct State {
        var idle: [RedisAddress: [RedisConnection]] = [:]
        /// The nodes of a cluster that were told of, by slot; nothing for a server of its own.
        var nodes: [Int: RedisAddress] = [:]
        var waiting = 0
    }

    /// - Parameters:
    ///   - size: connections with a server at most, 1 or more.
    ///   - pauses: how long a server that failed rests, at first and at most.
    ///   - onChange: is told when the server is lost and found; must not wait.
    public init(
        _ settings: RedisSettings, size: Int = 4,
        pauses: ClosedRange<Duration> = .seconds(1)...(.seconds(10)),
        onChange: @escaping @Sendable (RedisChange) -> Void = { _ in }
    ) {
        self.settings = settings
        health = RedisHealth(server: settings.name, pauses: pauses, onChange: onChange)
        executor = BlockingExecutor(label: "millrace.redis", width: size)
    }

    /// What became of commands so far.
    public var counts: RedisCounts { health.counts }

    /// Has one command carried out.
    ///
    /// - Throws: ``RedisError``, or `CancellationError`.
    public func send(_ command: RedisCommand, within limit: Duration? = nil) async throws -> RedisReply {
        guard let result = try await send([command], within: limit).first else {
            throw RedisError.unexpectedReply(server: settings.name, expected: "a reply")
        }
        return try result.get()
    }

    /// Has commands carried out, all sent before the first is answered.
    ///
    /// - Parameter limit: how long to wait in all; ``RedisSettings/commandTimeout`` unless told.
    /// - Returns: what became of each, in their order.
    /// - Throws: ``RedisError`` when none was, or it is not known; `CancellationError`.
    public func send(
        _ commands: [RedisCommand], within limit: Duration? = nil
    ) async throws -> [Result<RedisReply, RedisError>] {
        let limit = limit ?? settings.commandTimeout
        let ticket = try health.admit()
        guard enter() else {
            health.countSkipped()
            throw RedisError.busy(server: settings.name, waiting: Self.waitingLimit)
        }
        let outcome = RedisOutcome()
        // A task of its own: whoever waits goes when time is up, and the thread ends what it has begun.
        let task = Task(executorPreference: executor) { [self] in
            defer { leave() }
            guard !Task.isCancelled else { return }
            outcome.settle(attempt(commands, ticket, within: limit))
        }
        do {
            return try await withDeadline(limit) { try await outcome.value() }.get()
        } catch is DeadlineExceeded {
            task.cancel()
            throw RedisError.timedOut(server: settings.name, after: limit)
        } catch {
            task.cancel()
            throw error
        }
    }

    private func enter() -> Bool {
        state.withLock { state in
            guard state.waiting < Self.waitingLimit else { return false }
            state.waiting += 1
            return true
        }
    }

    private func leave() { state.withLock { $0.waiting -= 1 } }

    private func attempt(
        _ commands: [RedisCommand], _ ticket: RedisHealth.Ticket, within limit: Duration
    ) -> Result<[Result<RedisReply, RedisError>], RedisError> {
        do throws(RedisError) {
            let results = try carryOut(commands, within: limit)
            health.succeeded(ticket, replies: results.count)
            for case .failure(let error) in results where error.isToTell { health.refused(error) }
            return .success(results)
        } catch {
            if error.isOutage { health.failed(ticket, error) } else { health.refused(error) }
            return .failure(error)
        }
    }

    // MARK: Connections

    /// Lends a connection with a node, on the calling thread.
    ///
    /// - Parameter body: returns what the server said; an outage among it ends the node's connections.
    func withConnection<Value>(
        at address: RedisAddress, _ body: (RedisConnection) throws(RedisError) -> Value
    ) throws(RedisError) -> Value {
        let connection = try take(address)
        do throws(RedisError) {
            let value = try body(connection)
            if !connection.isBroken { giveBack(connection) }
            return value
        } catch {
            if error.isOutage {
                forget(address)
            } else if !connection.isBroken {
                giveBack(connection)
            }
            throw error
        }
    }

    private func take(_ address: RedisAddress) throws(RedisError) -> RedisConnection {
        while let found = state.withLock({ $0.idle[address]?.popLast() }) {
            if ContinuousClock.now - found.openedAt < Self.lifetime, found.isOpen { return found }
        }
        do throws(RedisError) {
            return try RedisConnection(address, settings)
        } catch {
            forget(address)
            throw error
        }
    }

    private func giveBack(_ connection: RedisConnection) {
        state.withLock { $0.idle[connection.address, default: []].append(connection) }
    }

    /// What failed once takes its other connections with it, and is asked for no slot until a node names it again.
    private func forget(_ address: RedisAddress) {
        let idle = state.withLock { state in
            state.nodes = state.nodes.filter { $0.value != address }
            return state.idle.removeValue(forKey: address)
        }
        // Closed outside of the lock.
        withExtendedLifetime(idle) {}
    }

    /// Closes the connections that nobody has.
    public func closeAll() {
        let idle = state.withLock { state in
            defer { state.idle = [:] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    // MARK: Nodes

    /// The node that is asked for a key: the one last told of, else the one of the settings.
    func node(for command: RedisCommand) -> RedisAddress {
        guard let key = command.key else { return settings.address }
        return state.withLock { state in
            state.nodes.isEmpty ? nil : state.nodes[RedisSlots.slot(of: key)]
        } ?? settings.address
    }

    func learn(_ slot: Int, isAt address: RedisAddress) {
        state.withLock { $0.nodes[slot] = address }
    }
}

extension RedisError {
    /// Whether an operator should hear of it: a script that the server has not seen yet is no fault.
    fileprivate var isToTell: Bool {
        if case .refused(_, "NOSCRIPT", _) = self { false } else { true }
    }
}
