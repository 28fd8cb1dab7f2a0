import Synchronization

/// Work that was given up because its time had run out.
public struct DeadlineExceeded: Error, Hashable, CustomStringConvertible {
    /// The time that the work had.
    public var limit: Duration

    public init(limit: Duration) {
        self.limit = limit
    }

    public var description: String {
        "It was not done within \(limit / .seconds(1)) s and was given up; a retry may help."
    }
}

/// Does `work`, which is cancelled once `limit` has passed.
///
/// The call returns when the work has ended, so that nothing of it goes on behind the caller's back: work that
/// ignores its cancellation is waited for. It begins where the caller is and leaves that thread where it first waits,
/// so work that need not wait costs no change of threads.
///
/// - Throws: what `work` throws, `CancellationError` when the caller was cancelled before the work had ended, or
///   ``DeadlineExceeded`` when the limit came first.
public func withDeadline<Value: Sendable>(
    _ limit: Duration, clock: any Clock<Duration> = ContinuousClock(),
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    guard clock is ContinuousClock else { return try await withDeadline(limit, on: clock, work) }
    let watch = DeadlineWatch()
    let id = Alarm.shared.enter(watch, at: .now + limit)
    defer { Alarm.shared.leave(id) }
    do {
        // The only child, so that what cancels the caller cancels the work too, and the alarm nothing else.
        let value = try await withThrowingTaskGroup(of: Value.self) { group in
            group.addImmediateTask { try await watch.following(work) }
            return try await group.next()
        }
        if !watch.hasRung, let value { return value }
    } catch {
        if !watch.hasRung { throw error }
    }
    throw DeadlineExceeded(limit: limit)
}

/// The same by another clock, whose time only a task of its own can wait for.
private func withDeadline<Value: Sendable>(
    _ limit: Duration, on clock: any Clock<Duration>, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await clock.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw DeadlineExceeded(limit: limit)
        }
        return value
    }
}

/// Cancels the task that follows it when the alarm rings.
private final class DeadlineWatch: AlarmListener {
    /// Sendable proof: of a task that is not the calling one only `cancel()` is used here, which is part of `Task` and
    /// so may be called from any task; and only between ``following(_:)``'s beginning and its end, under the lock that
    /// its end takes too, while the task cannot have ended.
    private struct Follower: @unchecked Sendable {
        let task: UnsafeCurrentTask
    }

    private struct State {
        var hasRung = false
        /// Whether the work has ended; what rings afterwards comes too late.
        var isOver = false
        var follower: Follower?
    }

    private let state = Mutex(State())

    /// Whether it rang before the work had ended.
    var hasRung: Bool { state.withLock { $0.hasRung } }

    func ring() {
        state.withLock { state in
            guard !state.isOver else { return }
            state.hasRung = true
            state.follower?.task.cancel()
        }
    }

    /// Does `work` in the calling task, which is cancelled when the alarm rings.
    func following<Value>(_ work: () async throws -> Value) async throws -> Value {
        withUnsafeCurrentTask { task in
            let follower = task.map { Follower(task: $0) }
            state.withLock { state in
                state.follower = follower
                if state.hasRung { follower?.task.cancel() }
            }
        }
        defer {
            state.withLock { state in
                state.isOver = true
                state.follower = nil
            }
        }
        let value = try await work()
        // Work that was cancelled may look as if it were complete.
        try Task.checkCancellation()
        return value
    }
}
