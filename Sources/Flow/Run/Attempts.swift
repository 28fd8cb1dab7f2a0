import Concurrency

/// A step with a time limit of its own, tried again where that may help.
struct Attempts: Sendable {
    let step: Step
    let policy: StepPolicy

    func run() async throws {
        var pause = Duration.seconds(policy.backoffSeconds)
        for attempt in 1...policy.attempts {
            do {
                return try await once()
            } catch {
                guard attempt < policy.attempts, !step.frame.core.hasTold(step), isRetryable(error) else {
                    throw error
                }
                step.note("attempts", Double(attempt + 1))
                try await step.context.clock.sleep(for: pause)
                pause *= 2
            }
        }
    }

    private func once() async throws {
        let step = step
        guard let seconds = policy.timeoutSeconds else {
            return try await step.node.component.run(step)
        }
        try await withDeadline(.seconds(seconds), clock: step.context.clock) {
            try await step.node.component.run(step)
        }
    }

    private func isRetryable(_ error: any Error) -> Bool {
        (error as? any RetryableError)?.isRetryable ?? false
    }
}
