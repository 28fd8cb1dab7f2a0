/// What endpoints are told of. The names go out in bodies and come in with subscriptions: they stay.
public enum WebhookEvent: String, Sendable, Hashable, CaseIterable {
    case runFinished = "run.finished"
    case runFailed = "run.failed"
    case runCancelled = "run.cancelled"
    case runDead = "run.dead"
    /// Asked for by the endpoint's owner; nobody subscribes to it.
    case test = "webhook.test"

    /// What an endpoint may subscribe to.
    public static let subscribable: [WebhookEvent] = [.runFinished, .runFailed, .runCancelled, .runDead]

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
