import Foundation
import Logging
import Workspace

/// Removes what is kept no longer: ended runs with their events, conversations that went silent, and what webhooks were
/// told.
public struct WorkspaceKeeper: Sendable {
    private let service: FlowService
    private let pause: Duration
    /// How long deliveries to webhooks are kept after they were taken or given up.
    public static let deliveriesKept = Duration.seconds(14 * 86_400)

    public init(_ service: FlowService, pause: Duration = .seconds(300)) {
        self.service = service
        self.pause = pause
    }

    /// Looks again and again, until its task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            await keep()
            try? await Task.sleep(for: pause)
        }
    }

    /// Looks once.
    public func keep() async {
        let configuration = service.configuration
        let now = service.now()
        do {
            let runs = try await service.store.expireRuns(
                endedBefore: now.addingTimeInterval(-(configuration.runsKept / .seconds(1))))
            var conversations = 0
            if let kept = configuration.conversationsKept {
                conversations = try await service.store.expire(
                    before: now.addingTimeInterval(-(kept / .seconds(1))))
            }
            let deliveries = try await service.store.expireDeliveries(
                endedBefore: now.addingTimeInterval(-(Self.deliveriesKept / .seconds(1))))
            if runs + conversations + deliveries > 0 {
                service.logger.debug(
                    "what is kept no longer was removed",
                    metadata: [
                        "millrace.runs": "\(runs)", "millrace.conversations": "\(conversations)",
                        "millrace.deliveries": "\(deliveries)",
                    ])
            }
        } catch {
            service.logger.warning(
                "what is kept no longer could not be removed", metadata: ["millrace.reason": "\(error)"])
        }
    }
}
