/// Every refusal of a PostgreSQL server, with the server's and the database's name.
public enum PostgresError: Error, Sendable, Equatable {
    case cannotConnect(server: String, reason: String)
    /// The password is wrong, or the user may not come in.
    case notAdmitted(server: String, user: String, reason: String)
    /// The server's certificate is not to be believed, or it has none.
    case certificate(server: String, reason: String)
    case noSuchDatabase(server: String, reason: String)
    /// The connection ended before the statement was answered; nothing of its transaction was kept.
    case connectionLost(server: String, reason: String)
    /// The connection ended while the transaction was being committed: it may have been kept.
    case outcomeUnknown(server: String, reason: String)
    case statement(server: String, Refusal)
    /// No connection came free.
    case poolExhausted(server: String, size: Int, waited: Duration)
    /// A value came in another form than the statement promised.
    case unexpectedValue(server: String, column: String, expected: String)
    case missingExtension(server: String, name: String)
    /// The extension is there, in a version that lacks what is needed.
    case extensionTooOld(server: String, name: String, version: String, needed: String)

    /// What the server said of a statement.
    public struct Refusal: Sendable, Hashable {
        /// Five characters (PostgreSQL's documentation, appendix A).
        public var state: String
        public var message: String
        public var detail: String
        public var hint: String
        /// The name of the constraint that was broken; empty for anything else.
        public var constraint: String
    }

    /// Whether the same transaction, begun anew, may well succeed: nothing of it was kept.
    public var isTransient: Bool {
        switch self {
        case .connectionLost, .poolExhausted: true
        case .cannotConnect: true
        case .statement(_, let refusal): refusal.isTransient
        default: false
        }
    }

    /// Whether the connection, or the server at its other end, is of no more use.
    var endsConnection: Bool {
        switch self {
        case .connectionLost, .outcomeUnknown: true
        case .statement(_, let refusal): refusal.endsConnection
        default: false
        }
    }
}

extension PostgresError.Refusal {
    /// Serialization failure, deadlock, a server that is starting, stopping, or has become a standby.
    var isTransient: Bool {
        ["40001", "40P01", "55P03"].contains(state) || endsConnection || state.hasPrefix("53")
    }

    var endsConnection: Bool {
        state.hasPrefix("08") || ["57P01", "57P02", "57P03", "57P05", "25006", "25P03"].contains(state)
    }

    var isUniqueViolation: Bool { state == "23505" }
    var isForeignKeyViolation: Bool { state == "23503" }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotConnect(let server, let reason):
            "PostgreSQL at \(server) cannot be reached: \(reason). Check database.host and that it is running."
        case .notAdmitted(let server, let user, let reason):
            """
            PostgreSQL at \(server) does not let “\(user)” in: \(reason). Check database.user and \
            database.password.
            """
        case .certificate(let server, let reason):
            """
            PostgreSQL at \(server) cannot be trusted: \(reason). Check database.host, \
            database.root_certificate and database.tls.
            """
        case .noSuchDatabase(let server, let reason):
            "PostgreSQL has no such database, \(server): \(reason). Make it, or check database.name."
        case .connectionLost(let server, let reason):
            "The connection to PostgreSQL at \(server) ended: \(reason). Nothing of the write was kept; try again."
        case .outcomeUnknown(let server, let reason):
            """
            The connection to PostgreSQL at \(server) ended while a write was being committed: \(reason). It may \
            have been kept; look before you repeat it.
            """
        case .statement(let server, let refusal): Self.told(refusal, server)
        case .poolExhausted(let server, let size, let waited):
            """
            None of the \(size) connections to PostgreSQL at \(server) came free within \(waited). Try again, or \
            raise database.connections.
            """
        case .unexpectedValue(let server, let column, let expected):
            "PostgreSQL at \(server) gave “\(column)” in a form that is no \(expected)."
        case .missingExtension(let server, let name):
            """
            The database \(server) lacks the extension “\(name)”, and this user may not make it. Have a superuser \
            (on RDS a member of rds_superuser) run CREATE EXTENSION \(name) in it, on a server that has it, or \
            choose another store.
            """
        case .extensionTooOld(let server, let name, let version, let needed):
            """
            The database \(server) has the extension “\(name)” in version \(version); \(needed) or later is \
            needed. Run ALTER EXTENSION \(name) UPDATE in it, once the server has a newer one.
            """
        }
    }

    private static func told(_ refusal: Refusal, _ server: String) -> String {
        let more = [refusal.detail, refusal.hint].map(\.withoutEndMark).filter { !$0.isEmpty }
            .map { " \($0)." }.joined()
        let message = refusal.message.withoutEndMark
        return "PostgreSQL at \(server) refused a statement (\(refusal.state)): \(message).\(more)"
    }
}

extension String {
    /// The text without what ends a sentence, for whoever ends it.
    var withoutEndMark: String {
        let kept = reversed().drop { ".?!;: ".contains($0) || $0.isNewline }
        return String(kept.reversed())
    }
}
