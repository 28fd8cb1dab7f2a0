/// What keeps a step from being taken at this moment.
enum MigrationHindrance: Error, Hashable {
    /// Another process takes steps of the schema.
    case otherProcess
    /// Transactions hold tables that the step, or what notes the steps, changes.
    case tables(of: String)

    /// For people.
    var reason: String {
        switch self {
        case .otherProcess: "another process brings the schema up to date at the moment"
        case .tables(let name):
            "transactions hold tables that “\(name)” changes; pg_stat_activity tells which they are"
        }
    }
}

extension PostgresMigration {
    /// How long one attempt waits for a lock. Whoever comes after it waits behind it: for so long and no longer.
    static let lockWait = Duration.milliseconds(500)
    /// A step takes as long as it takes.
    private static let longest = Duration.seconds(7 * 86_400)

    /// Does `body` in a transaction in which no other process takes steps of the schema, which is made if it is not there.
    ///
    /// Where a lock is not to be had within ``lockWait`` everything is let go, and tried again after a pause: those who
    /// read and write go first.
    ///
    /// - Parameter body: may run more than once.
    func exclusively<Value: Sendable>(
        over pool: PostgresPool, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        var wait = MigrationWait(pool)
        while true {
            do {
                return try await pool.transaction(.write) { db in
                    let patience = db.patience
                    defer { db.patience = patience }
                    db.patience = Self.longest
                    try db.simple(
                        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = \(Self.lockWait.wholeMilliseconds)"
                    )
                    do {
                        try db.lock(.migration, in: schema)
                    } catch let error as PostgresError where error.isOfLocked {
                        throw MigrationHindrance.otherProcess
                    }
                    do {
                        try makeSchema(db)
                        return try body(db)
                    } catch let error as PostgresError where error.isOfLocked {
                        throw MigrationHindrance.tables(of: table)
                    }
                }
            } catch let hindrance as MigrationHindrance {
                try await wait.pause(hindrance)
            }
        }
    }

    private func makeSchema(_ db: PostgresConnection) throws {
        guard let schema,
            try db.text("SELECT nspname FROM pg_namespace WHERE nspname = $1", [.text(schema)]) == nil
        else { return }
        try db.query("CREATE SCHEMA \"\(schema.replacing("\"", with: "\"\""))\"")
    }

    /// Builds the index of a step, which the next look finds.
    func build(_ index: String, _ step: SchemaStep, over pool: PostgresPool) async throws {
        // Behind a pooler the next statement may be another session's.
        guard pool.settings.keepsStatements else {
            return try await exclusively(over: pool) { db in
                if try SchemaIndex.state(of: index, db) == .absent { try db.simple(step.plainSQL) }
            }
        }
        var wait = MigrationWait(pool)
        while true {
            let isBuilt = try await pool.withConnection { db in
                let patience = db.patience
                defer { db.patience = patience }
                db.patience = Self.longest
                return try SchemaIndex.build(index, step.sql, db)
            }
            if isBuilt { return }
            try await wait.pause(.otherProcess)
        }
    }
}

extension PostgresError {
    /// Whether a lock was not to be had in time.
    var isOfLocked: Bool {
        switch self {
        case .timeLimit(_, .lock): true
        case .statement(_, let refusal): refusal.state == "55P03"
        default: false
        }
    }
}

/// The pauses between the attempts of one process.
private struct MigrationWait {
    private let pool: PostgresPool
    private var nextTelling: ContinuousClock.Instant
    private var length = Duration.milliseconds(20)

    init(_ pool: PostgresPool) {
        self.pool = pool
        nextTelling = .now + pool.patience
    }

    /// Pauses, ever longer. What takes longer than the pool's patience is told, and again each minute.
    mutating func pause(_ hindrance: MigrationHindrance) async throws {
        if ContinuousClock.now >= nextTelling {
            nextTelling = .now + .seconds(60)
            pool.report(.waiting(reason: hindrance.reason))
        }
        // Those who waited behind the attempt have as long as it took, at the least.
        if case .tables = hindrance { length = max(length, PostgresMigration.lockWait) }
        try await Task.sleep(for: length * Double.random(in: 0.8...1.2))
        length = min(length * 2, .seconds(2))
    }
}
