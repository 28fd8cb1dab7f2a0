import CLibPQ
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// One session with a server, over libpq. Its calls wait, so they belong on a thread that may.
///
/// `@unchecked Sendable`: it has no lock of its own; the pool lends it to one body at a time and hands it on only when
/// that has ended.
public final class PostgresConnection: @unchecked Sendable {
    let connection: OpaquePointer
    public let server: String
    /// The prepared statements of this session, by their text.
    private var statements: [String: String] = [:]
    private var namesGiven = 0
    private let keepsStatements: Bool
    static let statementLimit = 500
    let openedAt = ContinuousClock.now
    var lastUse = ContinuousClock.now
    /// Set once it cannot be used again.
    private(set) var isBroken = false
    /// How long the server may stay silent; a bound above the server's own time limit of a statement.
    let patience: Duration

    /// Connects and waits for it.
    public init(_ settings: PostgresSettings, password: String?) throws {
        server = settings.name
        keepsStatements = settings.keepsStatements
        patience = settings.statementTimeout + .seconds(10)
        let words = settings.keywords(password: password)
        guard let connection = Self.begin(words) else {
            throw PostgresError.cannotConnect(server: server, reason: "no memory for a connection")
        }
        // From here on deinit closes it, whatever is thrown.
        self.connection = connection
        try Self.finish(connection, settings)
        PQsetnonblocking(connection, 1)
        // What the server remarks on is no affair of the terminal's.
        PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    private static func begin(_ words: [(String, String)]) -> OpaquePointer? {
        // The arrays end in a null; every text is ended by strdup, and lives until libpq has copied it.
        var names = words.map { strdup($0.0) }
        var values = words.map { strdup($0.1) }
        defer { (names + values).forEach { free($0) } }
        names.append(nil)
        values.append(nil)
        let keys = names.map { UnsafePointer($0) }
        let texts = values.map { UnsafePointer($0) }
        return PQconnectStartParams(keys, texts, 0)
    }

    private static func finish(_ connection: OpaquePointer, _ settings: PostgresSettings) throws {
        let end = ContinuousClock.now + settings.connectTimeout
        var state = PGRES_POLLING_WRITING
        while state != PGRES_POLLING_OK {
            guard PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_FAILED else {
                throw refusal(reason(of: connection), settings)
            }
            let events = Int16(state == PGRES_POLLING_READING ? POLLIN : POLLOUT)
            guard wait(on: PQsocket(connection), for: events, until: end) else {
                throw PostgresError.cannotConnect(
                    server: settings.name, reason: "no answer within \(settings.connectTimeout)")
            }
            state = PQconnectPoll(connection)
        }
    }

    /// What a refused connection means. libpq gives no code here, only words, which servers may translate.
    private static func refusal(_ reason: String, _ settings: PostgresSettings) -> PostgresError {
        let text = reason.lowercased()
        if text.contains("certificate") || text.contains("ssl") || text.contains("tls") {
            return .certificate(server: settings.name, reason: reason)
        }
        if text.contains("password") || text.contains("authentication") || text.contains("pg_hba")
            || text.contains("role \"")
        {
            return .notAdmitted(server: settings.name, user: settings.user, reason: reason)
        }
        if text.contains("database \"") && text.contains("does not exist") {
            return .noSuchDatabase(server: settings.name, reason: reason)
        }
        return .cannotConnect(server: settings.name, reason: reason)
    }

    /// What libpq says last, on one line and without a mark at its end: it stands within a sentence. What libpq asks
    /// back (“Is the server running on that host?”) is left out; our own errors say what to look at.
    static func reason(of connection: OpaquePointer) -> String {
        let text = String(cString: PQerrorMessage(connection))
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.hasSuffix("?") }
        let reason = lines.joined(separator: "; ").withoutEndMark
        return reason.isEmpty ? "no reason was given" : reason
    }

    /// Waits until the socket is ready; false when time is up first.
    static func wait(
        on socket: Int32, for events: Int16, until end: ContinuousClock.Instant
    ) -> Bool {
        while true {
            let left = end - ContinuousClock.now
            guard left > .zero else { return false }
            var watched = pollfd(fd: socket, events: events, revents: 0)
            let ready = poll(&watched, 1, Int32(clamping: left.wholeMilliseconds + 1))
            if ready > 0 { return true }
            if ready < 0, errno != EINTR { return true }
        }
    }

    /// Whether the server has hung up while the session lay idle.
    var isOpen: Bool {
        guard !isBroken, PQstatus(connection) == CONNECTION_OK else { return false }
        guard PQconsumeInput(connection) == 1 else { return false }
        return PQstatus(connection) == CONNECTION_OK
    }

    func lost() -> PostgresError {
        isBroken = true
        return .connectionLost(server: server, reason: Self.reason(of: connection))
    }

    func silent() -> PostgresError {
        isBroken = true
        return .connectionLost(server: server, reason: "no answer within \(patience)")
    }

    /// The name of a prepared statement, and whether it has to be prepared first; the empty name is that of the one
    /// statement that is not kept.
    func statement(_ sql: String) -> (name: String, isNew: Bool) {
        guard keepsStatements else { return ("", true) }
        if let name = statements[sql] { return (name, false) }
        namesGiven += 1
        return ("m\(namesGiven)", true)
    }

    func keep(_ sql: String, as name: String) {
        if keepsStatements { statements[sql] = name }
    }

    /// Whether the next statement has no place among those that are kept.
    var isFullOfStatements: Bool { statements.count >= Self.statementLimit }

    func forgetStatements() { statements.removeAll() }
}
