import Synchronization

/// Lets one reading of a source at a time happen, in the order in which they ask.
public final class IngestTurn: Sendable {
    private struct State {
        var isTaken = false
        var nextID: UInt64 = 0
        var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Does `body` once nobody else is at it.
    ///
    /// - Throws: `CancellationError` when the task is cancelled before its turn.
    public func hold<Value: Sendable>(_ body: () async -> Value) async throws -> Value {
        guard await take() else { throw CancellationError() }
        defer { pass() }
        return await body()
    }

    /// - Returns: `false` when the task was cancelled while it waited.
    private func take() async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if Task.isCancelled { return false }
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    state.waiting.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let left = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
            }
            left?.continuation.resume(returning: false)
        }
    }

    private func pass() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
