import TextIndex
import VectorCollections
import VectorIndex

/// An error of what is kept in PostgreSQL.
protocol PostgresStoreError: Error {
    static func unavailable(server: String, reason: String) -> Self
    static func refused(server: String, reason: String) -> Self
}

extension CollectionError: PostgresStoreError {}
extension TextIndexError: PostgresStoreError {}
extension VectorIndexError: PostgresStoreError {}

extension PostgresStoreError {
    /// What a failure of the server means to a caller of the store.
    init(_ error: any Error, server: String) {
        switch error {
        case let error as Self: self = error
        // A write of an index can be made again, whatever became of it; collections tell that apart before.
        case let error as PostgresError where error.isOutcomeUnknown || error.isTransient:
            self = .unavailable(server: server, reason: error.description)
        case let error as PostgresError: self = .refused(server: server, reason: error.description)
        default:
            self = .refused(server: server, reason: "PostgreSQL at \(server) could not be asked: \(error)")
        }
    }
}
