import Concurrency
import Synchronization

/// Words from one process to all others that listen: whatever is told reaches whoever listens at that moment, and nobody
/// later.
///
/// It listens on a connection of its own, which is made anew when it ends. What was told meanwhile is lost; whoever
/// listens is told that something may have been missed, and looks for itself.
public final class RedisChannel: Sendable {
    private let pool: RedisPool
    private let name: String
    private let executor = BlockingExecutor(label: "millrace.redis.channel", width: 1)
    private let pauses: ClosedRange<Duration>
    private let onGap: @Sendable () -> Void
    private let onLoss: @Sendable (any Error) -> Void
    private let state = Mutex(State())
    /// Messages that a slow listener may leave waiting; the oldest go first.
    private static let bufferLimit = 1_024
    /// How long one wait for a message is; after it the listener looks whether it is still wanted.
    private static let slice = Duration.milliseconds(250)
    /// Nodes of a cluster that one attempt tries.
    private static let askedLimit = 5
    /// Slices of silence, after which the server is asked for a sign of life.
    private static let patience = 60

    private struct State {
        var listeners: [Int: AsyncStream<String>.Continuation] = [:]
        var nextID = 0
        var task: Task<Void, Never>?
    }

    /// - Parameters:
    ///   - name: the channel's, the same for all processes that are to hear each other.
    ///   - pauses: between two attempts to connect, at first and at most.
    ///   - onGap: called each time that listening begins, and begins anew: what was told before was not heard.
    ///   - onLoss: called when listening ends or cannot begin; once until it has begun again.
    public init(
        _ pool: RedisPool, name: String, pauses: ClosedRange<Duration> = .seconds(1)...(.seconds(10)),
        onGap: @escaping @Sendable () -> Void = {}, onLoss: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.pool = pool
        self.name = name
        self.pauses = pauses
        self.onGap = onGap
        self.onLoss = onLoss
    }

    deinit { state.withLock { $0.task }?.cancel() }

    /// Tells all who listen, this process included. A server that is gone is counted and told of by the pool, and by
    /// nobody else: whoever must know that it was heard needs another way.
    public func publish(_ text: String) async {
        _ = try? await pool.send(RedisCommand(["PUBLISH", .text(name), .text(text)]))
    }

    /// What is told from the moment on that the server has agreed, of which `onGap` is told. Ends when the reading task is
    /// cancelled.
    public func messages() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: String.self, bufferingPolicy: .bufferingNewest(Self.bufferLimit))
        let id = state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = continuation
            if state.task == nil { state.task = Task { [weak self] in await Self.listen(self) } }
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in self?.leave(id) }
        return stream
    }

    private func leave(_ id: Int) {
        let task = state.withLock { state -> Task<Void, Never>? in
            state.listeners[id] = nil
            guard state.listeners.isEmpty else { return nil }
            defer { state.task = nil }
            return state.task
        }
        task?.cancel()
    }

    /// Keeps the channel no longer than a slice at a time, so that it can go.
    private static func listen(_ channel: RedisChannel?) async {
        weak let known = channel
        guard let pauses = channel?.pauses else { return }
        var pause = pauses.lowerBound
        var isLost = false
        while !Task.isCancelled {
            do {
                guard let connection = try await known?.connect() else { return }
                pause = pauses.lowerBound
                isLost = false
                known?.onGap()
                while try await known?.hear(connection) == true {}
                return
            } catch {
                if !isLost, !(error is CancellationError) { known?.onLoss(error) }
                isLost = true
                guard (try? await Task.sleep(for: pause)) != nil else { return }
                pause = min(pause * 2, pauses.upperBound)
            }
        }
    }

    private func connect() async throws -> Subscription {
        let password = pool.settings.password()
        do {
            return try await subscribe()
        } catch let error as RedisError {
            guard case .notAdmitted = error, await pool.settings.renewed(password) else { throw error }
            return try await subscribe()
        }
    }

    /// Any node of a cluster passes on what is told at any other.
    private func subscribe() async throws -> Subscription {
        try await executor.run { [pool, name] in
            var failure = RedisError.resting(server: pool.settings.name)
            for address in pool.seeds.prefix(Self.askedLimit) {
                do throws(RedisError) {
                    return try Self.subscribe(to: name, at: address, pool.settings)
                } catch {
                    // A password that is refused can be renewed, whatever else fails at other nodes.
                    if case .notAdmitted = failure { continue }
                    failure = error
                }
            }
            throw failure
        }
    }

    private static func subscribe(
        to name: String, at address: RedisAddress, _ settings: RedisSettings
    ) throws(RedisError) -> Subscription {
        let connection = try RedisConnection(address, settings)
        let reply = try connection.exchange(
            [RedisCommand(["SUBSCRIBE", .text(name)])], within: settings.connectTimeout
        ).first
        if case .error(let text) = reply {
            throw RedisError(reply: text, server: connection.server, user: settings.user ?? "default")
        }
        guard reply?.array?.first?.text == "subscribe" else {
            throw RedisError.unexpectedReply(server: connection.server, expected: "a subscription")
        }
        return Subscription(connection: connection)
    }

    private struct Subscription: Sendable {
        let connection: RedisConnection
        /// Slices since the server last said something.
        let silence = Silence()
    }

    private final class Silence: Sendable {
        let slices = Mutex(0)
    }

    /// Waits for a slice, or for a message, and passes it on.
    ///
    /// - Returns: whether to go on.
    private func hear(_ subscription: Subscription) async throws -> Bool {
        let text = try await executor.run { try Self.next(subscription) }
        if let text {
            let listeners = state.withLock { Array($0.listeners.values) }
            for listener in listeners { listener.yield(text) }
        }
        return !Task.isCancelled
    }

    private static func next(_ subscription: Subscription) throws -> String? {
        let connection = subscription.connection
        guard let reply = try connection.reply(until: .now + slice) else {
            let silent = subscription.silence.slices.withLock { slices in
                slices += 1
                return slices
            }
            if silent == patience {
                try connection.send([RedisCommand(["PING"])], until: .now + slice, slice)
            }
            guard silent < 2 * patience else {
                throw RedisError.timedOut(server: connection.server, after: slice * (2 * patience))
            }
            return nil
        }
        subscription.silence.slices.withLock { $0 = 0 }
        guard let parts = reply.array, parts.count == 3, parts[0].text == "message" else { return nil }
        return parts[2].text
    }
}
