import Synchronization

/// Lets so many runs go on at once; some more wait in order, the rest are refused.
final class RunLimiter: Sendable {
    /// The right to run; gives its place back when released, at the latest with its last reference.
    final class Slot: Sendable {
        private let limiter: RunLimiter
        private let isReleased = Atomic(false)

        fileprivate init(_ limiter: RunLimiter) {
            self.limiter = limiter
        }

        func release() {
            guard !isReleased.exchange(true, ordering: .relaxed) else { return }
            limiter.giveBack()
        }

        deinit { release() }
    }

    private struct Waiter {
        var id: UInt64
        var continuation: CheckedContinuation<Slot, any Error>
    }

    private struct State {
        var running = 0
        var waiting: [Waiter] = []
        var nextID: UInt64 = 0
        /// Cancelled before they had begun to wait.
        var cancelled: Set<UInt64> = []
    }

    private let maxRunning: Int
    private let maxWaiting: Int
    private let state = Mutex(State())

    init(running: Int, waiting: Int) {
        maxRunning = running
        maxWaiting = waiting
    }

    /// How many run and how many wait.
    var load: (running: Int, waiting: Int) {
        state.withLock { ($0.running, $0.waiting.count) }
    }

    /// Waits for a place.
    ///
    /// - Throws: ``RequestFault/busy(running:waiting:retryAfterSeconds:)`` at once when too many wait, or
    ///   `CancellationError`.
    func slot() async throws -> Slot {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { enter(Waiter(id: id, continuation: $0)) }
        } onCancel: {
            giveUp(id)
        }
    }

    private enum Entry {
        case runs, waits, refused, cancelled
    }

    private func enter(_ waiter: Waiter) {
        let entry = state.withLock { state -> Entry in
            if state.cancelled.remove(waiter.id) != nil { return .cancelled }
            if state.running < maxRunning {
                state.running += 1
                return .runs
            }
            guard state.waiting.count < maxWaiting else { return .refused }
            state.waiting.append(waiter)
            return .waits
        }
        switch entry {
        case .runs: waiter.continuation.resume(returning: Slot(self))
        case .waits: break
        case .cancelled: waiter.continuation.resume(throwing: CancellationError())
        case .refused:
            waiter.continuation.resume(
                throwing: RequestFault.busy(running: maxRunning, waiting: maxWaiting, retryAfterSeconds: 2))
        }
    }

    private func giveUp(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else {
                state.cancelled.insert(id)
                return nil
            }
            return state.waiting.remove(at: index)
        }
        waiter?.continuation.resume(throwing: CancellationError())
    }

    /// The place goes to whoever waits longest.
    private func giveBack() {
        let next = state.withLock { state -> Waiter? in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: Slot(self))
    }
}
