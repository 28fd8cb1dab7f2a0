/// Lets one process at a time read a source, where several share a database.
///
/// A lease ends by itself, so that a process which died holds nobody up. One that only stopped for a while, and comes
/// back after another took over, is fenced off: what it writes then is refused with ``CorpusError/leaseLost(source:)``,
/// as leases of a source are numbered and ``WriteFence`` has each write name its own (M. Kleppmann, “How to do
/// distributed locking”, 2016). Times are the database's, whatever the clocks of the processes say.
public protocol SourceLeases: Sendable {
    /// Takes the lease of a source that nobody holds, or whose holder's time is over.
    ///
    /// - Parameter worker: names the process.
    /// - Returns: `nil` while another one holds it.
    func takeLease(
        ofSource source: String, by worker: String, for duration: Duration
    ) async throws(CorpusError) -> SourceLease?

    /// Has a lease end later.
    ///
    /// - Returns: whether it is still this process's.
    func renew(_ lease: SourceLease, for duration: Duration) async throws(CorpusError) -> Bool

    /// Gives a lease back. One that was lost stays as it is.
    func release(_ lease: SourceLease) async throws(CorpusError)
}

/// The right to read a source, for a time.
public struct SourceLease: Hashable, Sendable {
    public let source: String
    public let worker: String
    /// Grows with each lease of the source: the fencing token.
    public let number: Int64

    public init(source: String, worker: String, number: Int64) {
        self.source = source
        self.worker = worker
        self.number = number
    }
}

/// What a task that reads a source writes under.
public enum WriteFence {
    /// Every write of the task, and of tasks that it begins, is refused once this lease is another's; `nil` for writes
    /// that anybody may make.
    @TaskLocal public static var lease: SourceLease?
}
