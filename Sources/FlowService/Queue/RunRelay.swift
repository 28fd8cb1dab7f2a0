import Concurrency
import Foundation
import Logging
import Workspace

/// Tells a queue of the runs that wait, out of the outbox that the store fills with each of them.
///
/// Any number of processes may do so at once, each with other runs. What the queue has acknowledged is removed from the
/// outbox; what it has not is told again, so that a message may come twice and never not at all. Runs of which nobody has
/// heard for long are told of once more: the queue may have been emptied, or lost.
public struct RunRelay: Sendable {
    private let service: FlowService
    private let queue: any JobQueue
    private let health: JobQueueHealth
    /// How long it waits before it looks for what others have stored.
    private let pause: Duration
    /// How long a run waits before the queue is told of it once more.
    private let forgottenAfter: Duration

    /// How long what is being sent is nobody else's.
    static let hold = Duration.seconds(30)
    /// How long what the queue did not take waits.
    static let refusedPause = Duration.seconds(5)
    /// Runs that one look tells of again; a queue that was emptied is filled in some looks.
    static let sweepLimit = 1_000

    public init(
        _ service: FlowService, queue: any JobQueue, health: JobQueueHealth, pause: Duration = .seconds(1),
        forgottenAfter: Duration = .seconds(300)
    ) {
        self.service = service
        self.queue = queue
        self.health = health
        self.pause = pause
        self.forgottenAfter = forgottenAfter
    }

    /// Tells until its task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    try? await Task.sleep(for: pause)
                    service.outgoing.nudge()
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    await sweep()
                    try? await Task.sleep(for: max(.seconds(1), forgottenAfter / 5))
                }
            }
            while !Task.isCancelled {
                await relay()
                await service.outgoing.wait()
            }
            group.cancelAll()
        }
    }

    /// Tells of everything that waits to be told, and returns when nothing does, or the queue takes nothing.
    public func relay() async {
        do {
            while !Task.isCancelled {
                let batch = try await service.store.leaseAnnouncements(
                    queue.batch, for: Self.hold, at: service.now(), horizon: queue.longestDelay)
                guard !batch.isEmpty, try await send(batch) else { return }
            }
        } catch {
            service.logger.warning(
                "what waits to be told to the queue of runs could not be read",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    /// - Returns: whether more may be sent.
    private func send(_ batch: [RunAnnouncement]) async throws(WorkspaceError) -> Bool {
        let now = service.now()
        let refusals: [Int: String]
        do throws(JobQueueError) {
            refusals = try await queue.send(batch.map { outgoing($0, at: now) })
        } catch {
            // Of a process that stops it is known nothing.
            if !Task.isCancelled { health.failed(.sending, error) }
            try await postpone(batch)
            return false
        }
        health.worked(.sending)
        let taken = batch.indices.filter { refusals[$0] == nil }.map { batch[$0] }
        try await service.store.settle(announced: taken, at: service.now())
        guard !refusals.isEmpty else { return true }
        for (place, reason) in refusals where batch.indices.contains(place) {
            service.logger.warning(
                "the queue of runs did not take a message; it is sent again",
                metadata: ["millrace.run": "\(batch[place].message.run)", "millrace.reason": "\(reason)"])
        }
        try await postpone(batch.indices.filter { refusals[$0] != nil }.map { batch[$0] })
        return true
    }

    private func postpone(_ batch: [RunAnnouncement]) async throws(WorkspaceError) {
        let due = service.now().addingTimeInterval(Self.refusedPause / .seconds(1))
        try await service.store.postpone(announcements: batch, until: due)
    }

    /// A run that is due later is held back by the queue; one of low priority lets others go before it.
    private func outgoing(_ one: RunAnnouncement, at now: Date) -> OutgoingJob {
        let wait = max(0, one.due.timeIntervalSince(now))
        // A second for every ten below ordinary.
        let grace = one.priority < 0 ? min(10, Double(one.priority) / -10) : 0
        let delay = min(Duration.seconds((wait + grace).rounded(.up)), queue.longestDelay)
        return OutgoingJob(one.message, delay: delay, id: "\(one.message.run)-\(one.number)")
    }

    /// Tells once more of runs that have waited for long.
    public func sweep() async {
        guard !health.isDown else { return }
        let now = service.now()
        do {
            let count = try await service.store.announceForgotten(
                since: now.addingTimeInterval(-(forgottenAfter / .seconds(1))), at: now,
                limit: Self.sweepLimit)
            guard count > 0 else { return }
            service.logger.notice(
                "the queue is told once more of runs that have waited for long",
                metadata: ["millrace.runs": "\(count)"])
            service.outgoing.nudge()
        } catch {
            service.logger.warning(
                "runs that have waited for long could not be looked for",
                metadata: ["millrace.reason": "\(error)"])
        }
    }
}
