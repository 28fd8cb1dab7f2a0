import Synchronization

/// What a pool tells of its database.
public enum PostgresPoolEvent: Sendable, Hashable {
    /// No host will do; told once, until one does.
    case lost(reason: String)
    /// A host will do again.
    case found(server: String, after: Duration)
    /// Another host than before serves.
    case moved(from: String, to: String)
    /// The schema cannot be brought up to date yet, which is waited for; told once a minute.
    case waiting(reason: String)
}

/// The time in which no host of a pool will do.
struct PostgresOutage: Sendable {
    var begin: ContinuousClock.Instant
    var error: PostgresError
    /// Whether somebody tries the hosts now.
    var isTried = false
    var nextTrial: ContinuousClock.Instant
    /// Whether it was told.
    var isTold = false

    /// Hosts are not asked more often than that.
    static let pace = Duration.milliseconds(50)

    /// - Throws: what the last trial found, where another body is at it, or was a moment ago.
    mutating func beginTrial(at now: ContinuousClock.Instant) throws(PostgresError) {
        guard !isTried, now >= nextTrial else { throw error }
        isTried = true
    }
}

extension PostgresPool.State {
    /// Notes that no host will do.
    mutating func lost(_ error: PostgresError, at now: ContinuousClock.Instant) -> PostgresPoolEvent? {
        // Whoever is not let in is answered: the next one is told the same.
        guard error.isTransient else {
            outage = nil
            return nil
        }
        var found = PostgresOutage(
            begin: outage?.begin ?? now, error: error, nextTrial: now + PostgresOutage.pace)
        let wasTold = outage?.isTold ?? false
        found.isTold = wasTold || quietUntil.map { now >= $0 } ?? true
        outage = found
        return found.isTold && !wasTold ? .lost(reason: error.description) : nil
    }

    /// Notes that a session has served which was lent after no host would do: the server lets in no more sessions than
    /// it has, and serves those.
    ///
    /// The next such time within a minute is not told.
    mutating func served(
        by server: String, lentAt: ContinuousClock.Instant, at now: ContinuousClock.Instant
    ) -> PostgresPoolEvent? {
        guard let outage, lentAt >= outage.begin else { return nil }
        self.outage = nil
        quietUntil = now + .seconds(60)
        return outage.isTold ? .found(server: server, after: now - outage.begin) : nil
    }

    /// Notes which host will do, and at which address.
    mutating func found(_ found: PostgresEndpoint, name: String) -> PostgresPoolEvent? {
        defer {
            outage = nil
            endpoint = found
        }
        if let before = endpoint?.host, before != found.host {
            // Sessions with the other one may be left, which takes no writes any more.
            generation &+= 1
            return .moved(from: "\(before)", to: "\(found.host)")
        }
        guard let outage, outage.isTold else { return nil }
        return .found(server: name, after: ContinuousClock.now - outage.begin)
    }
}

extension PostgresPool {
    /// Whether a host that is silent to one session answers at all.
    ///
    /// An answer is believed for a moment by the other sessions that wait.
    ///
    /// - Returns: what is wrong, or `nil`.
    func pulse(of endpoint: PostgresEndpoint) -> String? {
        let isFresh = state.withLock { state in
            guard let last = state.pulses[endpoint] else { return false }
            return ContinuousClock.now - last < settings.pulse
        }
        if isFresh { return nil }
        // Twice: a server that has much to do may take its time to let somebody in.
        let fault =
            PostgresConnection.ping(settings, endpoint) == nil
            ? nil : PostgresConnection.ping(settings, endpoint)
        if fault == nil { state.withLock { $0.pulses[endpoint] = .now } }
        return fault
    }

    /// Whether no host will do at this moment.
    public var isLost: Bool { state.withLock { $0.outage != nil } }

    /// How far the server's log reached behind what this process has written last, in bytes; 0 before.
    public var position: Int64 { state.withLock { $0.position } }

    /// Has every write ask how far the log reaches behind it.
    func tellPosition() { state.withLock { $0.tellsPosition = true } }

    func note(_ position: Int64) { state.withLock { $0.position = max($0.position, position) } }
}
