import Foundation
import Synchronization
import Workspace

/// A queue whose keys and region are looked for when it is first used, and again as long as they are not found.
final class LateJobQueue: JobQueue {
    private let queue = Mutex<(any JobQueue)?>(nil)
    private let make: @Sendable () async throws(JobQueueError) -> any JobQueue

    let longestDelay: Duration
    let batch = 10

    /// - Parameter longestDelay: of the queue that will be made.
    init(
        longestDelay: Duration, _ make: @escaping @Sendable () async throws(JobQueueError) -> any JobQueue
    ) {
        self.longestDelay = longestDelay
        self.make = make
    }

    private func made() async throws(JobQueueError) -> any JobQueue {
        if let queue = queue.withLock({ $0 }) { return queue }
        let made = try await make()
        queue.withLock { $0 = made }
        return made
    }

    func send(_ messages: [OutgoingJob]) async throws(JobQueueError) -> [Int: String] {
        try await made().send(messages)
    }

    func receive(
        _ limit: Int, waiting: Duration, hidden: Duration
    ) async throws(JobQueueError) -> [ReceivedJob] {
        try await made().receive(limit, waiting: waiting, hidden: hidden)
    }

    func hide(_ job: ReceivedJob, for duration: Duration) async throws(JobQueueError) {
        try await made().hide(job, for: duration)
    }

    func remove(_ job: ReceivedJob) async throws(JobQueueError) { try await made().remove(job) }
    func inspect() async throws(JobQueueError) -> JobQueueFigures { try await made().inspect() }
}
