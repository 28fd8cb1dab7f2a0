import Synchronization
import Workspace

/// A worker's lease while its run goes on.
final class LeaseHolder: Sendable {
    private struct State {
        var lease: RunLease
        var isCancelRequested = false
        var isLost = false
        var onCancel: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(_ lease: RunLease) {
        state = Mutex(State(lease: lease))
    }

    var lease: RunLease { state.withLock { $0.lease } }
    var isCancelRequested: Bool { state.withLock { $0.isCancelRequested } }
    var isLost: Bool { state.withLock { $0.isLost } }

    func renewed(_ lease: RunLease) { state.withLock { $0.lease = lease } }
    func lose() { state.withLock { $0.isLost = true } }

    /// Somebody wants the run to end.
    func cancel() {
        let action = state.withLock { state in
            state.isCancelRequested = true
            return state.onCancel
        }
        action?()
    }

    /// What is done when somebody wants the run to end; at once when that was so already.
    func onCancel(_ action: @escaping @Sendable () -> Void) {
        let isNow = state.withLock { state in
            state.onCancel = action
            return state.isCancelRequested
        }
        if isNow { action() }
    }
}

/// How many runs a worker may carry out at once.
final class WorkerPlaces: Sendable {
    private let taken = Mutex(0)
    private let limit: Int

    init(_ limit: Int) {
        self.limit = limit
    }

    var free: Int { taken.withLock { limit - $0 } }
    func take() { taken.withLock { $0 += 1 } }
    func giveBack() { taken.withLock { $0 -= 1 } }
}
