import Corpus
import Synchronization

/// Where a running job waits while it is paused.
final class JobGate: Sendable {
    private struct State {
        var isOpen = true
        /// Of the job's state that it follows.
        var revision = Int.min
        var nextID: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Closes for a job that is paused, and opens for any other.
    ///
    /// What is known of an older state of the job is passed over: of two who pause and resume it at once, whoever was
    /// stored last decides, in whatever order they come here.
    func follow(_ job: IngestJob) {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard job.revision > state.revision else { return [] }
            state.revision = job.revision
            state.isOpen = job.state != .paused
            guard state.isOpen else { return [] }
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        waiting.forEach { $0.resume() }
    }

    /// Returns once the gate is open.
    ///
    /// - Throws: `CancellationError`.
    func pass() async throws {
        while !state.withLock(\.isOpen) {
            await wait()
            try Task.checkCancellation()
        }
    }

    private func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    guard !state.isOpen, !Task.isCancelled else { return false }
                    state.waiting[id] = continuation
                    return true
                }
                if !waits { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
