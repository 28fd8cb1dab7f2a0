import Concurrency
import Synchronization

/// A run that answers everybody who asked the same while it went on: its events are kept until it ends, and each reader
/// reads all of them from the first.
///
/// It goes on only as far as its fastest reader asks, as a run with one reader does, so that what waits here is never
/// more than one answer. It has a task of its own: a reader that leaves takes nothing from the others.
final class AnswerFlight: Sendable {
    private struct Waiter {
        /// The event that it waits for.
        var position: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var events: [FlowEvent] = []
        var end: Result<Void, any Error>?
        /// Events that somebody asked for.
        var wanted = 0
        var readers = 0
        var waiters: [Int: Waiter] = [:]
        var waiterCount = 0
        /// The run, when it is as far as it was asked to go.
        var idle: CheckedContinuation<Void, Never>?
        var task: Task<Void, Never>?
        var isAbandoned = false

        mutating func takeWaiters() -> [Waiter] {
            let ready = waiters.filter { end != nil || $0.value.position < events.count }
            for number in ready.keys { waiters[number] = nil }
            return Array(ready.values)
        }

        mutating func takeIdle() -> CheckedContinuation<Void, Never>? {
            guard wanted > events.count || isAbandoned else { return nil }
            defer { idle = nil }
            return idle
        }
    }

    private let state = Mutex(State())
    /// When it began.
    let start = ContinuousClock.now

    // MARK: The run

    /// Begins, for those who have joined.
    ///
    /// - Parameters:
    ///   - keep: is given the result and what was told on the way, before anybody is told that the run has finished.
    ///   - close: lets nobody join any more; called once, before the end is told.
    func begin(
        _ events: PulledSequence<FlowEvent>,
        keep: @escaping @Sendable (FlowResult, [FlowEvent]) async -> Void,
        close: @escaping @Sendable () -> Void
    ) {
        let task = Task {
            let end: Result<Void, any Error>
            do {
                for try await event in events {
                    guard case .finished(let result) = event else {
                        await tell(event)
                        continue
                    }
                    await keep(result, told)
                    close()
                    return finish(.success(()), last: event)
                }
                end = .success(())
            } catch {
                end = .failure(error)
            }
            close()
            finish(end)
        }
        let wasAbandoned = state.withLock { state in
            state.task = task
            return state.isAbandoned
        }
        if wasAbandoned { task.cancel() }
    }

    /// What was told so far, without stages.
    private var told: [FlowEvent] {
        state.withLock { state in
            state.events.filter { event in
                switch event {
                case .passages, .token, .citation: true
                case .stageBegan, .stageEnded, .finished: false
                }
            }
        }
    }

    /// Tells an event, and waits until somebody asks for the one behind it.
    private func tell(_ event: FlowEvent) async {
        let waiters = state.withLock { state in
            state.events.append(event)
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.continuation.resume() }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                let goesOn = state.wanted > state.events.count || state.isAbandoned
                if !goesOn { state.idle = continuation }
                return goesOn
            }
            if goesOn { continuation.resume() }
        }
    }

    private func finish(_ end: Result<Void, any Error>, last: FlowEvent? = nil) {
        let waiters = state.withLock { state in
            if let last { state.events.append(last) }
            state.end = end
            return state.takeWaiters()
        }
        for waiter in waiters { waiter.continuation.resume() }
    }

    // MARK: Its readers

    /// - Returns: whether it can be read; not once all its readers have left it.
    func join() -> Bool {
        state.withLock { state in
            guard !state.isAbandoned else { return false }
            state.readers += 1
            return true
        }
    }

    /// - Returns: what ends the run, to be done without any lock held, if that was its last reader.
    func leave() -> (@Sendable () -> Void)? {
        state.withLock { state in
            state.readers -= 1
            guard state.readers <= 0 else { return nil }
            state.isAbandoned = true
            return { [task = state.task, idle = state.takeIdle()] in
                task?.cancel()
                idle?.resume()
            }
        }
    }

    /// The event at a place, as soon as it is told; `nil` behind the last one.
    ///
    /// - Throws: what the run threw, or `CancellationError` when the reading task is cancelled.
    func event(at position: Int) async throws -> FlowEvent? {
        while true {
            try Task.checkCancellation()
            let (event, end, idle) = state.withLock {
                state -> (FlowEvent?, Result<Void, any Error>?, CheckedContinuation<Void, Never>?) in
                if position < state.events.count { return (state.events[position], nil, nil) }
                state.wanted = max(state.wanted, position + 1)
                return (nil, state.end, state.takeIdle())
            }
            idle?.resume()
            if let event { return event }
            if let end {
                try end.get()
                return nil
            }
            await wait(for: position)
        }
    }

    /// The result, for a reader that looks at nothing else.
    func result() async throws -> FlowResult? {
        let idle = state.withLock { state in
            state.wanted = .max
            return state.takeIdle()
        }
        idle?.resume()
        while true {
            try Task.checkCancellation()
            let (last, end) = state.withLock { ($0.events.last, $0.end) }
            if case .finished(let result) = last { return result }
            if let end {
                try end.get()
                return nil
            }
            await wait(for: .max)
        }
    }

    /// Returns when there is such an event, the run has ended, or the waiting task is cancelled.
    private func wait(for position: Int) async {
        let number = state.withLock { state -> Int in
            state.waiterCount += 1
            return state.waiterCount
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    let isReady = state.end != nil || position < state.events.count || Task.isCancelled
                    if !isReady {
                        state.waiters[number] = Waiter(position: position, continuation: continuation)
                    }
                    return isReady
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.continuation.resume()
        }
    }
}
