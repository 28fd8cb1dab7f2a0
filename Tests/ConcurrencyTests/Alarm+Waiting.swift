import Synchronization

@testable import Concurrency

extension Alarm {
    /// Returns at `due`, or as soon as the task is cancelled.
    func wait(until due: ContinuousClock.Instant) async {
        let wait = AlarmWait()
        let id = enter(wait, at: due)
        await withTaskCancellationHandler {
            await withCheckedContinuation { wait.begin($0) }
        } onCancel: {
            wait.ring()
        }
        leave(id)
    }
}

/// One wait; it ends once, by whoever comes first.
private final class AlarmWait: AlarmListener {
    private let state = Mutex<(isOver: Bool, continuation: CheckedContinuation<Void, Never>?)>((false, nil))

    func begin(_ continuation: CheckedContinuation<Void, Never>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.continuation = continuation }
            return state.isOver
        }
        if isOver { continuation.resume() }
    }

    func ring() {
        let continuation = state.withLock { state in
            defer { state = (true, nil) }
            return state.continuation
        }
        continuation?.resume()
    }
}
