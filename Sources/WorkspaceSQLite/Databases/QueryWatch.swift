/// Says when a query has to stop: its time is up, or whoever wants it has left.
///
/// Read and changed by one thread: the one that runs the query, from within SQLite.
final class QueryWatch {
    private let deadline: ContinuousClock.Instant
    /// Whether it has said so because of the time.
    private(set) var isOverdue = false

    init(limit: Duration) {
        deadline = ContinuousClock.now + limit
    }

    var mustStop: Bool {
        if Task.isCancelled { return true }
        isOverdue = isOverdue || ContinuousClock.now >= deadline
        return isOverdue
    }
}
