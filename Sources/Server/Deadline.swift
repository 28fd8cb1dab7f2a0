/// Does `work`, which is cancelled and given up after `limit`.
///
/// - Throws: what `work` throws, or ``RequestFault/timedOut(seconds:)``.
func withDeadline<Value: Sendable>(
    _ limit: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() ?? nil else {
            throw RequestFault.timedOut(seconds: limit / .seconds(1))
        }
        return value
    }
}
