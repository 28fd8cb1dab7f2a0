import Foundation

/// Keeps what a queue of runs is still to be told: that a run waits, stored in the transaction that has it wait.
///
/// A run is queued if and only if it is stored. What is told twice does no harm, since a worker takes a run by
/// ``lease(run:ofTenant:by:for:at:attempts:)``; and what is lost on the way, ``announceForgotten(since:at:limit:)``
/// tells once more.
public protocol RunOutbox: Sendable {
    /// Takes a run by its id for a worker that was told of it, where it may be taken.
    ///
    /// What ``RunStore/lease(_:by:for:at:attempts:)`` ends (runs without attempts left, and cancelled ones that lost
    /// their worker) ends here too.
    ///
    /// - Parameter tenant: of the run's owner; another one's run is ``RunClaim/absent``.
    func lease(
        run id: String, ofTenant tenant: String, by worker: String, for duration: Duration, at time: Date,
        attempts: Int
    ) async throws(WorkspaceError) -> RunClaim

    /// What the queue is to be told next, by priority and age. Nobody else is given it for so long.
    ///
    /// - Parameter horizon: how long before a run is due the queue may be told of it.
    func leaseAnnouncements(
        _ limit: Int, for duration: Duration, at time: Date, horizon: Duration
    ) async throws(WorkspaceError) -> [RunAnnouncement]
    /// Removes what the queue has acknowledged.
    func settle(announced: [RunAnnouncement], at time: Date) async throws(WorkspaceError)
    /// Leaves what the queue did not take, to be tried again from `due` on.
    func postpone(announcements: [RunAnnouncement], until due: Date) async throws(WorkspaceError)

    /// Tells the queue once more of runs that have waited since `since` or longer, or whose worker's lease ended then,
    /// and of which it was told no later: the message was lost, or the queue was emptied. The oldest come first.
    ///
    /// A run that only waits its turn is told of ever more rarely: each time it has waited twice as long as the last time.
    /// Otherwise a queue with a long backlog would be filled with what it has already.
    ///
    /// - Returns: how many.
    func announceForgotten(since: Date, at time: Date, limit: Int) async throws(WorkspaceError) -> Int

    /// How many wait to be told.
    func announcementCount() async throws(WorkspaceError) -> Int
}

/// That a run waits, as the outbox keeps it.
public struct RunAnnouncement: Sendable, Hashable {
    /// Its place in the outbox.
    public var number: Int64
    public var message: RunMessage
    /// The run's: higher ones are told first.
    public var priority: Int
    /// When the run may be taken.
    public var due: Date

    public init(number: Int64, message: RunMessage, priority: Int, due: Date) {
        self.number = number
        self.message = message
        self.priority = priority
        self.due = due
    }
}

/// What became of the wish to carry out a run.
public enum RunClaim: Sendable, Hashable {
    case leased(StoredRun, RunLease)
    /// Another worker has it until then, if it does not renew its lease.
    case held(until: Date)
    /// It may be taken from then on.
    case waits(until: Date)
    /// There is nothing more to do.
    case ended
    /// There is no such run, or it is another tenant's.
    case absent
}
