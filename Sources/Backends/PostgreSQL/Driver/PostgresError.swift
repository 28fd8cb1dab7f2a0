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
    /// Reads were asked of a replica that cannot serve them now.
    case replicaUnusable(server: String, reason: String)
    /// Statements without a schema's name mean another one than the settings name.
    case otherSchema(server: String, schema: String, found: String?)
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

extension PostgresError {
    /// Why, without what to do about it.
    var reason: String {
        switch self {
        case .connectionLost(_, let reason), .outcomeUnknown(_, let reason), .cannotConnect(_, let reason):
            reason
        case .statement(_, let refusal): refusal.message.withoutEndMark
        default: description.withoutEndMark
        }
    }

    /// Whether a write may have been kept, or not.
    public var isOutcomeUnknown: Bool {
        if case .outcomeUnknown = self { true } else { false }
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

    /// The server takes no writes: it has become, or always was, another one's standby.
    var isReadOnly: Bool { state == "25006" }

    var isUniqueViolation: Bool { state == "23505" }
    var isForeignKeyViolation: Bool { state == "23503" }
}

extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotConnect(let server, let reason):
            "PostgreSQL at \(server) cannot be reached: \(reason). Check database.host (or database.url) and that it is running."
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
        case .replicaUnusable(let server, let reason):
            "The replica at \(server) cannot be read: \(reason). Check database.replica_url and database.replica_lag."
        case .otherSchema(let server, let schema, let found):
            """
            PostgreSQL at \(server) takes statements for \(found.map { "the schema “\($0)”" } ?? "no schema") instead of \
            “\(schema)”. Check database.schema and that database.user may use it; where a pooler drops search_path, \
            set database.prepared_statements to false.
            """
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
