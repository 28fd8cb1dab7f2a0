import Synchronization

/// What became of commands, for the one who waits for it; it may go before it is known.
final class RedisOutcome: Sendable {
    typealias Value = Result<[Result<RedisReply, RedisError>], RedisError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Value, any Error>)
        case settled(Value)
        case abandoned
    }

    private let state = Mutex(State.open)

    func settle(_ value: Value) {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .awaited(let waiter):
                state = .settled(value)
                return waiter
            case .open:
                state = .settled(value)
                return nil
            case .settled, .abandoned: return nil
            }
        }
        waiter?.resume(returning: value)
    }

    /// - Throws: `CancellationError`.
    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait($0) }
        } onCancel: {
            abandon()
        }
    }

    private func wait(_ continuation: CheckedContinuation<Value, any Error>) {
        let ready = state.withLock { state -> Result<Value, any Error>? in
            switch state {
            case .open:
                state = .awaited(continuation)
                return nil
            case .settled(let value): return .success(value)
            case .awaited, .abandoned: return .failure(CancellationError())
            }
        }
        if let ready { continuation.resume(with: ready) }
    }

    private func abandon() {
        let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            defer { state = .abandoned }
            if case .awaited(let waiter) = state { return waiter }
            return nil
        }
        waiter?.resume(throwing: CancellationError())
    }
}
