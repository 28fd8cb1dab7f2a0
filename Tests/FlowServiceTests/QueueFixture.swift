import Components
import Flow
import Foundation
import Logging
import Workspace
import WorkspaceSQLite

@testable import FlowService

/// A service that tells a queue of its runs, and a worker that is told.
struct QueueFixture {
    let fixture: ServiceFixture
    let queue: MemoryJobQueue
    let health = JobQueueHealth(logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let workers = TenantWorkers()
    /// What the worker tells of messages.
    let log = CapturedLog()

    init(
        configuration: FlowServiceConfiguration = FlowServiceConfiguration(),
        longestDelay: Duration = .seconds(900),
        probe: @escaping @Sendable (ChatMessage) async throws -> ChatMessage = { $0 }
    ) async throws {
        fixture = try await ServiceFixture(
            configuration: configuration, announcesRuns: true, probe: probe)
        queue = MemoryJobQueue(fixture.time, longestDelay: longestDelay)
        workers.add(RunWorker(fixture.service, name: "worker"))
    }

    var relay: RunRelay {
        RunRelay(fixture.service, queue: queue, health: health, forgottenAfter: .seconds(300))
    }

    var worker: QueuedRunWorker {
        QueuedRunWorker(
            workers, queue: queue, health: health, pause: .milliseconds(5), logger: log.logger)
    }

    func submit(_ text: String, of flow: String, priority: Int = 0) async throws -> StoredRun {
        try await fixture.service.submit(
            FlowSubmission(.said(text), priority: priority), of: flow, as: fixture.caller("ada"))
    }

    func state(_ run: StoredRun) async throws -> StoredRun.State {
        try await fixture.service.run(run.id, as: fixture.caller("ada")).state
    }
}
