extension BlockingExecutor {
    /// Does `body` on one of the threads to its end, even when the caller is cancelled meanwhile.
    ///
    /// For what must not be lost half way, such as a write, and for what a cancelled task needs to tidy up.
    ///
    /// - Throws: what `body` throws, and nothing else.
    public func complete<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        // A task of its own does not inherit the caller's cancellation.
        let result = await Task(executorPreference: self) { () -> Result<Value, Failure> in
            do throws(Failure) { return .success(try body()) } catch { return .failure(error) }
        }.value
        return try result.get()
    }
}
