import Synchronization

/// Wakes whoever waits for work, or pauses between two looks for what changed, without losing a call that came before
/// the wait.
public final class Nudge: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    public init() {}

    /// Ends the pause, or the next one at its beginning. Many together count once.
    public func nudge() {
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

    /// Waits for `limit`, or until somebody nudges. One at a time.
    ///
    /// - Parameter floor: waited in any case, so that whoever is nudged all the time does something else, too.
    /// - Throws: `CancellationError`.
    public func pause(for limit: Duration, atLeast floor: Duration = .zero) async throws {
        if floor > .zero { try await Task.sleep(for: min(floor, limit)) }
        do {
            try await withDeadline(max(.zero, limit - floor)) { [self] in await wait() }
        } catch is DeadlineExceeded {
            return
        }
        try Task.checkCancellation()
    }

    /// Returns when somebody nudges, at once for what came since the last wait, and when the task is cancelled. One at a
    /// time; a second one takes the place of the first, which returns.
    public func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, before) = state.withLock {
                    state -> (Bool, CheckedContinuation<Void, Never>?) in
                    let before = state.waiter
                    state.waiter = nil
                    let isOver = Task.isCancelled || state.isSet
                    if !Task.isCancelled { state.isSet = false }
                    if !isOver { state.waiter = continuation }
                    return (isOver, before)
                }
                before?.resume()
                if isOver { continuation.resume() }
            }
        } onCancel: {
            // Not a nudge: the one that comes next is for the next pause.
            state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }?.resume()
        }
    }
}
