import Concurrency
import Synchronization

/// Changes that wait for their turn: those that come while others are written share the next transaction, and so wait
/// for the disk together.
///
/// One batch of a collection is under way at a time, so the index takes changes in the order in which the database
/// took them.
final class ChangeQueue: Sendable {
    /// A change whose caller waits.
    struct Waiting: Sendable {
        let change: Change
        let continuation: CheckedContinuation<Result<ChangeReport, CollectionError>, Never>

        func answer(_ result: Result<ChangeReport, CollectionError>) {
            continuation.resume(returning: result)
        }
    }

    private struct State {
        var waiting: [Waiting] = []
        /// Whether a batch is under way, behind which the queue is looked at again.
        var isWorking = false
    }

    /// Points of one transaction at most, unless the first change alone has more.
    private static let batchPoints = 10_000
    private let state = Mutex(State())
    private let executor: BlockingExecutor

    /// - Parameter executor: shared by all collections; a batch is one job there, so that none keeps the others
    ///   waiting for longer than that.
    init(_ executor: BlockingExecutor) {
        self.executor = executor
    }

    /// Does `change` by `commit`, which answers every change it is given, once.
    func submit(
        _ change: Change, by commit: @escaping @Sendable ([Waiting]) async -> Void
    ) async throws(CollectionError) -> ChangeReport {
        let result = await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiting(change: change, continuation: continuation))
                defer { state.isWorking = true }
                return !state.isWorking
            }
            if isFirst { work(commit) }
        }
        return try result.get()
    }

    private func work(_ commit: @escaping @Sendable ([Waiting]) async -> Void) {
        Task(executorPreference: executor) {
            await commit(self.next())
            let isMore = self.state.withLock { state in
                state.isWorking = !state.waiting.isEmpty
                return state.isWorking
            }
            if isMore { self.work(commit) }
        }
    }

    private func next() -> [Waiting] {
        state.withLock { state in
            var (count, points) = (0, 0)
            for waiting in state.waiting {
                points += waiting.change.size
                if count > 0, points > Self.batchPoints { break }
                count += 1
            }
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
    }
}
