import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One request and its response, whose bytes are taken as they arrive.
///
/// The session's delegate puts in, one task takes out. When more lies here than ``highWaterBytes``, the transfer is
/// suspended until it has been taken, so a slow reader makes the server wait instead of filling the memory. Where
/// Foundation cannot suspend a transfer that has begun (outside Apple's systems, where trying ends the process), what
/// waits is bounded by ``waitingLimitBytes`` alone.
final class Exchange: Sendable {
    /// Bytes that may wait before the transfer is suspended.
    static let highWaterBytes = 1 << 18
    /// Bytes that may wait at all.
    static let waitingLimitBytes = 64 << 20

    private struct State: Sendable {
        var head: HTTPURLResponse?
        var waiting: [Data] = []
        var waitingBytes = 0
        var isSuspended = false
        var isOver = false
        var failure: (any Error)?
        /// Whether something was put in since the reader last looked.
        var hasNews = false
        var reader: CheckedContinuation<Void, Never>?
        var readsSince: ContinuousClock.Instant?

        /// The reader to wake, after the lock was given back.
        mutating func news() -> CheckedContinuation<Void, Never>? {
            hasNews = true
            readsSince = nil
            defer { reader = nil }
            return reader
        }
    }

    private let task: URLSessionDataTask
    private let silenceLimit: Duration
    private let state = Locked(State())

    /// - Parameter silenceLimit: how long the reader waits for the next byte.
    init(_ task: URLSessionDataTask, silenceLimit: Duration) {
        self.task = task
        self.silenceLimit = silenceLimit
    }

    /// Ends the transfer; whoever waits is woken.
    func cancel() {
        task.cancel()
        end(URLError(.cancelled))
    }

    // MARK: Taking

    /// The response without its body.
    ///
    /// - Throws: `CancellationError`, ``MillraceError/timedOut(limit:)``, or the session's own error.
    func head() async throws -> HTTPURLResponse {
        try await taken { state in
            if let head = state.head { return head }
            if let failure = state.failure { throw failure }
            if state.isOver { throw URLError(.badServerResponse) }
            return nil
        }
    }

    /// The bytes that have arrived since the last time; `nil` at the end.
    ///
    /// - Throws: as ``head()``.
    func bytes() async throws -> Data? {
        try await taken { state -> Data?? in
            guard !state.waiting.isEmpty else {
                if let failure = state.failure { throw failure }
                return state.isOver ? .some(nil) : nil
            }
            var bytes = state.waiting.removeFirst()
            for more in state.waiting { bytes.append(more) }
            state.waiting = []
            state.waitingBytes = 0
            suspendOrResume(&state)
            return bytes
        }
    }

    private func taken<Found>(_ take: (inout State) throws -> Found?) async throws -> Found {
        while true {
            try Task.checkCancellation()
            let found = try state.withLock { state in
                state.hasNews = false
                return try take(&state)
            }
            if let found { return found }
            await news()
        }
    }

    private func news() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Of two readers the earlier one looks again; nobody is left asleep.
                let woken: CheckedContinuation<Void, Never>? = state.withLock { state in
                    guard !state.hasNews, !state.isOver else { return continuation }
                    defer {
                        state.reader = continuation
                        state.readsSince = .now
                    }
                    return state.reader
                }
                woken?.resume()
            }
        } onCancel: {
            cancel()
        }
    }

    // MARK: Putting in, by the session's delegate

    func received(_ head: HTTPURLResponse) {
        let reader = state.withLock { state in
            state.head = head
            return state.news()
        }
        reader?.resume()
    }

    func received(_ bytes: Data) {
        var isTooMuch = false
        let reader: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.waiting.append(bytes)
            state.waitingBytes += bytes.count
            isTooMuch = state.waitingBytes > Self.waitingLimitBytes
            suspendOrResume(&state)
            return state.news()
        }
        reader?.resume()
        if isTooMuch {
            end(MillraceError.readerTooSlow(limitBytes: Self.waitingLimitBytes))
            task.cancel()
        }
    }

    /// Called with the lock held, so that the task's state is always that of `isSuspended`.
    private func suspendOrResume(_ state: inout State) {
        #if !canImport(FoundationNetworking)
            let suspends = state.waitingBytes > Self.highWaterBytes
            guard suspends != state.isSuspended else { return }
            state.isSuspended = suspends
            if suspends { task.suspend() } else { task.resume() }
        #endif
    }

    /// The first end counts; what was received before it can still be taken.
    func end(_ failure: (any Error)?) {
        let reader: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard !state.isOver else { return nil }
            state.isOver = true
            state.failure = failure
            return state.news()
        }
        reader?.resume()
    }

    /// Gives the exchange up when its reader has waited for too long.
    func endIfSilent(at now: ContinuousClock.Instant) {
        let isSilent = state.withLock { state in
            state.readsSince.map { now - $0 > silenceLimit } ?? false
        }
        guard isSilent else { return }
        end(MillraceError.timedOut(limit: silenceLimit))
        task.cancel()
    }
}
