import Concurrency
import Foundation
import Transport

extension SQS {
    /// Works on a message while it is kept hidden from others, and deletes it when the work is done.
    ///
    /// The message's visibility is extended every third of `visibilitySeconds`, so that two extensions may fail
    /// before somebody else gets it. If it is lost (deleted, or received by another), the work is cancelled: its
    /// effect would come twice. Work that throws leaves the message; it is given back after `giveBackSeconds`.
    ///
    /// - Parameters:
    ///   - visibilitySeconds: 3 to 43,200, the time that a crashed worker's message is missing.
    ///   - clock: what the extensions wait on.
    /// - Throws: what `work` throws, or the ``AWSError`` for which the message was lost.
    public func holding<Value: Sendable>(
        _ message: SQSMessage, of queue: String, visibilitySeconds: Int = 30, giveBackSeconds: Int? = nil,
        clock: any Clock<Duration> = ContinuousClock(), _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard (3...43_200).contains(visibilitySeconds) else {
            throw service.invalid(
                "ChangeMessageVisibility",
                "a message is hidden for 3 to 43,200 seconds, not \(visibilitySeconds)")
        }
        let value: Value
        do {
            value = try await withThrowingTaskGroup(of: Value?.self) { group in
                group.addTask { try await work() }
                group.addTask {
                    try await keepHidden(message, queue, visibilitySeconds, clock)
                    return nil
                }
                defer { group.cancelAll() }
                // The first to end is the work, or the loss.
                while let result = try await group.next() {
                    if let result { return result }
                }
                throw CancellationError()
            }
        } catch {
            if let giveBackSeconds {
                // Outlives a cancellation; without it the message comes back by itself, later.
                await Task {
                    try? await setVisibility(queue, receipt: message.receipt, seconds: giveBackSeconds)
                }.value
            }
            throw error
        }
        try await delete(queue, receipt: message.receipt)
        return value
    }

    private func keepHidden(
        _ message: SQSMessage, _ queue: String, _ seconds: Int, _ clock: any Clock<Duration>
    ) async throws {
        var failures = 0
        while true {
            try await clock.sleep(for: .seconds(seconds) / 3)
            do throws(AWSError) {
                try await setVisibility(queue, receipt: message.receipt, seconds: seconds)
                failures = 0
            } catch {
                failures += 1
                // After three failures the time is over, and another worker may have it.
                guard error.isRetryable, failures < 3 else { throw error }
            }
        }
    }
}
