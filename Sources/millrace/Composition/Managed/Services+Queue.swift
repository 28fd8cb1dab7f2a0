import AWSServices
import Backends
import FlowService
import Foundation
import ServiceLifecycle
import Transport
import Workspace

/// What tells workers of runs, where the settings name a queue. One queue tells of the runs of all tenants.
struct RunQueueing: Sendable {
    let queue: any JobQueue
    let health: JobQueueHealth
    let workers = TenantWorkers()
}

extension Services {
    /// Whether a queue is to be told of each run that waits.
    var hasRunQueue: Bool { settings[\.runs.queue] == .sqs }

    /// The queue of the settings; `nil` where the database itself hands out runs. Nothing is asked of it yet.
    ///
    /// - Throws: ``ConfigurationError`` where a queue is wanted and none is named.
    func runQueueing() throws -> RunQueueing? {
        if let root { return try root.runQueueing() }
        return try runQueueingPart {
            guard self.hasRunQueue else { return nil }
            guard let url = self.settings[\.runs.sqsQueueURL] else {
                throw self.settings.bad(
                    \.runs.sqsQueueURL, "with runs.queue sqs, the URL of a queue is expected")
            }
            let queue = LateJobQueue(longestDelay: url.isFIFO ? .zero : SQSJobQueue.longestDelay) {
                () async throws(JobQueueError) in try await self.sqsQueue(url)
            }
            return RunQueueing(queue: queue, health: JobQueueHealth(logger: self.logger))
        }
    }

    /// In the region that its address names, or that of the settings and the surroundings.
    private func sqsQueue(_ url: SQSQueueURL) async throws(JobQueueError) -> any JobQueue {
        let setting = Settings.name(\.runs.sqsQueueURL)
        do {
            // Not kept where it fails: keys may come later.
            let account = try await newAWSAccount(url.region)
            let sqs = try SQS(account, receiveAttempts: 1)
            return SQSJobQueue(sqs, url: url.text, region: account.region, setting: setting)
        } catch {
            throw .misconfigured(
                JobQueuePlace(
                    queue: url.text, region: url.region ?? settings[\.aws.region] ?? "no known region",
                    setting: setting),
                reason: String("\(error)".dropLast()))
        }
    }

    /// What carries out runs, or tells the queue of them.
    func runServices(_ service: FlowService) throws -> [any Service] {
        let count = settings[\.flows.workers]
        guard let queueing = try runQueueing() else {
            return count > 0 ? [WorkerService(worker: worker(service, count: count))] : []
        }
        let relay = RunRelay(
            service, queue: queueing.queue, health: queueing.health,
            forgottenAfter: .seconds(settings[\.runs.forgottenSeconds]))
        var services: [any Service] = [RelayService(relay: relay)]
        guard count > 0 else { return services }
        queueing.workers.add(worker(service, count: count), for: tenant)
        // One asks for the messages of all tenants, and begins when all of them are known.
        if tenant == nil {
            services.append(
                QueueService(
                    worker: QueuedRunWorker(
                        queueing.workers, queue: queueing.queue, health: queueing.health, logger: logger)))
        }
        return services
    }
}

/// Carries out runs that the queue tells of until the process ends.
private struct QueueService: Service {
    let worker: QueuedRunWorker

    func run() async {
        await cancelWhenGracefulShutdown { await worker.run() }
    }
}

/// Tells the queue of runs until the process ends.
private struct RelayService: Service {
    let relay: RunRelay

    func run() async {
        await cancelWhenGracefulShutdown { await relay.run() }
    }
}
