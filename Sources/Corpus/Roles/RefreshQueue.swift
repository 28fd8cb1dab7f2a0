import Foundation

/// What somebody said has changed, until it is read anew.
public protocol RefreshQueue: Sendable {
    /// Remembers targets to read anew; one that waits already waits once.
    func requestRefresh(_ targets: [String], at time: Date) async throws(CorpusError)

    /// Targets that are due, those that wait longest first.
    func dueRefreshes(at time: Date, limit: Int) async throws(CorpusError) -> [RefreshRequest]

    /// Takes requests off the queue, unless they came again meanwhile.
    func finishRefreshes(_ requests: [RefreshRequest]) async throws(CorpusError)

    /// Puts requests off that failed, or drops them after `limit` attempts; a sync finds what they meant.
    func postponeRefreshes(
        _ requests: [RefreshRequest], until time: Date, limit: Int
    ) async throws(CorpusError)
}
