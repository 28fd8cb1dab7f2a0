import Foundation

/// Keeps endpoints and the outbox: what they are still to be told.
///
/// The store itself puts word of a run's end there, for each endpoint of the run's owner that wants it, in the
/// transaction that ends the run: one is there if and only if the other is. A delivery is leased for each attempt, so it
/// is sent at least once, by one sender at a time.
public protocol WebhookStore: Sendable {
    /// - Throws: ``WorkspaceError/tooMany(kind:limit:)``; ``WorkspaceError/unsealed(variable:)``.
    func add(_ endpoint: WebhookEndpoint) async throws(WorkspaceError)
    /// All of an owner's, oldest first.
    func webhooks(for owner: Owner) async throws(WorkspaceError) -> [WebhookEndpoint]
    func webhook(_ id: String, for owner: Owner) async throws(WorkspaceError) -> WebhookEndpoint
    /// Changes what `change` changes of it, but for its id, its owner and when it was made; nobody else changes it
    /// meanwhile. What waits for an endpoint that is disabled by it is given up.
    ///
    /// - Parameter change: may be called more than once.
    /// - Returns: the endpoint as it is kept then.
    func update(
        webhook id: String, for owner: Owner, at time: Date,
        _ change: @escaping @Sendable (inout WebhookEndpoint) -> Void
    ) async throws(WorkspaceError) -> WebhookEndpoint
    /// Removes it with everything that it was and would be told.
    func delete(webhook id: String, for owner: Owner) async throws(WorkspaceError)

    /// Puts a message into the outbox, whatever its endpoint subscribes to and though it is disabled.
    func enqueue(_ delivery: WebhookDelivery, for owner: Owner) async throws(WorkspaceError)
    /// Puts word of an ingest job's end into the outbox, for each endpoint, whoever's, that subscribes to it and was there
    /// when it ended. Of a job that was told of before nothing more is told, and nothing is written.
    ///
    /// - Parameter tenant: whose owners' endpoints are told; `nil` for all, where one corpus is everybody's.
    /// - Returns: how many endpoints are told by this call.
    func tell(of job: EndedJobMessage, tenant: String?) async throws(WorkspaceError) -> Int
    /// Newest first, without bodies.
    func deliveries(
        of endpoint: String, for owner: Owner, state: WebhookDelivery.State?, before: WebhookDelivery?,
        limit: Int
    ) async throws(WorkspaceError) -> [WebhookDelivery]
    func delivery(
        _ id: String, of endpoint: String, for owner: Owner
    ) async throws(WorkspaceError) -> WebhookDelivery
    /// Sends one once more from `time` on, with all its attempts before it. One that is being sent stays as it is.
    func replay(
        delivery id: String, of endpoint: String, for owner: Owner, at time: Date
    ) async throws(WorkspaceError) -> WebhookDelivery
    /// Sends every one once more that failed and was stored at `since` or later.
    ///
    /// - Returns: how many.
    func replayFailed(
        of endpoint: String, for owner: Owner, since: Date, at time: Date
    ) async throws(WorkspaceError) -> Int

    /// Deliveries that are due; their attempts are counted up.
    ///
    /// Owners take turns: the next one is of whoever has the fewest under way, and of these the longest due. However much
    /// waits for one owner, another's goes out as soon as there is room for one more.
    ///
    /// - Parameters:
    ///   - each: of one endpoint at most, with those that other senders hold.
    ///   - ofOwner: of one owner at most, with those that other senders hold.
    func leaseDeliveries(
        _ limit: Int, each: Int, ofOwner: Int, by sender: String, for duration: Duration, at time: Date
    ) async throws(WorkspaceError) -> [LeasedDelivery]
    /// Lets leases last for `duration` from `time` on. Those that are not their delivery's newest, or have been settled, are
    /// left as they are; their senders are told when they settle.
    func renew(
        _ leases: [WebhookLease], for duration: Duration, at time: Date
    ) async throws(WorkspaceError)
    /// Says how the attempt went.
    ///
    /// - Parameter failingLimit: an endpoint whose attempts have all failed for so long is disabled.
    /// - Returns: why the endpoint was disabled by this; `nil` where it was not.
    /// - Throws: ``WorkspaceError/leaseLost(run:)``, also when the endpoint is gone.
    func settle(
        _ lease: WebhookLease, _ outcome: WebhookOutcome, failingLimit: Duration, at time: Date
    ) async throws(WorkspaceError) -> String?
    /// Gives a delivery back whose sender stops, as if the attempt had not begun.
    func release(_ lease: WebhookLease, at time: Date) async throws(WorkspaceError)

    /// Removes what was taken or given up before `time`.
    ///
    /// - Returns: how many deliveries.
    func expireDeliveries(endedBefore time: Date) async throws(WorkspaceError) -> Int

    /// Calls `wake` after each transaction of this process that has put something into the outbox, as long as what is
    /// returned lives. What other processes put there is not told of.
    func watchDeliveries(
        _ wake: @escaping @Sendable () -> Void
    ) async throws(WorkspaceError) -> any AnyObject & Sendable
}
