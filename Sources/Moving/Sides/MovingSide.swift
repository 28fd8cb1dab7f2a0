/// How much of a table a target has of an unfinished move.
struct TableProgress: Sendable {
    /// That of the last row that was written.
    var lastKey: MovedKey?
    var rows = 0
    var isDone = false
}

/// One end of a move. Everything waits, on the one thread of the move.
protocol MovingSide: AnyObject {
    /// For messages.
    var place: String { get }
    /// Texts in which something was replaced, since it was last set.
    var replacedTexts: Int { get set }

    // MARK: Reading

    /// From here on until ``endSnapshot()`` everything is read as of one moment. As a source SQLite's databases take
    /// no writes meanwhile.
    func beginSnapshot(asSource: Bool) throws
    func endSnapshot() throws
    /// - Throws: ``MovingError/unknownSchema(place:table:columns:)``.
    func checkColumns(of table: MovedTable) throws
    func count(_ table: MovedTable) throws -> Int
    /// How many rows are there, and what tells these rows from others: on a server every change of any row, in a folder,
    /// which nobody changes while it is moved, only what adds or removes some at the end.
    func fingerprint(of table: MovedTable) throws -> (count: Int, rows: [MovedValue])
    func lastKey(of table: MovedTable) throws -> MovedKey?
    /// Rows behind a key, in the order of keys; none at the end of the table. Values stand in the order of columns.
    func page(
        of table: MovedTable, after key: MovedKey?, _ limit: MovePageLimit
    ) throws -> [[MovedValue]]
    /// The last number that was given in a table, though its row may be gone; 0 for none.
    func lastNumber(of table: MovedTable) throws -> Int64
    /// What `state` says under a key.
    func state(_ key: String) throws -> String?

    // MARK: Writing

    /// By table, what is there of an unfinished move, and of which source; empty where there is none.
    func progress() throws -> (tables: [String: TableProgress], sources: Set<String>)
    /// Notes that a move of `source` has begun, for tables of which that is not noted yet.
    func begin(source: String) throws
    /// Writes rows, and in the same transaction how far the table is.
    func write(_ rows: [[MovedValue]], to table: MovedTable, _ progress: TableProgress) throws
    /// What follows the last row: numbers go on behind `lastNumbers`, and no change of passages is left in the log.
    func finish(lastNumbers: [String: Int64]) throws
    /// Forgets that there was a move.
    func forgetProgress() throws
}

/// A side that can be brought level, as a target, with a source that has changed since an earlier move of it.
protocol LevellingSide: MovingSide {
    /// Notes that rows of the source of this origin are there as they were at some time. From here on rows may be written
    /// and removed in any order.
    func beginLevelling(of origin: String) throws
    func remove(_ keys: [MovedKey], from table: MovedTable) throws
    /// Works out anew what is worked out of other tables, and makes sure that every row that is named is there.
    func endLevelling() throws
}

extension MovingSide {
    /// How far tables are, as one reads it of what ``progress()`` found.
    static func progress(
        table: String, lastKey: [UInt8]?, rows: Int, isDone: Bool, place: String
    ) throws -> TableProgress {
        guard let lastKey else { return TableProgress(lastKey: nil, rows: rows, isDone: isDone) }
        guard let values = MovedValue.values(ofForm: lastKey),
            values.count == MovedTable.all.first(where: { $0.name == table })?.key.count
        else { throw MovingError.damagedProgress(place: place, table: table) }
        return TableProgress(lastKey: MovedKey(values: values), rows: rows, isDone: isDone)
    }
}
