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
        _ settings: PostgresSettings, first: PostgresHost?, until end: ContinuousClock.Instant,
        password: (PostgresHost) -> String?
    ) throws -> (OpaquePointer, PostgresHost) {
        var hosts = settings.hosts
        if let first, let place = hosts.firstIndex(of: first) { hosts.swapAt(0, place) }
        var refusals: [PostgresError] = []
        for (place, host) in hosts.enumerated() {
            let left = max(end - ContinuousClock.now, .milliseconds(500))
            do {
                let limit = ContinuousClock.now + left / (hosts.count - place)
                return (try connect(settings, host, password: password(host), until: limit), host)
            } catch let error as PostgresError {
                refusals.append(error)
            }
        }
        // Where none passes by itself, somebody has to hear of it. Beside one that does, a host may only be on its way to
        // what another one was.
        if refusals.allSatisfy({ !$0.isTransient }), let lasting = refusals.first { throw lasting }
        guard refusals.count > 1 else {
            throw refusals.first ?? .cannotConnect(server: settings.name, reason: "no host is named")
        }
        let reasons = refusals.map { refusal in
            if case .cannotConnect(let server, let reason) = refusal {
                "\(server): \(reason)"
            } else {
                "\(refusal)"
            }
        }
        throw PostgresError.cannotConnect(server: settings.name, reason: reasons.joined(separator: "; "))
    }

    private static func connect(
        _ settings: PostgresSettings, _ host: PostgresHost, password: String?,
        until end: ContinuousClock.Instant
    ) throws -> OpaquePointer {
        let server = settings.name(of: host)
        let words = settings.keywords(of: host, password: password)
        guard let connection = withKeywords(words, { PQconnectStartParams($0, $1, 0) }) else {
            throw PostgresError.cannotConnect(server: server, reason: "no memory for a connection")
        }
        do {
            try finish(connection, settings, host, until: end)
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
        _ connection: OpaquePointer, _ settings: PostgresSettings, _ host: PostgresHost,
        until end: ContinuousClock.Instant
    ) throws {
        let begin = ContinuousClock.now
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_FAILED else {
                throw refusal(reason(of: connection), settings, host)
            }
            let events = Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            guard wait(on: PQsocket(connection), for: events, until: end) else {
                let waited = Duration.milliseconds((ContinuousClock.now - begin).wholeMilliseconds)
                throw PostgresError.cannotConnect(
                    server: settings.name(of: host), reason: "no answer within \(waited)")
            }
            state = PQconnectPoll(connection)
        }
    }

    /// What a refused connection means. libpq gives no code here, only words, which servers may translate.
    static func refusal(
        _ reason: String, _ settings: PostgresSettings, _ host: PostgresHost
    ) -> PostgresError {
        let server = settings.name(of: host)
        // The host's own name says nothing of what is wrong.
        let text = reason.replacing(host.name, with: "").lowercased()
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }
        // A server that goes while it is being connected to, which ends TLS as well.
        if says("unexpectedly", "unexpected eof", "eof detected", "reset by peer", "broken pipe", "timed out")
        {
            return .cannotConnect(server: server, reason: reason)
        }
        // libpq's words, which no server translates, for one that was to be a standby.
        if says("not in hot standby mode") {
            return .replicaUnusable(
                server: server, reason: "it takes writes itself and follows no other server")
        }
        if says("certificate", "ssl", "tls") { return .certificate(server: server, reason: reason) }
        if says("password", "authentication", "pg_hba", "role \"") {
            return .notAdmitted(server: server, user: settings.user, reason: reason)
        }
        if says("database \""), says("does not exist") {
            return .noSuchDatabase(server: server, reason: reason)
        }
        return .cannotConnect(server: server, reason: reason)
    }

    /// Whether the host answers at all, whoever asks.
    ///
    /// - Returns: what is wrong, or `nil`. Takes two to three seconds at most.
    static func ping(_ settings: PostgresSettings, _ host: PostgresHost) -> String? {
        switch withKeywords(settings.pingKeywords(of: host), { PQpingParams($0, $1, 0) }) {
        case PQPING_OK, PQPING_NO_ATTEMPT: nil
        case PQPING_REJECT: "the server takes no connections"
        default: "the server does not answer any more"
        }
    }
}
