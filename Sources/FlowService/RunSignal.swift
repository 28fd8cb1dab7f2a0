import Synchronization

/// Wakes whoever waits for work, without losing a call that came before the wait.
final class RunSignal: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func set() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.isSet = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at the next call of ``set()``, or at once when one came since the last wait, or when the task is
    /// cancelled. One waiter at a time; a second one takes the place of the first, which returns.
    func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (now, before) = state.withLock {
                    state -> (Bool, CheckedContinuation<Void, Never>?) in
                    let before = state.waiter
                    state.waiter = nil
                    if state.isSet || Task.isCancelled {
                        state.isSet = false
                        return (true, before)
                    }
                    state.waiter = continuation
                    return (false, before)
                }
                before?.resume()
                if now { continuation.resume() }
            }
        } onCancel: {
            set()
        }
    }
}
