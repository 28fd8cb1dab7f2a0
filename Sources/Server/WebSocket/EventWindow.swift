import Concurrency
import Synchronization

/// How many events of one stream a client will take before it says that it has read some: back-pressure by numbers.
///
/// Without a window there is that of the connection alone.
final class EventWindow: Sendable {
    private struct State {
        /// Events before this one may be sent; `nil` for all.
        var end: Int?
        /// The one after the last that was sent.
        var next: Int
        var isOver = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let size: Int?
    private let state: Mutex<State>

    /// - Parameters:
    ///   - size: events, 1 or more; `nil` for no window.
    ///   - start: the number of the stream's first event.
    init(size: Int?, from start: Int) {
        self.size = size
        state = Mutex(State(end: size.map { start + $0 }, next: start))
    }

    /// Everything up to this event is read. One that was not sent yet counts as the last that was.
    func acknowledge(through number: Int) {
        guard let size else { return }
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            // Both are at most the number of events that were sent.
            let read = min(number, state.next - 1)
            state.end = max(state.end ?? 0, read + 1 + size)
            guard let end = state.end, state.next < end else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Waits until the next event may be sent.
    ///
    /// - Throws: `DeadlineExceeded` when nothing is acknowledged in time, or `CancellationError`.
    func room(within limit: Duration) async throws {
        guard state.withLock({ state in state.end.map { state.next >= $0 } ?? false }) else { return }
        try await withDeadline(limit) {
            await self.wait()
            try Task.checkCancellation()
        }
    }

    /// Counts an event with this number as sent.
    func sent(_ number: Int) {
        state.withLock { $0.next = max($0.next, number + 1) }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isRoom = state.withLock { state in
                    if state.isOver || state.end.map({ state.next < $0 }) ?? true { return true }
                    state.waiting = continuation
                    return false
                }
                if isRoom { continuation.resume() }
            }
        } onCancel: {
            // The stream ends with it, so nobody will wait again.
            let waiting = state.withLock { state in
                state.isOver = true
                defer { state.waiting = nil }
                return state.waiting
            }
            waiting?.resume()
        }
    }
}
