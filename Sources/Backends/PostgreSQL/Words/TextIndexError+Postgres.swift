import TextIndex

extension TextIndexError {
    /// What a failure of the server means to a caller of the store.
    init(_ error: any Error, server: String) {
        switch error {
        case let error as TextIndexError: self = error
        // A write of words can be made again, whatever became of it.
        case let error as PostgresError where error.isOutcomeUnknown:
            self = .unavailable(server: server, reason: error.description)
        case let error as PostgresError:
            self =
                error.isTransient
                ? .unavailable(server: server, reason: error.description)
                : .refused(server: server, reason: error.description)
        default:
            self = .refused(server: server, reason: "PostgreSQL at \(server) could not be asked: \(error)")
        }
    }
}
