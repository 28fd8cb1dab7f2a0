@_spi(CorpusEngine) import Corpus
import Foundation

/// One read transaction, by the classes that its caller satisfies.
///
/// Belongs to the closure that it was lent to: it runs on the thread that the session was lent to.
final class PostgresSnapshot {
    let corpus: PostgresCorpus
    let db: PostgresConnection
    let classes: Set<AccessClassID>
    /// What went wrong last in this transaction: the transaction is tried again for the database's faults, never for
    /// those of whoever reads.
    private(set) var fault: PostgresError?
    /// The last change, once it was asked for: within one transaction there comes none.
    private var knownChange: Int64?

    init(_ corpus: PostgresCorpus, _ scope: ReadScope, _ db: PostgresConnection) throws {
        self.corpus = corpus
        self.db = db
        classes = try scope.classes { try corpus.accessClasses(satisfiedBy: $0, db) }
    }

    /// The classes as a value of a statement.
    var readable: PostgresValue { .ints(classes.sorted()) }

    func mapErrors<Value>(_ body: () throws -> Value) throws(CorpusError) -> Value {
        do {
            return try body()
        } catch {
            if let error = error as? PostgresError { fault = error }
            throw PostgresCorpus.told(error, corpus.server)
        }
    }
}

extension PostgresSnapshot {
    func lastChange() throws -> Int64 {
        if let knownChange { return knownChange }
        let last = try PostgresChangeLog.last(db)
        knownChange = last
        return last
    }
}

extension PostgresCorpus: PassageStore, ReadScopes {
    public func scope(for reader: Reader) -> ReadScope { ReadScope(reader) }

    public func withSnapshot<Value: Sendable>(
        for scope: ReadScope, _ body: @escaping @Sendable (any CorpusSnapshot) throws -> Value
    ) async throws -> Value {
        // What `body` throws is not the database's, so it must not be told, or tried again, as if it were.
        let result: Result<Value, any Error>
        do {
            result = try await database.read(.content) { db in
                let snapshot = try PostgresSnapshot(self, scope, db)
                let result = Result { try body(snapshot) }
                if let fault = snapshot.fault { throw fault }
                return result
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            throw Self.told(error, server)
        }
        return try result.get()
    }
}

extension PostgresSnapshot: AccessSnapshot {
    func changeSequence() throws(CorpusError) -> Int64 {
        try mapErrors { try lastChange() }
    }

    func changes(after sequence: Int64, model: String) throws(CorpusError) -> [ChunkChange]? {
        try mapErrors {
            guard try PostgresChangeLog.reachesBack(to: sequence, db) else { return nil }
            let found = try db.query(
                """
                SELECT sequence, document_id, chunk_id, before, after FROM chunk_change
                WHERE sequence > $1 AND (model = $2 OR model IS NULL) ORDER BY sequence
                """, [.int(sequence), .text(model)])
            return try found.rows.map { row in
                ChunkChange(
                    sequence: try row.int(0), documentID: try row.text(1), chunkID: try row.optionalInt(2),
                    before: try row.optionalInt(3), after: try row.optionalInt(4))
            }
        }
    }

    func accessClasses(
        model: String
    ) throws(CorpusError) -> [(chunk: Int64, accessClass: AccessClassID)] {
        try mapErrors {
            let found = try db.query("SELECT id, access_class_id FROM chunk WHERE model = $1", [.text(model)])
            var classes: [(chunk: Int64, accessClass: AccessClassID)] = []
            classes.reserveCapacity(found.count)
            for row in found.rows { classes.append((try row.int(0), try row.int(1))) }
            return classes
        }
    }

    func chunkIDs(
        matching filter: ChunkFilter, model: String, inDocuments documents: [String]?
    ) throws(CorpusError) -> [Int64] {
        guard documents?.isEmpty != true else { return [] }
        return try mapErrors {
            var condition = PostgresCondition(filter)
            condition.demand("c.model = ", .text(model))
            if let documents { condition.demand("d.id = ANY", .texts(documents)) }
            return try db.ints(
                "SELECT c.id FROM document d JOIN chunk c ON c.document_id = d.id WHERE \(condition.sql)",
                condition.values)
        }
    }
}
