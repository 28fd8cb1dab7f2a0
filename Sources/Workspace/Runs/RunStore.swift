import Foundation

/// Keeps runs and hands them to workers, each to one at a time.
///
/// A run is handed out again when its worker's lease ends without a word, so a run is carried out at least once,
/// and finished exactly once: whatever a worker writes names its lease, and a lease that is not the newest is
/// refused with ``WorkspaceError/leaseLost(run:)``.
public protocol RunStore: Sendable {
    /// Stores a run that waits to be carried out, from its `createdAt` on.
    ///
    /// - Parameters:
    ///   - key: of the caller's making; a second run of the same owner with it and an equal `digest` is the first
    ///     one. It is kept as long as its run.
    ///   - digest: of what the caller asked for: ``StoredRun/requestDigest``, or a caller's own of the request as it
    ///     came, without what was found out about it since (the flow's newest version, the groups of a user).
    ///   - limit: runs of the owner that may wait, this one among them; `nil` for any number. Of several that are stored
    ///     at the same moment some more may.
    /// - Returns: the run as it is stored: the first one of its key, or this.
    /// - Throws: ``WorkspaceError/keyReused(key:)``; ``WorkspaceError/nameTaken(kind:name:)`` for the id of a run
    ///   that is there; ``WorkspaceError/tooManyWaiting(limit:)``.
    func enqueue(
        _ run: StoredRun, key: String?, digest: Data, atMost limit: Int?
    ) async throws(WorkspaceError) -> StoredRun

    func run(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun
    /// How a run stands, without what it was asked and made.
    func state(of id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun.State
    /// Newest first; requests over 64 KiB and results over 256 KiB are left out of the list.
    func runs(
        for owner: Owner, flow: String?, state: StoredRun.State?, before: StoredRun?, limit: Int
    ) async throws(WorkspaceError) -> [StoredRun]

    /// A queued run ends at once; of a running one the worker is told when it next renews its lease, and a run whose
    /// worker is lost ends when its lease does. One that has ended stays as it is.
    func cancel(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun
    /// Queues a dead or failed run once more, with no attempts and no events behind it.
    ///
    /// - Throws: ``WorkspaceError/wrongState(run:state:)``.
    func requeue(_ id: String, for owner: Owner) async throws(WorkspaceError) -> StoredRun

    /// The next runs to carry out, by priority and age: queued ones that are due, and those whose lease ended.
    ///
    /// Their attempts are counted up, and they are `running`. One whose attempts are used up becomes
    /// ``StoredRun/State/dead`` instead, and one that somebody cancelled ``StoredRun/State/cancelled``. A dead run
    /// without a `failure` has lost all its workers.
    func lease(
        _ limit: Int, by worker: String, for duration: Duration, at time: Date, attempts: Int
    ) async throws(WorkspaceError) -> [(run: StoredRun, lease: RunLease)]

    /// - Returns: the renewed lease, and whether somebody asked for the run's end.
    func renew(
        _ lease: RunLease, for duration: Duration, at time: Date
    ) async throws(WorkspaceError) -> (lease: RunLease, isCancelRequested: Bool)

    /// Appends events, in order, all or none. Those whose positions are there already are passed over.
    ///
    /// - Throws: ``WorkspaceError/eventGap(run:expected:actual:)``.
    func append(_ events: [StoredRunEvent], under lease: RunLease) async throws(WorkspaceError)
    /// Events from `position` on, in order, whatever state the run is in.
    func events(
        of id: String, for owner: Owner, from position: Int, limit: Int
    ) async throws(WorkspaceError) -> [StoredRunEvent]

    /// Removes the events of an attempt that will not be gone on with, before the next one begins.
    func forgetEvents(under lease: RunLease) async throws(WorkspaceError)

    /// Ends a run, together with what it says in conversations, in one transaction.
    ///
    /// - Parameters:
    ///   - state: `finished`, `failed` or `cancelled`; `dead` for one to be looked at.
    ///   - messages: of the run's owner alone.
    ///   - events: the last ones that it tells, as ``append(_:under:)`` takes them.
    func end(
        _ lease: RunLease, _ state: StoredRun.State, result: Data?, failure: Data?,
        messages: [StoredMessage], events: [StoredRunEvent], at time: Date
    ) async throws(WorkspaceError)

    /// Gives a run back that nothing was wrong with, since its worker stops: it is queued as if this attempt had never
    /// begun.
    func release(_ lease: RunLease, at time: Date) async throws(WorkspaceError)

    /// Gives a run back after a failure that may pass; dead when its attempts are used up, cancelled when somebody
    /// asked for its end.
    ///
    /// - Parameter due: when it may be handed out again; see ``RunBackoff``.
    func retry(
        _ lease: RunLease, at time: Date, due: Date, failure: Data, attempts: Int
    ) async throws(WorkspaceError)

    /// How many wait, run and are dead, of all owners.
    func runCounts() async throws(WorkspaceError) -> [StoredRun.State: Int]

    /// Removes ended runs, dead ones too, with their events and keys.
    ///
    /// - Returns: how many runs.
    func expireRuns(endedBefore time: Date) async throws(WorkspaceError) -> Int
}

extension RunStore {
    /// Stores a run under the digest of its flow and its request, however many wait.
    public func enqueue(_ run: StoredRun, key: String?) async throws(WorkspaceError) -> StoredRun {
        try await enqueue(run, key: key, digest: run.requestDigest)
    }

    /// Stores a run, however many wait.
    public func enqueue(
        _ run: StoredRun, key: String?, digest: Data
    ) async throws(WorkspaceError) -> StoredRun {
        try await enqueue(run, key: key, digest: digest, atMost: nil)
    }

    /// Ends a run that has told everything.
    public func end(
        _ lease: RunLease, _ state: StoredRun.State, result: Data?, failure: Data?,
        messages: [StoredMessage], at time: Date
    ) async throws(WorkspaceError) {
        try await end(
            lease, state, result: result, failure: failure, messages: messages, events: [], at: time)
    }

    /// Gives a run back, to be handed out again at once.
    public func retry(
        _ lease: RunLease, at time: Date, failure: Data, attempts: Int
    ) async throws(WorkspaceError) {
        try await retry(lease, at: time, due: time, failure: failure, attempts: attempts)
    }
}
