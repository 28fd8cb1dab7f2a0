import Corpus
import Ingest
import Workspace

/// What the server needs to read sources, to show what is stored, and to keep what people think of answers.
public struct ServedIngest: Sendable {
    /// Carries out ingest jobs; `nil` where nothing is read, so that there are neither sources, jobs nor uploads.
    public var jobs: IngestJobs?
    public var store: any DocumentDirectory & IngestFailureLog & StateStore
    /// What of it is shown; what may be read is decided there.
    public var directory: any DocumentDirectory
    /// What administrators add; `nil` where they cannot.
    public var sources: RuntimeSources?
    /// What the settings name, by id, to be shown.
    public var settingsSources: [String: SourceDefinition]
    /// `nil` where none is kept.
    public var feedback: (any FeedbackStore)?

    /// - Parameter directory: `nil` for `store` as it is.
    public init(
        jobs: IngestJobs?, store: any DocumentDirectory & IngestFailureLog & StateStore,
        feedback: (any FeedbackStore)?, sources: RuntimeSources? = nil,
        settingsSources: [String: SourceDefinition] = [:], directory: (any DocumentDirectory)? = nil
    ) {
        self.jobs = jobs
        self.directory = directory ?? store
        self.sources = sources
        self.settingsSources = settingsSources
        self.store = store
        self.feedback = feedback
    }

    var operations: [Operation] { operations(resuming: nil) }

    /// - Parameter uploads: keeps files that come in several requests; `nil` where each must come whole.
    func operations(resuming uploads: ResumableUploads?) -> [Operation] {
        var operations: [Operation] = []
        if let jobs {
            operations +=
                SourceOperations(
                    jobs: jobs, store: store, runtime: sources, settings: settingsSources,
                    directory: directory
                ).operations
            operations += IngestJobOperations(jobs: jobs, resumable: uploads).operations
            operations +=
                DocumentOperations(directory: directory) { try await jobs.removeDocument($0) }.operations
        } else {
            operations += DocumentOperations(directory: directory).operations
        }
        if let feedback { operations += FeedbackOperations(store: feedback).operations }
        return operations
    }
}
