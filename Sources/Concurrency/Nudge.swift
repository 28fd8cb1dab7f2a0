import Synchronization

/// A pause that others may end early: whoever looks again and again for what changed is told when to look at once.
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
            try await withDeadline(max(.zero, limit - floor)) { [self] in await nudged() }
        } catch is DeadlineExceeded {
            return
        }
        try Task.checkCancellation()
    }

    private func nudged() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.isSet, !Task.isCancelled else {
                        state.isSet = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
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
