extension PostgresError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cannotConnect, .notAdmitted, .noAccessRule, .mayNotConnect, .noPassword, .noSessionLeft,
            .databaseClosed, .certificate, .noSuchDatabase:
            connectingDescription
        case .unexpectedValue, .replicaUnusable, .otherSchema, .newerSchema, .missingExtension,
            .extensionTooOld:
            contentDescription
        case .connectionLost(let server, let reason):
            "The connection to PostgreSQL at \(server) ended: \(reason). Nothing of the write was kept; try again."
        case .outcomeUnknown(let server, let reason):
            """
            The connection to PostgreSQL at \(server) ended while a write was being committed: \(reason). It may \
            have been kept; look before you repeat it.
            """
        case .statement(let server, let refusal): Self.told(refusal, server)
        case .timeLimit(let server, let limit):
            "PostgreSQL at \(server) ended a statement: \(limit) Nothing of its transaction was kept; try again."
        case .poolExhausted(let server, let size, let waited):
            """
            None of the \(size) connections to PostgreSQL at \(server) came free within \(waited). Try again, or \
            raise database.connections.
            """
        }
    }

    /// Of a session that could not be opened.
    private var connectingDescription: String {
        switch self {
        case .cannotConnect(let server, let reason):
            "PostgreSQL at \(server) cannot be reached: \(reason). Check database.host (or database.url) and that it is running."
        case .notAdmitted(let server, let user, let reason):
            """
            PostgreSQL at \(server) does not let “\(user)” in: \(reason). Check database.user and \
            database.password.
            """
        case .noAccessRule(let server, let user, let isEncrypted, let reason):
            """
            PostgreSQL at \(server) takes no session of “\(user)” from here \(isEncrypted ? "over TLS" : "without TLS"): \
            \(reason). \(Self.advice(isEncrypted: isEncrypted))
            """
        case .mayNotConnect(let server, let user, let reason):
            """
            “\(user)” may not use the database \(server): \(reason). Have its owner run GRANT CONNECT ON DATABASE for \
            them, or check database.user and database.name.
            """
        case .noPassword(let server, let reason):
            """
            The password for PostgreSQL at \(server) cannot be had: \(reason). Check database.password, or with \
            database.iam the keys of AWS; it is asked for again with the next session.
            """
        case .noSessionLeft(let server, let reason):
            """
            PostgreSQL at \(server) takes no more sessions at this moment: \(reason). Try again; if it lasts, lower \
            database.connections or raise the limit (max_connections, or CONNECTION LIMIT of the role or the database).
            """
        case .databaseClosed(let server, let reason):
            """
            The database \(server) is closed for the time being: \(reason). Try again once it is open (ALTER DATABASE … \
            ALLOW_CONNECTIONS), or check database.name.
            """
        case .certificate(let server, let reason):
            """
            PostgreSQL at \(server) cannot be trusted: \(reason). Check database.host, \
            database.root_certificate and database.tls.
            """
        case .noSuchDatabase(let server, let reason):
            "PostgreSQL has no such database, \(server): \(reason). Make it, or check database.name."
        default: ""
        }
    }

    /// Of a server that answers, and has not what is needed.
    private var contentDescription: String {
        switch self {
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
        case .newerSchema(let server, let schema, let unknown):
            """
            \(schema.map { "The schema “\($0)”" } ?? "A schema") in PostgreSQL at \(server) was brought up to date by a \
            newer Millrace (it knows \(unknown.joined(separator: ", "))). Run that version or a later one, or name \
            another schema with database.schema.
            """
        case .missingExtension(let server, let name):
            """
            The database \(server) lacks the extension “\(name)”, and this user may not make it. Have a superuser \
            (on RDS a member of rds_superuser) run CREATE EXTENSION \(name) in it, on a server that has it, or set \
            vectors.provider to another than pgvector.
            """
        case .extensionTooOld(let server, let name, let version, let needed):
            """
            The database \(server) has the extension “\(name)” in version \(version); \(needed) or later is \
            needed. Run ALTER EXTENSION \(name) UPDATE in it, once the server has a newer one, or set \
            vectors.provider to another than pgvector.
            """
        default: ""
        }
    }

    private static func advice(isEncrypted: Bool) -> String {
        isEncrypted
            ? "Have a rule for them added to its pg_hba.conf, or check database.user, database.name and database.tls."
            : """
            Check database.tls, as many servers take encrypted connections only, or have a rule for them added to its \
            pg_hba.conf.
            """
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
