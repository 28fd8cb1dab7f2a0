import Concurrency
import Foundation
import Logging
import Workspace

/// Carries out stored runs that a queue tells of.
///
/// The queue says which run is next; whether it may be begun, the store says, by a lease on the run itself. So a message
/// that comes twice does nothing the second time, and a worker that dies is noticed twice: its message comes back, and its
/// lease ends. While the queue cannot be used, runs are taken from the database, as ``RunWorker`` does.
public struct QueuedRunWorker: Sendable {
    private let workers: TenantWorkers
    private let queue: any JobQueue
    private let health: JobQueueHealth
    private let logger: Logger
    /// How long it waits before it asks the database again, while the queue cannot be used.
    private let pause: Duration
    private let rest = ReceivingRest()

    /// How long one question to the queue waits for a message.
    static let poll = Duration.seconds(20)
    /// How often the queue is tried while it cannot be used.
    static let retryPause = Duration.seconds(5)
    /// The longest that a message may be hidden, by SQS.
    static let longestHidden = Duration.seconds(43_200)
    /// How long a message is hidden whose run nobody here has, and how often it is looked for before it is removed.
    static let absent = (hidden: Duration.seconds(30), looks: 5)

    /// - Parameter workers: whose runs the queue tells of, together; one at least.
    public init(
        _ workers: TenantWorkers, queue: any JobQueue, health: JobQueueHealth, pause: Duration = .seconds(1),
        logger: Logger
    ) {
        self.workers = workers
        self.queue = queue
        self.health = health
        self.pause = pause
        self.logger = logger
    }

    /// How long a message is hidden from others, again and again while its run goes on: a moment longer than the lease
    /// of a run, which has ended when the message comes back.
    private var hidden: Duration {
        let leases = workers.all.map(\.service.configuration.lease)
        return min((leases.max() ?? .seconds(30)) + .seconds(1), Self.longestHidden)
    }

    /// Works until its task is cancelled. Runs under way are cancelled then and given back, to be begun anew.
    public func run() async {
        await withDiscardingTaskGroup { group in
            let places = WorkerPlaces(max(1, workers.all.reduce(0) { $0 + $1.concurrency }))
            let freed = Nudge()
            let trials = WorkerPlaces(1)
            var tryAt = ContinuousClock.now
            while !Task.isCancelled {
                let free = places.free
                guard free > 0 else {
                    await freed.wait()
                    continue
                }
                let begun: [@Sendable () async -> Void]
                if health.isDown {
                    // Beside the runs: one that is answered by nobody takes its time.
                    if trials.free > 0, ContinuousClock.now >= tryAt, !rest.isOn {
                        tryAt = .now + Self.retryPause
                        trials.take()
                        group.addTask {
                            await tryQueue(places)
                            trials.giveBack()
                            freed.nudge()
                        }
                    }
                    begun = await stored(free)
                    if begun.isEmpty { try? await Task.sleep(for: pause) }
                } else if rest.isOn {
                    begun = []
                    try? await Task.sleep(for: pause)
                } else {
                    begun = await receive(free).map { job in { await handle(job) } }
                }
                for work in begun {
                    places.take()
                    group.addTask {
                        await work()
                        places.giveBack()
                        freed.nudge()
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Asks a queue that could not be used for one message, and works on it: one more than there are places for, once.
    private func tryQueue(_ places: WorkerPlaces) async {
        for job in await receive(1) {
            places.take()
            await handle(job)
            places.giveBack()
        }
    }

    /// Runs that the database itself hands out.
    private func stored(_ limit: Int) async -> [@Sendable () async -> Void] {
        var begun: [@Sendable () async -> Void] = []
        for worker in workers.all where begun.count < limit {
            for (run, lease) in await worker.lease(min(limit - begun.count, worker.concurrency)) {
                begun.append { await worker.carryOut(run, lease, givesBack: true) }
            }
        }
        return begun
    }

    /// Carries out what the queue has at this moment: for tests.
    ///
    /// - Returns: how many messages there were.
    public func work() async -> Int {
        let jobs = await receive(queue.batch, waiting: .zero)
        await withDiscardingTaskGroup { group in
            for job in jobs { group.addTask { await handle(job) } }
        }
        return jobs.count
    }

    private func receive(_ free: Int, waiting: Duration? = nil) async -> [ReceivedJob] {
        do throws(JobQueueError) {
            let jobs = try await queue.receive(
                min(free, queue.batch), waiting: waiting ?? (health.isDown ? .zero : Self.poll),
                hidden: hidden)
            health.worked(.receiving)
            return jobs
        } catch {
            if !Task.isCancelled { health.failed(.receiving, error) }
            return []
        }
    }

    private func handle(_ job: ReceivedJob) async {
        let message: RunMessage
        do throws(RunMessage.Fault) {
            message = try RunMessage(job.body)
        } catch {
            logger.warning(
                "a message of the queue of runs is not worked on; it is left for the queue's redrive policy",
                metadata: Self.facts(
                    of: job, ["millrace.received": "\(job.receiveCount)", "millrace.reason": "\(error)"]))
            return
        }
        do {
            for worker in workers.workers(for: message.tenant) {
                let claim = try await claim(message, worker)
                switch claim {
                case .leased(let run, let lease): return await carryOut(run, lease, job, worker)
                case .held(let until), .waits(let until):
                    return try await hide(job, for: until.timeIntervalSince(worker.service.now()))
                case .ended: return try await queue.remove(job)
                case .absent: continue
                }
            }
            try await leave(job, of: message)
        } catch {
            tell(error, job, message.run)
        }
    }

    private func claim(_ message: RunMessage, _ worker: RunWorker) async throws(WorkspaceError) -> RunClaim {
        let service = worker.service
        return try await service.store.lease(
            run: message.run, ofTenant: message.tenant, by: worker.name,
            for: service.configuration.lease, at: service.now(), attempts: service.configuration.attempts)
    }

    /// Leaves a message to other processes, which may know tenants that this one does not; a run that is gone is nobody's.
    /// What is removed too early is told of once more, as a run that was forgotten.
    private func leave(_ job: ReceivedJob, of message: RunMessage) async throws(JobQueueError) {
        guard job.receiveCount >= Self.absent.looks else {
            return try await queue.hide(job, for: Self.absent.hidden)
        }
        logger.notice(
            "a message of the queue of runs names none that is stored; it is removed",
            metadata: Self.facts(of: job, ["millrace.run": "\(message.run)"]))
        try await queue.remove(job)
    }

    private func hide(_ job: ReceivedJob, for seconds: TimeInterval) async throws(JobQueueError) {
        let longest = Self.longestHidden / .seconds(1)
        try await queue.hide(job, for: .seconds(min(max(0, seconds).rounded(.up) + 1, longest)))
    }

    private func carryOut(
        _ run: StoredRun, _ lease: RunLease, _ job: ReceivedJob, _ worker: RunWorker
    ) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await keepHidden(job, run.id) }
            group.addTask { await worker.carryOut(run, lease, givesBack: true) }
            // The other one ends when it is cancelled alone.
            await group.next()
            group.cancelAll()
        }
        // In a task of its own, since this one may be cancelled.
        await Task { await end(job, run, worker.service) }.value
    }

    /// Ends the message of an attempt that is over. A run that waits once more has another one.
    private func end(_ job: ReceivedJob, _ run: StoredRun, _ service: FlowService) async {
        do {
            let state = try await service.store.state(of: run.id, for: run.owner)
            // Another worker's by now, or its end could not be kept: the message comes back, and finds out.
            guard state != .running else { return }
            try await queue.remove(job)
        } catch WorkspaceError.notFound {
            try? await queue.remove(job)
        } catch {
            tell(error, job, run.id)
        }
    }

    /// Keeps a message from others until its task is cancelled. That it is not kept does no harm: the run's lease holds.
    private func keepHidden(_ job: ReceivedJob, _ run: String) async {
        let hidden = hidden
        while (try? await Task.sleep(for: hidden / 3)) != nil {
            do throws(JobQueueError) {
                try await queue.hide(job, for: hidden)
            } catch {
                if Task.isCancelled { return }
                tell(error, job, run)
            }
        }
    }

    private func tell(_ error: any Error, _ job: ReceivedJob, _ run: String) {
        rest.note(error)
        logger.warning(
            "a message of the queue of runs could not be settled; it comes back",
            metadata: Self.facts(of: job, ["millrace.run": "\(run)", "millrace.reason": "\(error)"]))
    }

    /// What is told of a message: where it is, so that a person finds it there, and `more`.
    private static func facts(of job: ReceivedJob, _ more: Logger.Metadata) -> Logger.Metadata {
        let place: Logger.Metadata = [
            "millrace.queue": "\(job.place.queue)", "millrace.region": "\(job.place.region)",
            "millrace.setting": "\(job.place.setting)", "millrace.message": "\(job.id)",
        ]
        return place.merging(more) { _, later in later }
    }
}
