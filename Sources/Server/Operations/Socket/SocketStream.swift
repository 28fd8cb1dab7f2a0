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
    /// Whether a run is stored for it, which has a name once it is accepted. Until then its work is not ended by
    /// ``cancel()``: the run may be stored already, and nobody could end it.
    let storesRun: Bool
    private let state = Mutex(State())

    init(id: String, window: EventWindow, isResumable: Bool, storesRun: Bool = false) {
        self.id = id
        self.window = window
        self.isResumable = isResumable
        self.storesRun = storesRun
    }

    /// Whether it was cancelled before it had come to anything.
    var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Names the run that is stored for it.
    ///
    /// - Returns: whether ``cancel()`` came before, so that the run is to be ended now.
    func belongs(to run: String) -> Bool {
        state.withLock { state in
            state.storedRun = run
            // From here on it is the run that is cancelled, and its events come to their end.
            defer { state.isCancelled = false }
            return state.isCancelled
        }
    }

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
        if isCancelled, !storesRun { task.cancel() }
        let isDone = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        return (isDone, state.withLock(\.isCancelled))
    }

    /// Ends the work; that it has ended is still said.
    ///
    /// - Returns: the run that is stored for it and must be ended by its own operation; `nil` for none, or for one whose
    ///   name is not known yet: whoever learns it is told (``belongs(to:)``).
    func cancel() -> String? {
        let (run, work) = state.withLock { state -> (String?, Task<Bool, Never>?) in
            if let run = state.storedRun { return (run, nil) }
            state.isCancelled = true
            return (nil, storesRun ? nil : state.work)
        }
        work?.cancel()
        return run
    }

    /// Ends it with its socket, and returns when it has ended.
    func end() async {
        let whole = state.withLock(\.whole)
        whole?.cancel()
        await whole?.value
    }
}
