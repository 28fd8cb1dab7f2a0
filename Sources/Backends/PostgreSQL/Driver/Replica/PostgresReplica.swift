import Foundation
import Synchronization

/// Servers that follow the primary, for reads that may be a little late.
///
/// Whatever is wrong with them, the primary is asked instead: no read fails, and none waits, because of a replica. It is
/// looked at no more often than ``pace``, beside the reads, and only while there are any.
public final class PostgresReplica: Sendable {
    public let pool: PostgresPool
    let primary: PostgresPool
    /// What a read that may be late may be late by.
    public let lagLimit: Duration
    let state = Mutex(State())
    private let report: @Sendable (PostgresReplicaEvent) -> Void

    struct State {
        var standing = Standing.unknown
        var history = PositionHistory()
        var lastCheck: ContinuousClock.Instant?
        var isChecked = false
        var counts = Counts()
    }

    /// What a replica was found to be when it was last looked at.
    public enum Standing: Sendable, Hashable {
        /// Not looked at yet, or for too short a time to tell how late it is.
        case unknown
        case usable
        case gone(reason: String)
        case lagging
    }

    /// Reads since the process began.
    public struct Counts: Sendable, Hashable {
        /// Those that a replica served.
        public var served = 0
        /// Those that went to the primary, as the replica was gone, late, or lacked something that had to be in it.
        public var passed = 0
    }

    /// - Parameters:
    ///   - settings: of the replicas; their ``PostgresSettings/role`` is of no account.
    ///   - primary: what they follow.
    ///   - lagLimit: more than zero.
    ///   - report: is told once of each change; from any thread, and not to wait there.
    public init(
        _ settings: PostgresSettings, size: Int, of primary: PostgresPool, lagLimit: Duration,
        report: @escaping @Sendable (PostgresReplicaEvent) -> Void = { _ in }
    ) {
        var settings = settings
        settings.role = .replica
        // The primary can serve what a replica cannot in good time.
        settings.connectTimeout = min(settings.connectTimeout, .seconds(3))
        settings.statementTimeout = min(settings.statementTimeout, .seconds(10))
        settings.pulse = min(settings.pulse, .seconds(1))
        pool = PostgresPool(settings, size: size, patience: .seconds(2))
        self.primary = primary
        self.lagLimit = max(lagLimit, .milliseconds(100))
        self.report = report
        primary.tellPosition()
    }

    public var standing: Standing { state.withLock { $0.standing } }
    public var counts: Counts { state.withLock { $0.counts } }

    /// How late it was when it was last looked at; `nil` when that is not known.
    public var lag: Duration? {
        state.withLock { state in
            guard state.standing == .usable || state.standing == .lagging else { return nil }
            return state.history.lag
        }
    }

    /// How long a look holds.
    private var pace: Duration { max(min(lagLimit / 5, .seconds(1)), .milliseconds(50)) }

    /// Whether to try a replica; has it looked at when that was too long ago.
    private func isWorthTrying() -> Bool {
        let (isUsable, isDue) = state.withLock { state in
            let isDue = !state.isChecked && state.lastCheck.map { ContinuousClock.now - $0 >= pace } ?? true
            if isDue { state.isChecked = true }
            return (state.standing == .usable, isDue)
        }
        // Nobody waits for it: this read goes by what was found before.
        if isDue { Task.detached { [self] in await check() } }
        return isUsable
    }

    /// Reads in one snapshot of a replica.
    ///
    /// - Returns: `nil` when the primary is to be asked.
    func read<Value: Sendable>(
        _ need: ReplicaNeed, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async -> Value? {
        let value = isWorthTrying() ? await tryToRead(need, body) : nil
        state.withLock { state in
            if value == nil { state.counts.passed += 1 } else { state.counts.served += 1 }
        }
        return value
    }

    private func tryToRead<Value: Sendable>(
        _ need: ReplicaNeed, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async -> Value? {
        // A primary that does not answer says nothing of the replica.
        let floor: ContentVersion?
        do { floor = try await need.floor(primary) } catch { return nil }
        do {
            return try await pool.withConnection(until: ContinuousClock.now + .seconds(1)) { [self] db in
                try demand(need, db)
                try db.begin(.snapshot)
                do {
                    try floor?.demand(db)
                    let value = try body(db)
                    try db.simple("COMMIT")
                    return value
                } catch {
                    if !db.isBroken { _ = try? db.simple("ROLLBACK") }
                    throw error
                }
            }
        } catch let error as PostgresError where error.endsConnection || error.isOfConnecting {
            // It is looked at anew before it is tried again.
            settle(.gone(reason: error.reason))
            return nil
        } catch {
            return nil
        }
    }

    /// Before the snapshot is taken, so that it holds what is looked for here.
    private func demand(_ need: ReplicaNeed, _ db: PostgresConnection) throws {
        guard case .late = need else { return }
        let found = try ReplicaPosition.read(db)
        let (lag, timeline) = state.withLock {
            ($0.history.lag(at: found.position, now: .now), $0.history.timeline)
        }
        guard found.isStandby, found.timeline == timeline, found.position >= primary.position, let lag,
            lag <= lagLimit
        else {
            throw PostgresError.replicaUnusable(server: db.server, reason: "it is late")
        }
    }

    /// Notes what it was found to be, and tells it once.
    private func settle(_ standing: Standing) {
        let (isChange, lag) = state.withLock { state in
            let before = state.standing
            state.standing = standing
            if case .gone = before, case .gone = standing { return (false, Duration.zero) }
            return (before != standing && standing != .unknown, state.history.lag ?? .zero)
        }
        guard isChange else { return }
        switch standing {
        case .unknown: break
        case .usable: report(.usable(server: pool.settings.name))
        case .gone(let reason): report(.gone(server: pool.settings.name, reason: reason))
        case .lagging: report(.lagging(server: pool.settings.name, by: lag, limit: lagLimit))
        }
    }

    /// Looks at the primary and at the replica.
    func check() async {
        defer {
            state.withLock { state in
                state.isChecked = false
                state.lastCheck = .now
            }
        }
        let now = ContinuousClock.now
        // Without a primary nothing can be said of a replica.
        guard
            let ahead = try? await primary.withConnection(
                until: now + .seconds(1), { try ReplicaPosition.read($0) })
        else { return }
        state.withLock { $0.history.note(ahead.position, of: ahead.timeline, at: now) }
        do {
            let behind = try await pool.withConnection(until: ContinuousClock.now + .seconds(1)) {
                try ReplicaPosition.read($0)
            }
            try behind.demandReplica(of: ahead, server: pool.settings.name)
            let lag = state.withLock { $0.history.update(at: behind.position, now: .now) }
            if let lag { settle(lag <= lagLimit ? .usable : .lagging) }
        } catch let error as PostgresError {
            settle(.gone(reason: error.reason))
        } catch {
            settle(.gone(reason: "\(error)"))
        }
    }
}

/// What is told of a replica.
public enum PostgresReplicaEvent: Sendable, Hashable {
    case usable(server: String)
    case gone(server: String, reason: String)
    case lagging(server: String, by: Duration, limit: Duration)
}
