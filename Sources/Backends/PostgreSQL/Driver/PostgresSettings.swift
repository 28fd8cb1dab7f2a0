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
        /// A standby, or else whatever answers.
        case replica = "prefer-standby"
        case any
    }

    /// A host's name, or the folder of its socket; several with commas between, tried in order.
    public var host: String
    public var port: Int
    public var database: String
    public var user: String
    /// Asked for each connection, so that a password that was changed, or a token that expires, is taken up without a
    /// restart.
    public var password: @Sendable () async throws -> String?
    public var tls: TLS
    /// The file of the authorities to believe; `nil` for libpq's own place.
    public var rootCertificate: String?
    public var role: Role
    public var schema: String?
    public var connectTimeout: Duration
    /// One statement's time, kept by the server.
    public var statementTimeout: Duration
    /// How long a statement waits for a lock.
    public var lockTimeout: Duration
    /// Whether statements are kept prepared in a session. Poolers that give each transaction another session want none.
    public var keepsStatements: Bool

    public init(
        host: String, port: Int = 5_432, database: String, user: String,
        password: @escaping @Sendable () async throws -> String? = { nil }, tls: TLS = .verifyFull,
        rootCertificate: String? = nil, role: Role = .primary, schema: String? = nil,
        connectTimeout: Duration = .seconds(10), statementTimeout: Duration = .seconds(60),
        lockTimeout: Duration = .seconds(15), keepsStatements: Bool = true
    ) {
        self.host = host
        self.port = port
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

    /// Server and database, for messages: `db.example:5432/millrace`. Never who, never the password.
    public var name: String { "\(host):\(port)/\(database)" }

    /// What libpq is told, by its own names.
    func keywords(password: String?) -> [(String, String)] {
        var words = [
            ("host", host), ("port", String(port)), ("dbname", database), ("user", user),
            ("sslmode", tls.rawValue), ("connect_timeout", String(max(2, connectTimeout.wholeSeconds))),
            ("application_name", "millrace"), ("client_encoding", "UTF8"),
            ("target_session_attrs", role.rawValue), ("options", options),
            // A server that vanished is noticed within a minute, though nothing is being sent.
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"),
        ]
        if let rootCertificate { words.append(("sslrootcert", rootCertificate)) }
        if let password { words.append(("password", password)) }
        return words
    }

    /// Set as the session begins: no round trip of their own.
    private var options: String {
        var options = [
            "-c statement_timeout=\(statementTimeout.wholeMilliseconds)",
            "-c lock_timeout=\(lockTimeout.wholeMilliseconds)",
            "-c idle_in_transaction_session_timeout=120000", "-c TimeZone=UTC",
        ]
        if let schema {
            options.append(
                "-c search_path=\(Self.escaped("\"\(schema.replacing("\"", with: "\"\""))\"")),public")
        }
        return options.joined(separator: " ")
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
