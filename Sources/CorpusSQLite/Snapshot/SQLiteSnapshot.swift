import Concurrency
@_spi(CorpusEngine) import Corpus
import Foundation
import GRDB

/// One read transaction, by the classes that its caller satisfies.
///
/// Belongs to the closure that it was lent to: `db` stops the process when it is used on another thread or later.
final class SQLiteSnapshot {
    let corpus: SQLiteCorpus
    let db: Database
    let classes: Set<AccessClassID>

    init(_ corpus: SQLiteCorpus, _ scope: ReadScope, _ db: Database) throws {
        self.corpus = corpus
        self.db = db
        classes = try scope.classes { try corpus.accessClasses(satisfiedBy: $0, db) }
    }

    /// What the condition of a statement says of who may read, over `chunk c`. Ids of our own making, so they may
    /// stand in the text; SQLite's limit on variables does not bind.
    var isReadable: String {
        "c.access_class_id IN (\(classes.sorted().map(String.init).joined(separator: ",")))"
    }

    func mapErrors<Value>(_ body: () throws -> Value) throws(CorpusError) -> Value {
        try corpus.mapErrors(body)
    }
}

extension SQLiteCorpus: PassageStore, ReadScopes {
    public func scope(for reader: Reader) -> ReadScope { ReadScope(reader) }

    public func withSnapshot<Value: Sendable>(
        for scope: ReadScope, _ body: @escaping @Sendable (any CorpusSnapshot) throws -> Value
    ) async throws -> Value {
        activity.readBegan()
        return try await readers.run {
            // What `body` throws is not the database's, so it must not be told as if it were.
            let result: Result<Value, any Error> = try self.mapErrors {
                try self.database.read { db in
                    let snapshot = try SQLiteSnapshot(self, scope, db)
                    return Result { try body(snapshot) }
                }
            }
            return try result.get()
        }
    }
}
