import Synchronization
import VectorIndex

/// Approximate nearest neighbours by pgvector, in the database that all processes of a fleet share.
///
/// Vectors are kept in half precision (`halfvec`), normalised under cosine, and indexed by HNSW. Distances are those of
/// the stored vectors: what half precision costs is below a thousandth. Of several processes only the one that stores
/// a document writes its vectors; all of them search.
///
/// Every call but ``count``, ``revision`` and those that are asynchronous waits for the server: it belongs on a
/// thread that may wait, as ``PostgresPool/waiting(_:)`` says, and the store has a pool of its own, for a snapshot's
/// thread holds a session already.
///
/// ``contains(_:)`` and ``ids()`` cannot throw: where the server does not answer they say false and nothing, and the
/// next change throws what happened instead of being made.
public final class PostgresVectorStore: VectorStore {
    public let metric: Metric
    public let options: PostgresVectorOptions
    let pool: PostgresPool
    let table: PostgresVectorTable
    let checks: VectorChecks
    let figures: SharedVectorFigures
    let isBuilding = Mutex(false)
    let report: @Sendable (PostgresVectorBuild) -> Void
    /// What a call that cannot throw met.
    let untold = UntoldFailure<VectorIndexError>()

    /// Server and database, for messages.
    var server: String { pool.settings.name }
    public var dimension: Int { checks.dimension }

    /// The vectors of a model, in a table that is made if it is not there.
    ///
    /// - Parameters:
    ///   - pool: the store's own, ended with it. Four sessions serve a process well: a search is a few milliseconds.
    ///   - model: its name, and that of the content where several share a schema in turn; with dimension and metric it
    ///     tells tables apart.
    ///   - report: told how the building of the index goes.
    /// - Throws: ``PostgresError``, ``PostgresError/missingExtension(server:name:)`` among them, and
    ///   ``VectorIndexError/invalidParameter(name:value:allowed:)`` for a dimension that pgvector does not index.
    public static func open(
        _ pool: PostgresPool, model: String, dimension: Int, metric: Metric = .cosine,
        options: PostgresVectorOptions = PostgresVectorOptions(),
        report: @escaping @Sendable (PostgresVectorBuild) -> Void = { _ in }
    ) async throws -> PostgresVectorStore {
        let allowed = PostgresVectorTable.dimensions
        guard allowed.contains(dimension) else {
            throw VectorIndexError.invalidParameter(name: "dimension", value: dimension, allowed: allowed)
        }
        let checks = try VectorChecks(dimension: dimension, metric: metric, format: .float16)
        let table = try await PostgresVectorSchema.table(
            model: model, dimension: dimension, metric: metric, over: pool)
        let reading = try await pool.transaction(.snapshot) { try Self.figures(of: table.name, $0) }
        let store = PostgresVectorStore(pool, table, checks, reading, options, report)
        store.buildIndexIfDue()
        return store
    }

    private init(
        _ pool: PostgresPool, _ table: PostgresVectorTable, _ checks: VectorChecks,
        _ reading: SharedVectorFigures.Reading, _ options: PostgresVectorOptions,
        _ report: @escaping @Sendable (PostgresVectorBuild) -> Void
    ) {
        (self.pool, self.table, self.checks, self.options) = (pool, table, checks, options)
        metric = checks.metric
        figures = SharedVectorFigures(reading, freshness: options.freshness)
        self.report = report
    }

    // MARK: Figures

    /// Vectors stored: exact as far as this process's own changes go; those of others are counted a moment later.
    public var count: Int { currentFigures.count }

    /// Has the numbers read anew: another process has told of a change.
    public func lookAgain() {
        figures.doubt()
        _ = revision
    }

    /// Grows with every change, whoever makes it; others' are told a moment later.
    public var revision: UInt64 { currentFigures.revision }

    private var currentFigures: SharedVectorFigures.Reading {
        let (reading, isStale) = figures.current()
        if isStale { Task.detached { try? await self.refresh() } }
        return reading
    }

    /// Reads count and revision anew.
    public func refresh() async throws {
        let name = table.name
        do {
            let reading = try await pool.retried { try $0.reading { try Self.figures(of: name, $0) } }
            figures.take(reading, endsReading: true)
        } catch {
            figures.take(nil, endsReading: true)
            throw error
        }
    }

    static func figures(of table: String, _ db: PostgresConnection) throws -> SharedVectorFigures.Reading {
        let found = try db.query("SELECT count, revision FROM vector_table WHERE name = $1", [.text(table)])
        guard let row = found.first else {
            throw PostgresError.unexpectedValue(
                server: db.server, column: "vector_table \(table)", expected: "row of a table that is in use")
        }
        return try reading(row)
    }

    /// Of a row that has count and revision.
    static func reading(_ row: PostgresRow) throws -> SharedVectorFigures.Reading {
        SharedVectorFigures.Reading(
            count: Int(clamping: try row.int(0)), revision: UInt64(clamping: try row.int(1)))
    }

    // MARK: Ids

    public func contains(_ id: UInt64) -> Bool {
        untold.keeping(false) { () throws(VectorIndexError) in try stored(among: [id]) == [id] }
    }

    public func stored(among ids: [UInt64]) throws(VectorIndexError) -> [UInt64] {
        guard !ids.isEmpty else { return [] }
        let statement = table.stored
        return try told {
            try reading { db in try db.stored(among: ids, by: statement, batch: PostgresVectorPlan.batch) }
        }
    }

    /// Every stored id, ascending as signed numbers; read in parts.
    public func ids() -> [UInt64] {
        untold.keeping([]) { () throws(VectorIndexError) in try storedIDs() }
    }

    public func storedIDs() throws(VectorIndexError) -> [UInt64] {
        let table = table
        return try told { try reading { db in try db.storedIDs(by: table.page) } }
    }

    // MARK: Sessions

    /// Reads with a session while the calling thread waits.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        try pool.waiting { try $0.reading(body) }
    }

    // MARK: Errors

    /// Does `body`, and tells its failures as those of an index.
    func told<Value>(_ body: () throws -> Value) throws(VectorIndexError) -> Value {
        do { return try body() } catch { throw VectorIndexError(error, server: server) }
    }
}
