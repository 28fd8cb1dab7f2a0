@_spi(CorpusEngine) import Corpus
import Foundation
import Synchronization

/// What Millrace remembers: spaces, documents, chunks, embeddings and readers, over PostgreSQL.
///
/// The source of truth, as ``CorpusSQLite`` is on one machine. Every write is one transaction. Those that change what
/// readers see (documents, chunks, who may read them) go one after another, by a lock that the transaction holds: so
/// the numbers of changes are committed in their order, and a page's readers are never worked out from a page that
/// another process is changing. Readers never wait.
public final class PostgresCorpus: Sendable {
    let database: PostgresDatabase
    var pool: PostgresPool { database.pool }
    let accessRules = AccessRuleCache()
    /// The pool's generation in which ``accessRules`` were read.
    let rulesGeneration = Mutex<UInt64>(0)
    let holdings = SnapshotCache<[String: SpaceHolding]>()
    let titlesOfPages = SnapshotCache<[String]>()
    let facts = PassageFactsCache()
    private let onContentChange: @Sendable () -> Void

    /// Server and database, for messages.
    var server: String { pool.settings.name }

    /// The corpus of a database. Nothing is asked of the server yet.
    ///
    /// - Parameters:
    ///   - replica: serves what people read of documents, each time that it holds all that the primary does.
    ///   - onContentChange: called after this process has written what readers see, or may have, for others to be told
    ///     of it; must not wait.
    public convenience init(
        _ pool: PostgresPool, replica: PostgresReplica? = nil,
        onContentChange: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            pool, replica: replica, steps: PostgresSchema.steps, onContentChange: onContentChange)
    }

    /// With the steps of another version.
    init(
        _ pool: PostgresPool, replica: PostgresReplica? = nil, steps: [SchemaStep],
        onContentChange: @escaping @Sendable () -> Void = {}
    ) {
        self.onContentChange = onContentChange
        database = PostgresDatabase(pool, replica: replica, table: "schema_step", steps: steps)
    }

    /// Brings the schema up to date, if that was not done yet.
    public func open() async throws(CorpusError) {
        do {
            try await database.open()
        } catch {
            throw Self.told(error, server)
        }
    }

    /// Names the database's content, whatever server it lies on: what is derived of it belongs to no other.
    public func identity() async throws(CorpusError) -> String {
        let server = server
        return try await read { db in
            guard let identity = try db.text("SELECT value FROM state WHERE key = 'identity'") else {
                throw PostgresError.unexpectedValue(server: server, column: "identity", expected: "text")
            }
            return identity
        }
    }

    // MARK: Transactions

    /// Reads in one snapshot.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CorpusError) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// Reads what people see of documents in one snapshot, of a replica where it holds every change that the primary
    /// held when this began: never a page or a right that was taken before.
    func readContent<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CorpusError) -> Value {
        do {
            return try await database.read(.content, body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// Writes what no reader sees: ledgers, queues, jobs.
    func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CorpusError) -> Value {
        let lease = WriteFence.lease
        return try await perform { db in
            try Self.check(lease, db)
            return try body(db)
        }
    }

    /// Writes what readers see, one transaction after another, and advances the generation.
    func writeContent<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CorpusError) -> Value {
        let lease = WriteFence.lease
        // Whether or not it is known what became of it.
        defer { onContentChange() }
        return try await perform { db in
            try db.lock(.content)
            try Self.check(lease, db)
            return try body(db)
        }
    }

    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CorpusError) -> Value {
        do {
            return try await database.write(body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// What a failure means to a caller of the corpus.
    static func told(_ error: any Error, _ server: String) -> CorpusError {
        switch error {
        case let error as CorpusError: return error
        case let error as PostgresError:
            if case .statement(_, let refusal) = error, refusal.state == "53100" {
                return .diskFull(path: server)
            }
            if error.isOutcomeUnknown { return .outcomeUnknown(server: server, reason: error.description) }
            if case .newerSchema = error {
                return .newerServerSchema(server: server, reason: error.description)
            }
            return error.isTransient
                ? .unavailable(server: server, reason: error.description)
                : .refused(server: server, reason: error.description)
        case is CancellationError:
            return .unavailable(
                server: server, reason: "The request was cancelled before PostgreSQL was asked.")
        default: return .refused(server: server, reason: "\(error)")
        }
    }

    static func generation(_ db: PostgresConnection) throws -> Int64 {
        try db.text("SELECT value FROM state WHERE key = 'generation'").flatMap { Int64($0) } ?? 0
    }

    static func advanceGeneration(_ db: PostgresConnection) throws {
        try db.query(
            """
            INSERT INTO state (key, value) VALUES ('generation', '1')
            ON CONFLICT (key) DO UPDATE SET value = (state.value::bigint + 1)::text
            """)
        try PostgresChangeLog.trim(db)
    }
}

extension PostgresConnection {
    /// The first column of the first row; `nil` without a row.
    func text(_ sql: String, _ values: [PostgresValue] = []) throws -> String? {
        try query(sql, values).first?.optionalText(0)
    }

    func int(_ sql: String, _ values: [PostgresValue] = []) throws -> Int64? {
        try query(sql, values).first?.optionalInt(0)
    }

    /// The first column of every row.
    func texts(_ sql: String, _ values: [PostgresValue] = []) throws -> [String] {
        try query(sql, values).rows.map { try $0.text(0) }
    }

    func ints(_ sql: String, _ values: [PostgresValue] = []) throws -> [Int64] {
        try query(sql, values).rows.map { try $0.int(0) }
    }
}
