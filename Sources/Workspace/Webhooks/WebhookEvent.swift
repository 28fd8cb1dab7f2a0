/// What endpoints are told of. The names go out in bodies and come in with subscriptions: they stay.
public enum WebhookEvent: String, Sendable, Hashable, CaseIterable {
    case runFinished = "run.finished"
    case runFailed = "run.failed"
    case runCancelled = "run.cancelled"
    case runDead = "run.dead"
    /// A source was read to its end; single documents may have failed.
    case syncFinished = "sync.finished"
    /// A source could not be read to its end, and nobody asked for that.
    case syncFailed = "sync.failed"
    /// A file that somebody sent was taken in.
    case ingestFinished = "ingest.finished"
    case ingestFailed = "ingest.failed"
    /// Asked for by the endpoint's owner; nobody subscribes to it.
    case test = "webhook.test"

    /// Of an owner's runs: what an endpoint is told of unless it says otherwise.
    public static let ofRuns: [WebhookEvent] = [.runFinished, .runFailed, .runCancelled, .runDead]
    /// Of ingest jobs, which are nobody's own: for those who may look at jobs.
    public static let ofJobs: [WebhookEvent] = [.syncFinished, .syncFailed, .ingestFinished, .ingestFailed]
    /// What an endpoint may subscribe to.
    public static let subscribable = ofRuns + ofJobs

    /// The end of a run in this state; `nil` for one that has not ended.
    public init?(endOf state: StoredRun.State) {
        switch state {
        case .finished: self = .runFinished
        case .failed: self = .runFailed
        case .cancelled: self = .runCancelled
        case .dead: self = .runDead
        case .queued, .running: return nil
        }
    }
}
