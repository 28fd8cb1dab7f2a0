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
                guard attempt < policy.attempts, !hasTold, isRetryable(error) else { throw error }
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

    /// Whether something that cannot be taken back has left the step.
    private var hasTold: Bool {
        step.frame.core.observer?.hasEmissions(of: step) ?? false
    }

    private func isRetryable(_ error: any Error) -> Bool {
        (error as? any RetryableError)?.isRetryable ?? false
    }
}
