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
    /// What was connected to.
    let endpoint: PostgresEndpoint
    /// Server and database, for messages.
    public let server: String
    /// The prepared statements of this session, by their text.
    private var statements: [String: String] = [:]
    private var namesGiven = 0
    let keepsStatements: Bool
    /// What this process has set for the session's rest, by a name of the setter's; never behind a pooler, which hands
    /// the session on.
    var sessionSettings: [String: String] = [:]
    /// What transactions begin with (``PostgresSettings/placement``).
    let placement: String?
    /// The server's time when the transaction began, in microseconds since 1970; `nil` where it was not asked.
    var beganAt: Int64?
    static let keptStatements = 500
    let openedAt = ContinuousClock.now
    var lastUse = ContinuousClock.now
    /// The pool's generation in which it was found to be of use.
    var trustedIn: UInt64 = 0
    /// What the server calls this session, for those that ask what became of it.
    var identity: Identity?
    /// Set once it cannot be used again.
    private(set) var isBroken = false
    /// How long the server may stay silent; a bound above the server's own time limit of a statement.
    var patience: Duration
    let commitTimeout: Duration
    /// What the server was told that a statement may take, and wait for a lock; `nil` behind a pooler, which does not pass
    /// it on.
    let statementLimit: Duration?
    let lockLimit: Duration?
    /// Tells, when the server has been silent for ``pulseInterval``, what is wrong with it, or `nil` if it answers others.
    var pulse: (@Sendable () -> String?)?
    let pulseInterval: Duration
    let warnings = CommitWarnings()

    /// Connects to the first host that will do, and waits for it.
    public convenience init(_ settings: PostgresSettings, password: String?) throws {
        try self.init(
            settings,
            passwords: password.map { password in
                Dictionary(settings.hosts.map { ($0, password) }, uniquingKeysWith: { first, _ in first })
            } ?? [:])
    }

    /// As ``init(_:password:)`` does, with a password of each host's own (``PostgresSettings/passwords()``).
    public convenience init(_ settings: PostgresSettings, passwords: [PostgresHost: String]) throws {
        try self.init(
            settings, first: nil, until: ContinuousClock.now + settings.connectTimeout,
            password: .known(passwords))
    }

    /// - Parameters:
    ///   - first: the host to begin with, and its address.
    ///   - end: when all hosts have had their time.
    init(
        _ settings: PostgresSettings, first: PostgresEndpoint?, until end: ContinuousClock.Instant,
        password: SessionPassword
    ) throws {
        keepsStatements = settings.keepsStatements
        placement = settings.placement
        patience = settings.statementTimeout + .seconds(10)
        commitTimeout = settings.commitTimeout
        statementLimit = settings.keepsStatements ? settings.statementTimeout : nil
        lockLimit = settings.keepsStatements ? settings.lockTimeout : nil
        pulseInterval = settings.pulse
        // From here on deinit closes it, whatever is thrown.
        (connection, endpoint) = try Self.connect(settings, first: first, until: end, password: password)
        server = settings.name(of: endpoint.host)
        PQsetnonblocking(connection, 1)
        // What the server remarks on is no affair of the terminal's. `warnings` lives as long as the connection does.
        PQsetNoticeReceiver(
            connection,
            { box, result in
                guard let box, let result else { return }
                Unmanaged<CommitWarnings>.fromOpaque(box).takeUnretainedValue().note(result)
            }, Unmanaged.passUnretained(warnings).toOpaque())
    }

    deinit { PQfinish(connection) }

    /// What libpq says last, on one line and without a mark at its end: it stands within a sentence. What libpq asks
    /// back (“Is the server running on that host?”) is left out, as our own errors say what to look at, and so is the
    /// place in the server's source (`LOCATION:  auth_failed, auth.c:317`).
    static func reason(of connection: OpaquePointer) -> String {
        let text = String(cString: PQerrorMessage(connection))
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.hasSuffix("?") && $0.wholeMatch(of: /[^:]+: +\w+, [\w.\/-]+:\d+/) == nil }
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

    func silent(for time: Duration) -> PostgresError { lost("no answer within \(time)") }

    func lost(_ reason: String) -> PostgresError {
        isBroken = true
        return .connectionLost(server: server, reason: reason)
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
    var isFullOfStatements: Bool { statements.count >= Self.keptStatements }

    func forgetStatements() { statements.removeAll() }
}
