import Foundation

/// Where a database is, and who is to be there.
public struct PostgresSettings: Sendable {
    /// How the connection is protected (libpq's `sslmode`).
    public enum TLS: String, Sendable, Hashable, CaseIterable {
        /// Nothing is encrypted: for a socket, or a server on this machine.
        case disable
        /// Encrypted; whose certificate it is, is not looked at.
        case require
        /// The certificate is signed by a known authority.
        case verifyCA = "verify-ca"
        /// The certificate is signed by a known authority, for this very host.
        case verifyFull = "verify-full"
    }

    /// What the server must be.
    public enum Role: String, Sendable, Hashable {
        /// One that takes writes; of several hosts the first that does.
        case primary = "read-write"
        /// One that follows another, and takes no writes.
        case replica = "standby"
        case any
    }

    /// Tried in order, the one that was right last first; never none.
    public var hosts: [PostgresHost]
    public var database: String
    public var user: String
    /// Asked whenever a session is opened, so that a password that was changed, or a token that expires, is taken up
    /// without a restart.
    public var password: @Sendable () async throws -> String?
    /// Where each host has a password of its own, as tokens of AWS are made for one host: asked instead of ``password``.
    public var hostPassword: (@Sendable (PostgresHost) async throws -> String?)?
    /// Asked when a server has refused the password, which may have been changed where it is kept: has ``password`` give
    /// what is kept there now. Returns whether that is another one than `refused`. `nil` where it is kept nowhere else.
    public var renewPassword: (@Sendable (_ refused: String) async -> Bool)?
    public var tls: TLS
    /// The file of the authorities to believe; `nil` for libpq's own place.
    public var rootCertificate: String?
    public var role: Role
    public var schema: String?
    /// To find a host that will do, all of them together.
    public var connectTimeout: Duration
    /// How long a server may be silent before it is asked, beside the statement, whether it is still there.
    public var pulse: Duration = .seconds(2)
    /// How long the keeping of a transaction may take; with synchronous replication its standbys have to answer.
    public var commitTimeout: Duration = .seconds(10)
    /// One statement's time, kept by the server.
    public var statementTimeout: Duration
    /// How long a statement waits for a lock.
    public var lockTimeout: Duration
    /// Whether statements are kept prepared in a session. Poolers that give each transaction another session want none.
    public var keepsStatements: Bool
    /// What the schema's steps are said to be taken by, for older versions that they turn away.
    public var productVersion = ""
    /// Who finds the addresses of hosts' names.
    var names = NameLookup.shared

    /// - Parameter host: a host's name, or the folder of its socket; several with commas between, each with a port of
    ///   its own behind a colon, or with `port`.
    public init(
        host: String, port: Int = 5_432, database: String, user: String,
        password: @escaping @Sendable () async throws -> String? = { nil }, tls: TLS = .verifyFull,
        rootCertificate: String? = nil, role: Role = .primary, schema: String? = nil,
        connectTimeout: Duration = .seconds(10), statementTimeout: Duration = .seconds(60),
        lockTimeout: Duration = .seconds(15), keepsStatements: Bool = true
    ) {
        hosts = PostgresHost.list(host, port: port) ?? [PostgresHost(name: host, port: port)]
        self.database = database
        self.user = user
        self.password = password
        self.tls = tls
        self.rootCertificate = rootCertificate
        self.role = role
        self.schema = schema
        self.connectTimeout = connectTimeout
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.keepsStatements = keepsStatements
    }

    /// The password for a host, asked for at this moment.
    func password(for host: PostgresHost) async throws -> String? {
        if let hostPassword { try await hostPassword(host) } else { try await password() }
    }

    /// The password of each host that has one, asked for at this moment.
    public func passwords() async throws -> [PostgresHost: String] {
        var passwords: [PostgresHost: String] = [:]
        if let hostPassword {
            for host in hosts { passwords[host] = try await hostPassword(host) }
        } else if let password = try await password() {
            for host in hosts { passwords[host] = password }
        }
        return passwords
    }

    /// Server and database, for messages: `db.example:5432/millrace`. Never who, never the password.
    public var name: String { "\(hosts.map(\.description).joined(separator: ","))/\(database)" }

    /// One host's: as ``name`` says it of all.
    func name(of host: PostgresHost) -> String { "\(host)/\(database)" }

    /// What libpq is told, by its own names. It looks up no name: where there is an address, the name is for the
    /// certificate alone.
    func keywords(of endpoint: PostgresEndpoint, password: String?) -> [(String, String)] {
        let host = endpoint.host
        var words = [
            ("host", host.name), ("port", String(host.port)), ("dbname", database), ("user", user),
            ("sslmode", tls.rawValue), ("connect_timeout", String(max(2, connectTimeout.wholeSeconds))),
            ("application_name", "millrace"), ("client_encoding", "UTF8"),
            ("target_session_attrs", role.rawValue), ("options", options),
            // A server that vanished is noticed within half a minute, though nothing is being sent.
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
        ]
        if let address = endpoint.address { words.append(("hostaddr", address)) }
        if let rootCertificate { words.append(("sslrootcert", rootCertificate)) }
        if let password { words.append(("password", password)) }
        return words
    }

    /// What libpq is told to ask whether a server answers at all.
    func pingKeywords(of endpoint: PostgresEndpoint) -> [(String, String)] {
        let host = endpoint.host
        var words = [
            ("host", host.name), ("port", String(host.port)), ("dbname", database), ("user", user),
            ("sslmode", tls.rawValue), ("connect_timeout", "2"), ("application_name", "millrace"),
        ]
        if let address = endpoint.address { words.append(("hostaddr", address)) }
        if let rootCertificate { words.append(("sslrootcert", rootCertificate)) }
        return words
    }

    /// Set as the session begins: no round trip of their own.
    private var options: String {
        var options = [
            "-c statement_timeout=\(statementTimeout.wholeMilliseconds)",
            "-c lock_timeout=\(lockTimeout.wholeMilliseconds)",
            "-c idle_in_transaction_session_timeout=120000", "-c TimeZone=UTC",
        ]
        if let searchPath { options.append("-c search_path=\(Self.escaped(searchPath))") }
        return options.joined(separator: " ")
    }

    /// Where names without a schema are looked for; `nil` for the user's own.
    private var searchPath: String? {
        schema.map { "\"\($0.replacing("\"", with: "\"\""))\",public" }
    }

    /// What each transaction begins with where the next may be another session's, to which nobody gave our options.
    var placement: String? {
        keepsStatements ? nil : searchPath.map { "SET LOCAL search_path = \($0)" }
    }

    /// Blanks and backslashes end an option otherwise.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if character == " " || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
    }
}

extension Duration {
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(clamping: seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }

    fileprivate var wholeSeconds: Int { (wholeMilliseconds + 999) / 1_000 }
}
