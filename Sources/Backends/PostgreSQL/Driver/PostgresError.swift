/// Every refusal of a PostgreSQL server, with the server's and the database's name.
public enum PostgresError: Error, Sendable, Equatable {
    case cannotConnect(server: String, reason: String)
    /// The password is wrong, or the user may not come in.
    case notAdmitted(server: String, user: String, reason: String)
    /// The server has no rule by which the user may come in from here, over TLS or without it.
    case noAccessRule(server: String, user: String, isEncrypted: Bool, reason: String)
    /// The user came in, and may not use the database.
    case mayNotConnect(server: String, user: String, reason: String)
    /// The password, or the token that stands for it, could not be had.
    case noPassword(server: String, reason: String)
    /// The server, the database or the user has as many sessions as it may.
    case noSessionLeft(server: String, reason: String)
    /// Somebody has closed the database for the time being.
    case databaseClosed(server: String, reason: String)
    /// The server's certificate is not to be believed, or it has none.
    case certificate(server: String, reason: String)
    case noSuchDatabase(server: String, reason: String)
    /// The connection ended before the statement was answered; nothing of its transaction was kept.
    case connectionLost(server: String, reason: String)
    /// The connection ended while the transaction was being committed: it may have been kept.
    case outcomeUnknown(server: String, reason: String)
    case statement(server: String, Refusal)
    /// A limit of time ended a statement; nothing of its transaction was kept.
    case timeLimit(server: String, PostgresTimeLimit)
    /// No connection came free.
    case poolExhausted(server: String, size: Int, waited: Duration)
    /// A value came in another form than the statement promised.
    case unexpectedValue(server: String, column: String, expected: String)
    /// Reads were asked of a replica that cannot serve them now.
    case replicaUnusable(server: String, reason: String)
    /// Statements without a schema's name mean another one than the settings name.
    case otherSchema(server: String, schema: String, found: String?)
    /// A newer version took steps of the schema that are not known here and must be.
    case newerSchema(server: String, schema: String?, unknownSteps: [String])
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
        case .connectionLost, .poolExhausted, .cannotConnect, .noPassword, .noSessionLeft, .databaseClosed,
            .timeLimit:
            true
        case .statement(_, let refusal): refusal.isTransient
        default: false
        }
    }

    /// Whether the connection, or the server at its other end, is of no more use.
    var endsConnection: Bool {
        switch self {
        case .connectionLost, .outcomeUnknown, .timeLimit(_, .transaction): true
        case .statement(_, let refusal): refusal.endsConnection
        default: false
        }
    }
}

extension PostgresError {
    /// Whether it is worth to begin the same transaction anew at once. Not where it took as long as it may, or somebody
    /// cancelled it: that is the caller's to decide.
    var isWorthRepeating: Bool {
        switch self {
        case .timeLimit: false
        case .statement(_, let refusal): refusal.isTransient && refusal.state != "57014"
        default: isTransient
        }
    }

    /// Whether no session could be opened.
    var isOfConnecting: Bool {
        switch self {
        case .cannotConnect, .notAdmitted, .noAccessRule, .mayNotConnect, .certificate, .noSuchDatabase,
            .noPassword, .noSessionLeft, .databaseClosed:
            true
        default: false
        }
    }

    /// Whether another address of the same host may have another answer.
    var mayBeOtherElsewhere: Bool {
        switch self {
        case .cannotConnect, .replicaUnusable: true
        default: false
        }
    }

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
    /// Serialization failure, deadlock, what was locked or cancelled, a server that is starting, stopping, or has become a
    /// standby.
    var isTransient: Bool {
        ["40001", "40P01", "55P03", "57014"].contains(state) || endsConnection || state.hasPrefix("53")
    }

    /// What a server says last in a session (`FATAL`), and that it is, or has become, a standby.
    var endsConnection: Bool {
        state.hasPrefix("08") || Self.lastWords.contains(state)
    }

    private static let lastWords: Set<String> = [
        // Stopped, crashed, not started yet; the database dropped; idle for too long.
        "57P01", "57P02", "57P03", "57P04", "57P05",
        // No writes here; a transaction that was idle for too long, or took too long.
        "25006", "25P03", "25P04",
    ]

    /// The server takes no writes: it has become, or always was, another one's standby.
    var isReadOnly: Bool { state == "25006" }

    var isUniqueViolation: Bool { state == "23505" }
    var isForeignKeyViolation: Bool { state == "23503" }
}
