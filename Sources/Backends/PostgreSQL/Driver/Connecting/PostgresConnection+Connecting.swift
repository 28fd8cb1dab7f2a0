import CLibPQ
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

extension PostgresConnection {
    /// Tries one host after another, each for its share of what is left of the time.
    ///
    /// libpq's own list of hosts is not used: by its asynchronous calls it would wait for the first for as long as that
    /// one is silent, and it has one password for all of them.
    static func connect(
        _ settings: PostgresSettings, first: PostgresEndpoint?, until end: ContinuousClock.Instant,
        password: SessionPassword
    ) throws -> (OpaquePointer, PostgresEndpoint) {
        var hosts = settings.hosts
        if let first, let place = hosts.firstIndex(of: first.host) { hosts.swapAt(0, place) }
        var refusals: [PostgresError] = []
        for (place, host) in hosts.enumerated() {
            let left = max(end - ContinuousClock.now, .milliseconds(500))
            do {
                let limit = ContinuousClock.now + left / (hosts.count - place)
                return try connect(settings, host, first: first?.address, until: limit, password: password)
            } catch let error as PostgresError {
                refusals.append(error)
            }
        }
        throw merged(refusals, server: settings.name)
    }

    /// Tries one host, and once more with a password that was changed meanwhile.
    private static func connect(
        _ settings: PostgresSettings, _ host: PostgresHost, first: String?,
        until end: ContinuousClock.Instant, password: SessionPassword
    ) throws -> (OpaquePointer, PostgresEndpoint) {
        let known = try password.current(for: host, settings, until: end)
        do {
            return try tryAddresses(of: host, settings, first: first, until: end, password: known)
        } catch let refusal as PostgresError {
            guard case .notAdmitted = refusal,
                let newer = try password.renewed(for: host, refused: known, settings, until: end)
            else { throw refusal }
            return try tryAddresses(of: host, settings, first: first, until: end, password: newer)
        }
    }

    /// Tries the addresses of a host one after another, each for its share of the time.
    private static func tryAddresses(
        of host: PostgresHost, _ settings: PostgresSettings, first: String?,
        until end: ContinuousClock.Instant, password: String?
    ) throws -> (OpaquePointer, PostgresEndpoint) {
        var endpoints = try endpoints(of: host, settings, until: end)
        if let place = endpoints.firstIndex(where: { $0.address == first }) { endpoints.swapAt(0, place) }
        var refusals: [PostgresError] = []
        for (place, endpoint) in endpoints.enumerated() {
            let left = max(end - ContinuousClock.now, .milliseconds(500))
            let limit = ContinuousClock.now + left / (endpoints.count - place)
            do {
                return (try open(endpoint, settings, until: limit, password: password), endpoint)
            } catch let error as PostgresError {
                // Whatever else a server says is its answer, which another address would not better.
                guard error.mayBeOtherElsewhere else { throw error }
                refusals.append(error)
            }
        }
        throw merged(refusals, server: settings.name(of: host))
    }

    private static func endpoints(
        of host: PostgresHost, _ settings: PostgresSettings, until end: ContinuousClock.Instant
    ) throws -> [PostgresEndpoint] {
        guard host.isLookedUp else { return [PostgresEndpoint(host: host, address: nil)] }
        do {
            return try settings.names.addresses(of: host.name, until: end)
                .map { PostgresEndpoint(host: host, address: $0) }
        } catch {
            throw PostgresError.cannotConnect(server: settings.name(of: host), reason: "\(error)")
        }
    }

    private static func open(
        _ endpoint: PostgresEndpoint, _ settings: PostgresSettings, until end: ContinuousClock.Instant,
        password: String?
    ) throws -> OpaquePointer {
        let server = settings.name(of: endpoint.host)
        let words = settings.keywords(of: endpoint, password: password)
        guard let connection = withKeywords(words, { PQconnectStartParams($0, $1, 0) }) else {
            throw PostgresError.cannotConnect(server: server, reason: "no memory for a connection")
        }
        do {
            // Only so does libpq tell the code of a refusal.
            PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
            try finish(connection, settings, endpoint, until: end)
            PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
            return connection
        } catch {
            PQfinish(connection)
            throw error
        }
    }

    static func withKeywords<Value>(
        _ words: [(String, String)],
        _ body: ([UnsafePointer<CChar>?], [UnsafePointer<CChar>?]) -> Value
    ) -> Value {
        // The arrays end in a null; every text is ended by strdup, and lives until libpq has copied it.
        var names = words.map { strdup($0.0) }
        var values = words.map { strdup($0.1) }
        defer { (names + values).forEach { free($0) } }
        names.append(nil)
        values.append(nil)
        return body(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) })
    }

    private static func finish(
        _ connection: OpaquePointer, _ settings: PostgresSettings, _ endpoint: PostgresEndpoint,
        until end: ContinuousClock.Instant
    ) throws {
        let begin = ContinuousClock.now
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_FAILED else {
                throw refusal(reason(of: connection), settings, endpoint.host)
            }
            let events = Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            guard wait(on: PQsocket(connection), for: events, until: end) else {
                let waited = Duration.milliseconds((ContinuousClock.now - begin).wholeMilliseconds)
                let source = endpoint.address.map { " from \($0)" } ?? ""
                throw PostgresError.cannotConnect(
                    server: settings.name(of: endpoint.host), reason: "no answer\(source) within \(waited)")
            }
            state = PQconnectPoll(connection)
        }
    }

    /// What a refused connection means.
    ///
    /// - Parameter told: what libpq says of it, on one line.
    static func refusal(
        _ told: String, _ settings: PostgresSettings, _ host: PostgresHost
    ) -> PostgresError {
        ConnectRefusal(told, settings, host).error(settings, host)
    }

    /// What the refusals of several hosts, or of several addresses, come to.
    private static func merged(_ refusals: [PostgresError], server: String) -> PostgresError {
        // Where none passes by itself, somebody has to hear of it. Beside one that does, a host may only be on its way to
        // what another one was.
        if refusals.allSatisfy({ !$0.isTransient }), let lasting = refusals.first { return lasting }
        guard refusals.count > 1 else {
            return refusals.first ?? .cannotConnect(server: server, reason: "no host is named")
        }
        let reasons = refusals.map { refusal in
            guard case .cannotConnect(let own, let reason) = refusal else {
                return "\(refusal)".withoutEndMark
            }
            return own == server ? reason : "\(own): \(reason)"
        }
        return .cannotConnect(server: server, reason: reasons.joined(separator: "; "))
    }

    /// Whether the host answers at all, whoever asks.
    ///
    /// - Returns: what is wrong, or `nil`. Takes two to three seconds at most.
    static func ping(_ settings: PostgresSettings, _ endpoint: PostgresEndpoint) -> String? {
        switch withKeywords(settings.pingKeywords(of: endpoint), { PQpingParams($0, $1, 0) }) {
        case PQPING_OK, PQPING_NO_ATTEMPT: nil
        case PQPING_REJECT: "the server takes no connections"
        default: "the server does not answer any more"
        }
    }
}
