/// What is counted or compared before it is written, so that one transaction at a time may.
enum WorkspaceLock: Int64 {
    /// Ids and endpoints of a tenant's flows, which are one set of names.
    case flowNames = 1
    /// Of an owner.
    case projects, variables, feedback
    /// Of a tenant.
    case evaluationSets, evaluationRuns
    case sources
    /// A file's place: owner, flow and name.
    case files
    /// The end of the audit log.
    case auditChain = 101
    /// Who is sent what.
    case deliveries
    /// Of an owner.
    case webhooks
}

extension PostgresConnection {
    /// Apart from the kinds of versions before this one, and from the keys of ``MessageHorizon``.
    private static let schemaKinds: Int64 = 1 << 16

    /// Waits until no other transaction of the schema holds this lock, and holds it to the end of this one. Two of one
    /// kind whose names have one hash are one lock, which costs a wait and nothing else.
    ///
    /// Two locks, as ``SchemaLock`` has it: the one that versions before this one hold alone, shared, and the schema's.
    ///
    /// - Parameter name: within `kind`: an owner's number, a tenant; empty for the only one.
    func lock(_ kind: WorkspaceLock, _ name: String = "") throws {
        // Two numbers are a space of their own, apart from the locks of the corpus, which have one.
        try pipeline([
            .init(
                "SELECT pg_advisory_xact_lock_shared($1::integer, hashtext($2))",
                [.int(kind.rawValue), .text(name)]),
            .init(
                "SELECT pg_advisory_xact_lock($1::integer, hashtext(current_schema() || '.' || $2))",
                [.int(Self.schemaKinds | kind.rawValue), .text(name)]),
        ])
    }
}
