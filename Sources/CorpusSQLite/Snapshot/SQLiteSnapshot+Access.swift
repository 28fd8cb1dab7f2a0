import Corpus
import GRDB

extension SQLiteSnapshot: AccessSnapshot {
    func changeSequence() throws(CorpusError) -> Int64 {
        try mapErrors { try ChangeLog.last(db) }
    }

    func changes(after sequence: Int64, model: String) throws(CorpusError) -> [ChunkChange]? {
        try mapErrors {
            guard try ChangeLog.reachesBack(to: sequence, db) else { return nil }
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: """
                        SELECT sequence, document_id, chunk_id, before, after FROM chunk_change
                        WHERE sequence > ? AND (model = ? OR model IS NULL) ORDER BY sequence
                        """), arguments: [sequence, model])
            var changes: [ChunkChange] = []
            while let row = try rows.next() {
                changes.append(
                    ChunkChange(
                        sequence: row["sequence"], documentID: row["document_id"], chunkID: row["chunk_id"],
                        before: row["before"], after: row["after"]))
            }
            return changes
        }
    }

    func accessClasses(
        model: String
    ) throws(CorpusError) -> [(chunk: Int64, accessClass: AccessClassID)] {
        try mapErrors {
            let rows = try Row.fetchCursor(
                db, sql: "SELECT id, access_class_id FROM chunk WHERE model = ?", arguments: [model])
            var found: [(chunk: Int64, accessClass: AccessClassID)] = []
            while let row = try rows.next() { found.append((row["id"], row["access_class_id"])) }
            return found
        }
    }

    func chunkIDs(
        matching filter: ChunkFilter, model: String, inDocuments documents: [String]?
    ) throws(CorpusError) -> [Int64] {
        guard documents?.isEmpty != true else { return [] }
        return try mapErrors {
            let condition = DocumentCondition(filter)
            // CROSS JOIN: from the few documents that match to their chunks, whatever the planner believes.
            guard let documents else {
                return try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT c.id FROM document d CROSS JOIN chunk c ON c.document_id = d.id
                        WHERE +c.model = ? AND \(condition.sql)
                        """, arguments: StatementArguments([model] + condition.arguments))
            }
            let arguments: [any DatabaseValueConvertible] = [try SQLiteCorpus.encode(documents), model]
            return try Int64.fetchAll(
                db,
                sql: """
                    SELECT c.id FROM json_each(?) named CROSS JOIN document d ON d.id = named.value
                    CROSS JOIN chunk c ON c.document_id = d.id
                    WHERE +c.model = ? AND \(condition.sql)
                    """, arguments: StatementArguments(arguments + condition.arguments))
        }
    }
}

/// What happened to chunks, in order, as far back as it is kept.
///
/// The triggers of ``Migrations`` write what happens to chunks; what happens to a document's own facts is noted by
/// whoever writes them. Derived sets of ids follow it instead of being made anew.
enum ChangeLog {
    /// Changes that are kept at least; twice as many at most.
    static let kept: Int64 = 65_536

    static func last(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT MAX(sequence) FROM chunk_change")) ?? 0
    }

    /// Whether everything after change `sequence` is still there.
    static func reachesBack(to sequence: Int64, _ db: Database) throws -> Bool {
        guard
            let first = try Int64.fetchOne(db.cachedStatement(sql: "SELECT MIN(sequence) FROM chunk_change"))
        else { return sequence == 0 }
        return sequence >= first - 1
    }

    /// Notes that a document's space, kind, labels, author or date may have changed.
    static func noteFacts(ofDocument id: String, _ db: Database) throws {
        try db.cachedStatement(sql: "INSERT INTO chunk_change (document_id) VALUES (?)")
            .execute(arguments: [id])
    }

    /// Forgets the oldest, many at a time.
    static func trim(_ db: Database) throws {
        let last = try last(db)
        guard last > 2 * kept, try reachesBack(to: last - 2 * kept, db) else { return }
        try db.execute(sql: "DELETE FROM chunk_change WHERE sequence <= ?", arguments: [last - kept])
    }
}
