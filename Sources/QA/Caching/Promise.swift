import Synchronization

/// A value that many wait for; whoever is cancelled stops waiting, and the others do not.
final class Promise<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    /// Tells everybody; only the first result counts.
    func settle(_ result: Result<Value, any Error>) {
        let waiters = state.withLock { state -> [Int: CheckedContinuation<Value, any Error>] in
            guard state.result == nil else { return [:] }
            state.result = result
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }

    /// - Throws: what it was settled with, or `CancellationError` as soon as the waiting task is cancelled.
    func value() async throws -> Value {
        let number = state.withLock { state -> Int in
            state.count += 1
            return state.count
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let settled = state.withLock { state -> Result<Value, any Error>? in
                    if let result = state.result { return result }
                    // A handler that ran before this found nobody to wake.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[number] = continuation
                    return nil
                }
                if let settled { continuation.resume(with: settled) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }
}
