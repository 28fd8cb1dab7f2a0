import Dispatch
import Synchronization

extension PostgresPool {
    /// Does `body` with a session while the calling thread waits, for those whose calls cannot suspend.
    ///
    /// Never to be called from the cooperative pool, whose threads it would hold: from a thread of a
    /// ``BlockingExecutor``, as every snapshot of a corpus has one. Where a session is free it is used at once, on that
    /// thread, as two threads that wake each other take as long as a search. Otherwise its work is done on a thread of
    /// this pool. The number of its sessions holds for these callers as for all others.
    ///
    /// Cannot wait in a circle, provided that bodies of this pool borrow no second session of it: whoever holds a
    /// session of another pool waits here for threads that wait for the server alone. Hence whatever is asked within a
    /// snapshot has a pool of its own. A session that does not come is given up after ``patience`` and the time to
    /// connect, whatever holds it.
    ///
    /// - Parameter body: may run more than once, after a fault that ``PostgresError/isWorthRepeating`` tells of.
    /// - Throws: what `body` throws, or ``PostgresError/poolExhausted(server:size:waited:)``.
    func waiting<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        do {
            if let value = try withOpenConnection(body) { return value }
        } catch let error as PostgresError where error.isWorthRepeating {
            // It may succeed later, or with another session: as for everybody else.
        }
        return try waiting { pool, begins in
            try await pool.retried { connection in
                try begins()
                return try body(connection)
            }
        }
    }

    /// The same with a transaction.
    func waitingTransaction<Value: Sendable>(
        _ isolation: Isolation, _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        try waiting { pool, begins in
            try await pool.transaction(isolation) { connection in
                try begins()
                return try body(connection)
            }
        }
    }

    private func waiting<Value: Sendable>(
        _ work:
            @escaping @Sendable (PostgresPool, @escaping @Sendable () throws -> Void) async throws -> Value
    ) throws -> Value {
        let errand = Errand<Value>()
        // Begun on a thread of this pool: nothing of it needs the cooperative pool but a password that is fetched, for
        // which a thread of this pool waits.
        Task.detached(executorPreference: executor) { [self] in
            let result: Result<Value, any Error>
            do {
                result = .success(try await work(self) { try errand.begin() })
            } catch {
                result = .failure(error)
            }
            errand.settle(result)
        }
        let limit = patience + settings.connectTimeout
        guard let result = errand.result(ifBegunWithin: limit) else {
            throw PostgresError.poolExhausted(server: settings.name, size: size, waited: limit)
        }
        return try result.get()
    }
}

/// What a thread waits for.
private final class Errand<Value: Sendable>: Sendable {
    private enum State {
        case open, begun, givenUp
        case settled(Result<Value, any Error>)
    }

    private let state = Mutex(State.open)
    private let done = DispatchSemaphore(value: 0)

    /// - Throws: when nobody waits any more.
    func begin() throws {
        try state.withLock { state in
            switch state {
            case .open: state = .begun
            case .givenUp: throw CancellationError()
            case .begun, .settled: break
            }
        }
    }

    func settle(_ result: Result<Value, any Error>) {
        state.withLock { state in
            if case .givenUp = state { return }
            state = .settled(result)
        }
        done.signal()
    }

    /// The result; `nil` when it was not even begun in time. What has begun is waited for: the server's own limits bound
    /// each of its statements.
    func result(ifBegunWithin limit: Duration) -> Result<Value, any Error>? {
        if done.wait(timeout: .now() + .milliseconds(limit.wholeMilliseconds)) == .timedOut {
            let givesUp = state.withLock { state in
                guard case .open = state else { return false }
                state = .givenUp
                return true
            }
            if givesUp { return nil }
            done.wait()
        }
        return state.withLock { state in
            if case .settled(let result) = state { return result }
            return nil
        }
    }
}
