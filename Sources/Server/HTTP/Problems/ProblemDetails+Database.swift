import Corpus
import QA
import TextIndex
import VectorIndex
import Workspace

/// What a database that is away means to a client: come again, and nothing of the server's is told.
extension ProblemDetails {
    /// What the refusals of the corpus mean.
    init(storing error: CorpusError) {
        switch error {
        case .diskFull: self.init(fault: .storageFull)
        case .unavailable(_, let reason): self = .databaseAway(reason)
        case .outcomeUnknown(_, let reason): self = .fateUnknown(reason)
        default: self = .inside(cause: error.description)
        }
    }

    /// - Returns: `nil` for what is none of a database that is away.
    static func ofDatabase(_ error: any Error) -> ProblemDetails? {
        switch error {
        case CorpusError.unavailable(_, let reason), WorkspaceError.unavailable(_, let reason),
            VectorIndexError.unavailable(_, let reason), TextIndexError.unavailable(_, let reason):
            databaseAway(reason)
        case CorpusError.outcomeUnknown(_, let reason), WorkspaceError.outcomeUnknown(_, let reason):
            fateUnknown(reason)
        case CorpusError.diskFull, WorkspaceError.diskFull: ProblemDetails(fault: .storageFull)
        default: nil
        }
    }

    /// Nothing was done, and the same may well succeed in a moment.
    static func databaseAway(_ cause: String) -> ProblemDetails {
        var problem = ProblemDetails(
            .busy, "The database is not available",
            detail: "What keeps documents, flows and runs is not available. Nothing was changed; try again.",
            retryable: true)
        problem.retryAfterSeconds = 2
        problem.cause = cause
        return problem
    }

    /// It may have been done. Asking again is safe; doing it again is not, without a key that says it is the same.
    static func fateUnknown(_ cause: String) -> ProblemDetails {
        var problem = ProblemDetails(
            .busy, "Its outcome is not known",
            detail: """
                The database was lost while this was being kept, and it could not be found out whether it was. Look \
                whether it is there before you send it again.
                """)
        problem.retryAfterSeconds = 5
        problem.cause = cause
        problem.isOutcomeUnknown = true
        return problem
    }
}
