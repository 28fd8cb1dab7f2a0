/// How a response ended that is made while it is sent.
enum StreamOutcome: Sendable, Hashable {
    case complete
    /// Told to the client as far as the format allows: by an `error` event, by a code, by a body cut short.
    case failed(ProblemDetails)
    /// Nobody listens any more.
    case cancelled
}

extension StreamOutcome {
    /// What becomes of `work`, which sends a response.
    ///
    /// Events that end because their reader was cancelled end without an error; that is no completion.
    ///
    /// - Parameter tell: sends what ends a response that failed; not called where nobody listens any more.
    static func of(
        _ work: () async throws -> Void, failing tell: (ProblemDetails) async -> Void
    ) async -> StreamOutcome {
        do {
            try await work()
            try Task.checkCancellation()
            return .complete
        } catch {
            guard !Task.isCancelled else { return .cancelled }
            let problem = ProblemDetails(error)
            await tell(problem)
            return .failed(problem)
        }
    }
}
