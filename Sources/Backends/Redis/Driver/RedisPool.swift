import Concurrency
import Synchronization

/// A few connections with a Redis, or with the nodes of its cluster, for as many requests as come.
///
/// Commands run on threads of the pool's own, one a connection, and whoever waits for one waits no longer than they
/// said, whatever the server does. A server that failed rests: for a second at first, then longer, all commands are
/// refused at once, and then one is tried (``RedisHealth``). So does a node of a cluster, and the others go on
/// (``RedisCluster``).
public final class RedisPool: Sendable {
    public let settings: RedisSettings
    let health: RedisHealth
    let cluster: RedisCluster
    private let executor: BlockingExecutor
    private let state = Mutex(State())
    /// Commands that may wait for a connection.
    private static let waitingLimit = 1_024
    /// After so long a connection is made anew, so that a changed password and a replaced server are noticed.
    private static let lifetime = Duration.seconds(1_800)

    private struct State {
        var idle: [RedisAddress: [RedisConnection]] = [:]
        var waiting = 0
    }

    /// - Parameters:
    ///   - size: commands under way at most, and connections with a server, 1 or more.
    ///   - pauses: how long a server that failed rests, at first and at most.
    ///   - onChange: is told when the server is lost and found; must not wait.
    public init(
        _ settings: RedisSettings, size: Int = 4,
        pauses: ClosedRange<Duration> = .seconds(1)...(.seconds(10)),
        onChange: @escaping @Sendable (RedisChange) -> Void = { _ in }
    ) {
        self.settings = settings
        health = RedisHealth(watching: settings.address, pauses: pauses, onChange: onChange)
        cluster = RedisCluster(pause: pauses.lowerBound)
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

    /// Has commands carried out, all of a node's sent before the first is answered.
    ///
    /// - Parameter limit: how long to wait in all; ``RedisSettings/commandTimeout`` unless told.
    /// - Returns: what became of each, in their order; what a node of a cluster failed with is told of its commands.
    /// - Throws: ``RedisError`` when none was, or it is not known; `CancellationError`.
    public func send(
        _ commands: [RedisCommand], within limit: Duration? = nil
    ) async throws -> [Result<RedisReply, RedisError>] {
        let limit = limit ?? settings.commandTimeout
        let plan = plan(commands)
        guard let first = plan.nodes.first else { return [] }
        guard !plan.tickets.isEmpty else {
            readMapSoon()
            throw RedisError.resting(server: settings.name(of: first))
        }
        guard enter() else {
            health.countSkipped()
            throw RedisError.busy(server: settings.name(of: first), waiting: Self.waitingLimit)
        }
        let outcome = RedisOutcome()
        // A task of its own: whoever waits goes when time is up, and the thread ends what it has begun.
        let task = Task(executorPreference: executor) { [self] in
            defer { leave() }
            guard !Task.isCancelled else { return }
            outcome.settle(await attempt(commands, plan, within: limit))
            readMap()
        }
        do {
            return try await withDeadline(limit) { try await outcome.value() }.get()
        } catch is DeadlineExceeded {
            task.cancel()
            throw RedisError.timedOut(server: settings.name(of: first), after: limit)
        } catch {
            task.cancel()
            throw error
        }
    }

    /// Carries commands out, and once more where the password was refused and there is another one by then.
    private func attempt(
        _ commands: [RedisCommand], _ plan: Plan, within limit: Duration
    ) async -> RedisOutcome.Value {
        let password = settings.password()
        // Only of what went to one node it is sure that nothing was carried out.
        let mayRepeat = settings.renewPassword != nil && Set(plan.nodes).count == 1
        let result = carryOut(commands, plan, within: limit, forgivesPassword: mayRepeat)
        guard case .failure(.notAdmitted) = result else { return result }
        _ = await settings.renewed(password)
        // Without another password the second attempt is the one that counts.
        return mayRepeat ? carryOut(commands, plan, within: limit) : result
    }

    /// Has the map of a cluster read, if it is time, though nobody's command is carried out.
    private func readMapSoon() {
        guard cluster.isDue, enter() else { return }
        Task(executorPreference: executor) { [self] in
            defer { leave() }
            readMap()
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
            let connection = try RedisConnection(address, settings)
            if connection.isInCluster, cluster.beginFirstReading() { try readMap(with: connection) }
            return connection
        } catch {
            forget(address)
            throw error
        }
    }

    private func giveBack(_ connection: RedisConnection) {
        state.withLock { $0.idle[connection.address, default: []].append(connection) }
    }

    /// What failed once takes its other connections with it.
    private func forget(_ address: RedisAddress) {
        let idle = state.withLock { $0.idle.removeValue(forKey: address) }
        // Closed outside of the lock.
        withExtendedLifetime(idle) {}
    }

    /// Closes the idle connections with nodes that are none any more.
    func forget(allBut known: Set<RedisAddress>) {
        let gone = state.withLock { state in
            let gone = state.idle.filter { !known.contains($0.key) }
            state.idle = state.idle.filter { known.contains($0.key) }
            return gone
        }
        // Closed outside of the lock.
        withExtendedLifetime(gone) {}
    }

    /// Closes the connections that nobody has.
    public func closeAll() {
        let idle = state.withLock { state in
            defer { state.idle = [:] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }
}
