import Corpus
import Ingest
import Workspace

/// What the server needs to read sources, to show what is stored, and to keep what people think of answers.
public struct ServedIngest: Sendable {
    /// Carries out ingest jobs; `nil` where nothing is read, so that there are neither sources, jobs nor uploads.
    public var jobs: IngestJobs?
    public var store: any DocumentDirectory & IngestFailureLog & StateStore
    /// `nil` where none is kept.
    public var feedback: (any FeedbackStore)?

    public init(
        jobs: IngestJobs?, store: any DocumentDirectory & IngestFailureLog & StateStore,
        feedback: (any FeedbackStore)?
    ) {
        self.jobs = jobs
        self.store = store
        self.feedback = feedback
    }

    var operations: [Operation] {
        var operations: [Operation] = []
        if let jobs {
            operations += SourceOperations(jobs: jobs, store: store).operations
            operations += IngestJobOperations(jobs: jobs).operations
            operations +=
                DocumentOperations(directory: store) { try await jobs.removeDocument($0) }.operations
        } else {
            operations += DocumentOperations(directory: store).operations
        }
        if let feedback { operations += FeedbackOperations(store: feedback).operations }
        return operations
    }
}
