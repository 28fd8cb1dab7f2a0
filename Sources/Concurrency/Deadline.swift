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
/// ignores its cancellation is waited for.
///
/// - Throws: what `work` throws, or ``DeadlineExceeded`` when the limit came first.
public func withDeadline<Value: Sendable>(
    _ limit: Duration, clock: any Clock<Duration> = ContinuousClock(),
    _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            if clock is ContinuousClock {
                await Alarm.shared.wait(until: .now + limit)
                try Task.checkCancellation()
            } else {
                try await clock.sleep(for: limit)
            }
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let value = first else {
            throw DeadlineExceeded(limit: limit)
        }
        return value
    }
}
