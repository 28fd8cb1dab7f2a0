import Synchronization

/// Connections on the way from where they are accepted to whoever serves them.
///
/// None is ever dropped: Swift NIO ends the process when an asynchronous channel goes away that nobody has ended. An
/// `AsyncStream` and Swift NIO's own sequence of accepted channels drop what waits in them when they are cancelled, and
/// what comes after their end.
final class AcceptedConnections<Connection: Sendable>: Sendable {
    private struct State {
        var waiting: [Connection] = []
        var isFinished = false
        var taker: CheckedContinuation<Connection?, Never>?
    }

    private let state = Mutex(State())

    /// - Returns: whether somebody will be given it; otherwise it comes after the end, and the caller serves it.
    func add(_ connection: Connection) -> Bool {
        let (isKept, taker) = state.withLock { state -> (Bool, CheckedContinuation<Connection?, Never>?) in
            guard !state.isFinished else { return (false, nil) }
            if let taker = state.taker {
                state.taker = nil
                return (true, taker)
            }
            state.waiting.append(connection)
            return (true, nil)
        }
        taker?.resume(returning: connection)
        return isKept
    }

    /// Nothing more will come. What waits is still given out.
    func finish() {
        let taker = state.withLock { state in
            state.isFinished = true
            defer { state.taker = nil }
            return state.taker
        }
        taker?.resume(returning: nil)
    }

    /// The next one, for one caller at a time; `nil` once all were given out after ``finish()``. Cancellation does not end
    /// the wait.
    func next() async -> Connection? {
        await withCheckedContinuation { continuation in
            let found = state.withLock { state -> Connection?? in
                if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
                if state.isFinished { return .some(nil) }
                state.taker = continuation
                return nil
            }
            if let found { continuation.resume(returning: found) }
        }
    }
}
