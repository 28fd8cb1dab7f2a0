import Synchronization

/// Something that a client has begun over `/v1/ws`, until its last event.
final class SocketStream: Sendable {
    private struct State {
        /// Everything that is done for it.
        var whole: Task<Void, Never>?
        /// What makes its events.
        var work: Task<Bool, Never>?
        var storedRun: String?
        var isCancelled = false
    }

    let id: String
    let window: EventWindow
    /// Whether its events are those of a stored run, which goes on without it.
    let isResumable: Bool
    private let state = Mutex(State())

    init(id: String, window: EventWindow, isResumable: Bool) {
        self.id = id
        self.window = window
        self.isResumable = isResumable
    }

    /// The run that is stored for it alone; `nil` for none.
    var storedRun: String? { state.withLock(\.storedRun) }

    func belongs(to run: String) { state.withLock { $0.storedRun = run } }

    /// - Parameter whole: ends when everything about it was said.
    func begin(_ whole: Task<Void, Never>) { state.withLock { $0.whole = whole } }

    /// Does `work`, which ``cancel()`` and the end of the task cancel.
    ///
    /// - Returns: what it returns, and whether it was cancelled by ``cancel()``.
    func perform(_ work: @escaping @Sendable () async -> Bool) async -> (isDone: Bool, isCancelled: Bool) {
        let task = Task { await work() }
        let isCancelled = state.withLock { state in
            state.work = task
            return state.isCancelled
        }
        if isCancelled { task.cancel() }
        let isDone = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return (isDone, state.withLock(\.isCancelled))
    }

    /// Ends the work; that it has ended is still said.
    func cancel() {
        let work = state.withLock { state in
            state.isCancelled = true
            return state.work
        }
        work?.cancel()
    }

    /// Ends it with its socket, and returns when it has ended.
    func end() async {
        let whole = state.withLock(\.whole)
        whole?.cancel()
        await whole?.value
    }
}
