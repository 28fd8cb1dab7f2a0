import Foundation
import Synchronization
import TextIndex
import VectorIndex

/// Words in PostgreSQL's own full text, in the database that all processes of a fleet share: for passages whose index of
/// words no node is to hold.
///
/// Terms are the analyzer's own, cut by the same rules for passages and questions; nothing of PostgreSQL's languages,
/// dictionaries or stop words has a part in it. Each passage is a `tsvector` under a GIN index (see ``TermVector``), and
/// a table beside it counts in how many passages each term stands, within the transaction that stores them. A search is
/// one statement as a rule, and scores are those of ``TextScoring``, BM25F, not those of `ts_rank`, which knows nothing of
/// how rare a term is: the server picks the passages that could score most, and this process scores what it is given of
/// them. See ``search(_:limit:filter:)``.
///
/// Of several processes only the one that stores a document writes its words; whoever writes what is there already
/// changes nothing. The store is derived data: like every index it is levelled with the database's passages, by their ids
/// and by the log of documents' own changes, and ``level`` says how far that was done. Who may read a passage is not in it.
///
/// Every call but ``count``, ``revision`` and those that are asynchronous waits for the server: it belongs on a
/// thread that may wait, as ``PostgresPool/waiting(_:)`` says, and the store has a pool of its own, for a snapshot's
/// thread holds a session already.
///
/// ``contains(_:)`` and ``ids()`` cannot throw: where the server does not answer they say false and nothing, and the
/// next change throws what happened instead of being made.
public final class PostgresTextStore: TextStore {
    public let format: TextFormat
    public let scoring: TextScoring
    public let options: PostgresTextOptions
    /// The last change of the database up to which every document's own facts were in the store as it was opened; `nil`
    /// where that was never noted.
    public let level: Int64?
    let pool: PostgresPool
    let table: PostgresTextTable
    let checks: TextChecks
    let figures: PostgresTextFigures
    /// What a call that cannot throw met.
    let untold = UntoldFailure<TextIndexError>()

    /// Server and database, for messages.
    var server: String { pool.settings.name }

    /// The words of a corpus, in tables that are made if they are not there.
    ///
    /// - Parameters:
    ///   - pool: the store's own, ended with it.
    ///   - content: names the passages, whose numbers are another's where it is another.
    ///   - rules: name what passages are cut into; other rules have other tables.
    ///   - format: of four fields at most, as a `tsvector` has four weights.
    /// - Throws: ``PostgresError``, and ``TextIndexError/invalidParameter(name:value:allowed:)`` for more fields and for
    ///   scoring that is out of range.
    public static func open(
        _ pool: PostgresPool, content: String, rules: String = TextDocument.passageRules,
        format: TextFormat = .passages, scoring: TextScoring = .passages,
        options: PostgresTextOptions = PostgresTextOptions()
    ) async throws -> PostgresTextStore {
        guard format.fields.count <= TermVector.fieldLimit else {
            throw TextIndexError.invalidParameter(
                name: "fields.count", value: Double(format.fields.count),
                allowed: 1...Double(TermVector.fieldLimit))
        }
        try scoring.check(for: format)
        let table = try await PostgresTextSchema.table(
            content: content, rules: rules, format: format, over: pool)
        let (reading, level) = try await pool.transaction(.snapshot) { db in
            let level = try db.query(PostgresTextTable.level, [.text(table.name)]).first?.optionalInt(0)
            return (try Self.figures(of: table.name, db), level)
        }
        return PostgresTextStore(pool, table, format, scoring, reading, level, options)
    }

    private init(
        _ pool: PostgresPool, _ table: PostgresTextTable, _ format: TextFormat, _ scoring: TextScoring,
        _ reading: PostgresTextFigures.Reading, _ level: Int64?, _ options: PostgresTextOptions
    ) {
        (self.pool, self.table, self.format, self.scoring) = (pool, table, format, scoring)
        (self.level, self.options) = (level, options)
        checks = TextChecks(format: format)
        figures = PostgresTextFigures(reading, freshness: options.freshness)
    }

    // MARK: Figures

    /// Passages stored: exact as far as this process's own changes go; those of others are counted a moment later.
    public var count: Int { currentFigures.count }

    /// Has the numbers read anew: another process has told of a change.
    public func lookAgain() {
        figures.doubt()
        _ = revision
    }

    /// Grows with every change, whoever makes it; others' are told a moment later.
    public var revision: UInt64 { currentFigures.revision }

    private var currentFigures: PostgresTextFigures.Reading {
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

    static func figures(of table: String, _ db: PostgresConnection) throws -> PostgresTextFigures.Reading {
        let found = try db.query(PostgresTextTable.figures, [.text(table)])
        guard let row = found.first else { throw isGone(table, db) }
        return try reading(row)
    }

    static func isGone(_ table: String, _ db: PostgresConnection) -> PostgresError {
        PostgresError.unexpectedValue(
            server: db.server, column: "word_table \(table)", expected: "row of a table that is in use")
    }

    /// Of a row that has count, revision and totals.
    static func reading(_ row: PostgresRow) throws -> PostgresTextFigures.Reading {
        PostgresTextFigures.Reading(
            count: Int(clamping: try row.int(0)), revision: UInt64(clamping: try row.int(1)),
            totals: try row.ints(2))
    }

    /// What the tables hold and take on the server; this process holds nothing of them. Waits for the server; where it
    /// does not answer, sizes are 0.
    public func statistics() -> TextIndexStatistics {
        let (name, terms) = (table.name, table.termsName)
        let found = try? reading { db in
            let bytes = try db.int(
                "SELECT pg_total_relation_size(to_regclass($1)) + pg_total_relation_size(to_regclass($2))",
                [.text(name), .text(terms)])
            let level = try db.query(PostgresTextTable.level, [.text(name)]).first?.optionalInt(0)
            // Counting the terms would read them all; the planner's number will do.
            let count = try db.int(
                "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = to_regclass($1)",
                [.text(terms)])
            return (
                reading: try Self.figures(of: name, db), bytes: Int(clamping: bytes ?? 0), level: level ?? 0,
                terms: Int(clamping: count ?? 0)
            )
        }
        let reading = found?.reading ?? figures.current().reading
        return TextIndexStatistics(
            count: reading.count, deadCount: 0, meanLengths: means(reading), memorySegmentCount: 0,
            diskSegmentCount: 0, memoryByteCount: 0, diskByteCount: found?.bytes ?? 0, logByteCount: 0,
            termCount: found?.terms ?? 0, postingsByteCount: 0,
            generation: UInt64(clamping: found?.level ?? 0))
    }

    /// Mean length of each field; 1 if all are empty.
    func means(_ reading: PostgresTextFigures.Reading) -> [Double] {
        reading.totals.map { $0 <= 0 || reading.count <= 0 ? 1 : Double($0) / Double(reading.count) }
    }

    // MARK: Ids

    public func contains(_ id: UInt64) -> Bool {
        untold.keeping(false) { () throws(TextIndexError) in try stored(among: [id]) == [id] }
    }

    public func stored(among ids: [UInt64]) throws(TextIndexError) -> [UInt64] {
        guard !ids.isEmpty else { return [] }
        let statement = table.stored
        return try told {
            try reading { db in try db.stored(among: ids, by: statement, batch: Self.batch) }
        }
    }

    /// Every stored id, ascending as signed numbers; read in parts.
    public func ids() -> [UInt64] {
        untold.keeping([]) { () throws(TextIndexError) in try storedIDs() }
    }

    public func storedIDs() throws(TextIndexError) -> [UInt64] {
        let table = table
        return try told { try reading { db in try db.storedIDs(by: table.page) } }
    }

    /// Ids that are sent in one statement at most.
    static let batch = 20_000

    // MARK: Sessions

    /// Reads with a session while the calling thread waits.
    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        try pool.waiting { try $0.reading(body) }
    }

    /// Does `body`, and tells its failures as those of an index.
    func told<Value>(_ body: () throws -> Value) throws(TextIndexError) -> Value {
        do { return try body() } catch { throw TextIndexError(error, server: server) }
    }
}
