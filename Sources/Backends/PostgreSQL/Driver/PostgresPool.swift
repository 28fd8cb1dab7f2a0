import Concurrency
import Foundation
import Synchronization

/// Sessions with one database, lent one body at a time.
///
/// A session is opened when none is free and fewer than ``size`` are open; it is closed after ``lifetime``, so that a
/// password that was changed and a server that was replaced are noticed, and when a statement shows that it is of no
/// more use. Then the others are not believed either: each is tried before it is lent again. Bodies run on threads of
/// the pool's own, one a session.
///
/// While no host will do, one body at a time tries them, and the others hear at once that there is none: they wait
/// without holding a thread, as ``retried(until:_:)`` does.
public final class PostgresPool: Sendable {
    public let settings: PostgresSettings
    public let size: Int
    /// How long a body waits for a session before it is refused.
    let patience: Duration
    let executor: BlockingExecutor
    let state = Mutex(State())
    let report: @Sendable (PostgresPoolEvent) -> Void
    private static let lifetime = Duration.seconds(1_800)
    /// After so long without use a session is tried before it is lent.
    private static let staleness = Duration.seconds(30)
    /// How long such a trial may take.
    private static let trialLimit = Duration.seconds(2)

    struct State {
        var idle: [PostgresConnection] = []
        var open = 0
        /// Grows whenever a session was lost: those of an earlier one are tried before they are lent.
        var generation: UInt64 = 0
        /// Grows when all are to be closed: those of an earlier one are, when they come back.
        var epoch: UInt64 = 0
        /// The host that was right last, and its address.
        var endpoint: PostgresEndpoint?
        var outage: PostgresOutage?
        /// Until then an outage is not told, since sessions that were there served all the while.
        var quietUntil: ContinuousClock.Instant?
        var pulses: [PostgresEndpoint: ContinuousClock.Instant] = [:]
        /// How far the server's log reached behind what was written last.
        var position: Int64 = 0
        var tellsPosition = false
    }

    /// A session, and what the pool was when it was lent.
    private struct Loan {
        var connection: PostgresConnection
        var generation: UInt64
        var epoch: UInt64
        var lentAt = ContinuousClock.now
    }

    /// - Parameters:
    ///   - size: sessions at most, 1 or more.
    ///   - patience: how long what failed for a reason that passes is tried again.
    ///   - report: is told when the database is lost and found; from any thread, and not to wait there.
    public init(
        _ settings: PostgresSettings, size: Int = 8, patience: Duration = .seconds(10),
        report: @escaping @Sendable (PostgresPoolEvent) -> Void = { _ in }
    ) {
        self.settings = settings
        self.size = size
        self.patience = patience
        self.report = report
        executor = BlockingExecutor(label: "millrace.postgres", width: size)
    }

    /// Lends a session.
    ///
    /// The executor has as many threads as there may be sessions, so whoever has a thread finds a session free: the
    /// line of those that wait is the executor's. A password is asked for only where a session has to be opened.
    public func withConnection<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await withConnection(until: ContinuousClock.now + patience, body)
    }

    /// - Parameter end: whose turn comes later is refused, so that a line that has waited for long is gone at once.
    func withConnection<Value: Sendable>(
        until end: ContinuousClock.Instant, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await executor.run { [self] in
            guard ContinuousClock.now < end else {
                throw PostgresError.poolExhausted(server: settings.name, size: size, waited: patience)
            }
            return try lend(takeOpen() ?? open(until: end), to: body)
        }
    }

    /// Lends a session that is open and free to `body` on the calling thread, which must be one that may wait.
    ///
    /// It stands for a thread of the executor's meanwhile, so that there are no more sessions than there may be.
    ///
    /// - Returns: `nil` if there is none, or no thread to stand for; `body` was not begun then.
    func withOpenConnection<Value>(_ body: (PostgresConnection) throws -> Value) throws -> Value? {
        let lent = try executor.runInPlace { try takeOpen().map { try lend($0, to: body) } }
        return lent ?? nil
    }

    private func lend<Value>(
        _ loan: Loan, to body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        let connection = loan.connection
        do {
            let value = try body(connection)
            if connection.isBroken { drop(loan) } else { giveBack(loan, hasServed: true) }
            return value
        } catch {
            if (error as? PostgresError)?.endsConnection == true || connection.isBroken {
                drop(loan)
            } else {
                giveBack(loan, hasServed: false)
            }
            throw error
        }
    }

    /// Closes every session: those that are lent, once they come back.
    public func closeAll() {
        let idle = state.withLock { state in
            state.epoch &+= 1
            state.generation &+= 1
            state.open -= state.idle.count
            defer { state.idle = [] }
            return state.idle
        }
        withExtendedLifetime(idle) {}
    }

    /// A session that is open, free and of use.
    private func takeOpen() -> Loan? {
        while true {
            let (found, loan) = state.withLock { state in
                (state.idle.popLast(), (generation: state.generation, epoch: state.epoch))
            }
            guard let found else { return nil }
            if isOfUse(found, in: loan.generation) {
                found.trustedIn = loan.generation
                return Loan(connection: found, generation: loan.generation, epoch: loan.epoch)
            }
            state.withLock { $0.open -= 1 }
        }
    }

    private func open(until end: ContinuousClock.Instant) throws -> Loan {
        let first = try state.withLock { state in
            try state.outage?.beginTrial(at: .now)
            return state.endpoint
        }
        let connection: PostgresConnection
        do {
            let limit = min(end + .seconds(1), ContinuousClock.now + settings.connectTimeout)
            connection = try PostgresConnection(settings, first: first, until: limit, password: .asked)
            try connection.identify()
        } catch {
            noteOutage(error)
            throw error
        }
        connection.pulse = { [weak self, endpoint = connection.endpoint] in self?.pulse(of: endpoint) ?? nil }
        let (loan, event) = state.withLock { state -> (Loan, PostgresPoolEvent?) in
            state.open += 1
            let event = state.found(connection.endpoint, name: connection.server)
            connection.trustedIn = state.generation
            return (Loan(connection: connection, generation: state.generation, epoch: state.epoch), event)
        }
        if let event { report(event) }
        return loan
    }

    private func noteOutage(_ error: any Error) {
        guard let error = error as? PostgresError else { return }
        let event = state.withLock { $0.lost(error, at: .now) }
        if let event { report(event) }
    }

    /// Whether a session can be lent. One that lay idle for long, or of which another one was lost, is tried: a server
    /// that vanished, or became a standby, is found out here and not by a statement of a transaction.
    private func isOfUse(_ connection: PostgresConnection, in generation: UInt64) -> Bool {
        let now = ContinuousClock.now
        guard now - connection.openedAt < Self.lifetime, connection.isOpen else { return false }
        if connection.trustedIn == generation, now - connection.lastUse <= Self.staleness { return true }
        let patience = connection.patience
        connection.patience = min(patience, Self.trialLimit)
        defer { connection.patience = patience }
        guard let row = try? connection.query("SELECT pg_is_in_recovery()").first,
            let isStandby = try? row.bool(0)
        else {
            // Where one is silent the others would be for as long each.
            closeDistrusted()
            return false
        }
        return settings.role == .any || isStandby == (settings.role == .replica)
    }

    private func closeDistrusted() {
        let closed = state.withLock { state in
            let (all, generation) = (state.idle, state.generation)
            state.idle = all.filter { $0.trustedIn == generation }
            state.open -= all.count - state.idle.count
            return all
        }
        withExtendedLifetime(closed) {}
    }

    private func giveBack(_ loan: Loan, hasServed: Bool) {
        let now = ContinuousClock.now
        loan.connection.lastUse = now
        let event = state.withLock { state -> PostgresPoolEvent? in
            guard loan.epoch == state.epoch else {
                state.open -= 1
                return nil
            }
            state.idle.append(loan.connection)
            guard hasServed else { return nil }
            return state.served(by: loan.connection.server, lentAt: loan.lentAt, at: now)
        }
        if let event { report(event) }
    }

    /// A server that went away, or became a standby, takes all of its sessions with it.
    private func drop(_ loan: Loan) {
        state.withLock { state in
            state.open -= 1
            if loan.generation == state.generation { state.generation &+= 1 }
        }
    }

    /// Grows whenever the server was lost: what answers afterwards may be another one, with less in it.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Open sessions, lent ones included.
    public var openCount: Int { state.withLock { $0.open } }
}
