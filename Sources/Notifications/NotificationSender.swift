import Foundation
import Logging
import Synchronization
import Transport
import Workspace

/// Empties the outbox: sends what waits there to its receivers, of this process's runs and of others'.
///
/// Each attempt is under a lease that is renewed as long as it goes on, so that several senders share an outbox and no
/// message is under way twice at once. A sender that dies is noticed when its lease ends, and another one sends the message
/// again: receivers get each at least once, always under the same `webhook-id`.
public struct NotificationSender: Sendable {
    private let store: any WebhookStore
    private let seal: VariableSeal
    let transport: WebhookTransport
    let topics: (any MessageTopics)?
    private let configuration: NotificationConfiguration
    /// Names the sender in leases.
    public let name: String
    private let logger: Logger
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - seal: opens the secrets of endpoints.
    ///   - topics: publishes to endpoints that are topics; `nil` and nothing is published.
    ///   - now: the time of leases, attempts and signatures.
    public init(
        store: any WebhookStore, seal: VariableSeal, transport: WebhookTransport,
        topics: (any MessageTopics)? = nil,
        configuration: NotificationConfiguration = NotificationConfiguration(), name: String,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.seal = seal
        self.transport = transport
        self.topics = topics
        self.configuration = configuration
        self.name = name
        self.logger = logger
        self.now = now
    }

    /// Sends until its task is cancelled. What is under way then is given back, to be sent again.
    public func run() async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // Without it the outbox is still looked at every now and then.
        let watch = try? await store.watchDeliveries { wake.yield() }
        await withDiscardingTaskGroup { group in
            let attempts = AttemptsUnderWay(limit: configuration.concurrency)
            let pause = configuration.pause
            group.addTask { await renew(attempts) }
            group.addTask {
                while !Task.isCancelled {
                    wake.yield()
                    try? await Task.sleep(for: pause)
                }
            }
            for await _ in wakes {
                while case let free = attempts.free, free > 0, !Task.isCancelled {
                    let leased = await lease(free)
                    attempts.begin(leased.map(\.lease))
                    for one in leased {
                        group.addTask {
                            await send(one)
                            attempts.end(one.lease)
                            wake.yield()
                        }
                    }
                    if leased.count < free { break }
                }
            }
            group.cancelAll()
        }
        withExtendedLifetime(watch) {}
    }

    /// Sends whatever is due, and returns when nothing is: for tests and for a batch.
    public func drain() async {
        let attempts = AttemptsUnderWay(limit: configuration.concurrency)
        await withTaskGroup { group in
            group.addTask { await renew(attempts) }
            while case let leased = await lease(attempts.free), !leased.isEmpty {
                attempts.begin(leased.map(\.lease))
                await withDiscardingTaskGroup { sending in
                    for one in leased {
                        sending.addTask {
                            await send(one)
                            attempts.end(one.lease)
                        }
                    }
                }
            }
            group.cancelAll()
        }
    }

    /// Keeps the leases of what is under way, until its task is cancelled. One that is another's by now stays so, which
    /// its sender is told at the end.
    private func renew(_ attempts: AttemptsUnderWay) async {
        while (try? await Task.sleep(for: configuration.lease / 3)) != nil {
            let leases = attempts.leases
            guard !leases.isEmpty else { continue }
            do {
                try await store.renew(leases, for: configuration.lease, at: now())
            } catch {
                logger.warning(
                    "the leases of deliveries could not be renewed",
                    metadata: ["millrace.reason": "\(error)"])
            }
        }
    }

    private func lease(_ limit: Int) async -> [LeasedDelivery] {
        let asked = now()
        do {
            let leased = try await store.leaseDeliveries(
                limit, each: max(1, configuration.concurrencyOfOne),
                ofOwner: max(1, configuration.concurrencyOfOwner), by: name, for: configuration.lease,
                at: asked)
            // Who waited long for them, as while the database fails over, has little left of them.
            if !leased.isEmpty, now().timeIntervalSince(asked) > configuration.lease / .seconds(3) {
                try? await store.renew(leased.map(\.lease), for: configuration.lease, at: now())
            }
            return leased
        } catch {
            logger.error("no delivery could be leased", metadata: ["millrace.reason": "\(error)"])
            return []
        }
    }

    private func send(_ leased: LeasedDelivery) async {
        let lease = leased.lease
        do {
            let outcome = try await attempt(leased)
            let disabling = try await store.settle(
                lease, outcome, failingLimit: configuration.failingLimit, at: now())
            tell(outcome, disabling, leased)
        } catch is CancellationError {
            // In a task of its own, since this one is cancelled.
            let (store, time) = (store, now())
            await Task { try? await store.release(lease, at: time) }.value
        } catch WorkspaceError.leaseLost {
            logger.debug(
                "a delivery was another sender's by its end, or is gone",
                metadata: ["millrace.delivery": "\(lease.delivery)"])
        } catch {
            // The lease ends by itself, and the message is sent again.
            logger.warning(
                "how a delivery went could not be kept",
                metadata: ["millrace.delivery": "\(lease.delivery)", "millrace.reason": "\(error)"])
        }
    }

    private func attempt(_ leased: LeasedDelivery) async throws -> WebhookOutcome {
        let (delivery, endpoint, time) = (leased.delivery, leased.endpoint, now())
        if TopicARN.isMeant(by: endpoint.url) { return try await publication(of: delivery, to: endpoint.url) }
        let secrets: [WebhookSecret]
        do {
            secrets = try seal.secrets(of: endpoint, at: time)
        } catch {
            logger.error(
                "the secret of a webhook cannot be opened",
                metadata: ["millrace.webhook": "\(endpoint.id)", "millrace.reason": "\(error)"])
            return postponed(delivery, status: nil, "the webhook's secret cannot be opened; rotate it")
        }
        let answer = try await transport.post(
            delivery.body, to: endpoint.url,
            headers: WebhookSignature.headers(
                id: delivery.id, at: time, body: delivery.body, secrets: secrets), now: time)
        return outcome(of: delivery, answer)
    }

    func outcome(of delivery: WebhookDelivery, _ answer: WebhookTransport.Answer) -> WebhookOutcome {
        switch answer {
        case .status(let status, _) where (200..<300).contains(status): .delivered(status: status)
        case .status(410, _):
            .failed(
                status: 410, error: "the receiver answered 410, that it is gone",
                disabling: "the receiver answered 410, that it is gone")
        case .status(let status, let retryAfter):
            postponed(
                delivery, status: status,
                (300..<400).contains(status)
                    ? "the receiver answered \(status); redirects are not followed"
                    : "the receiver answered \(status)",
                retryAfter: status == 429 || status == 503 ? retryAfter : nil)
        case .unreached(let reason): postponed(delivery, status: nil, reason)
        case .refused(let reason): .failed(status: nil, error: reason)
        }
    }

    func postponed(
        _ delivery: WebhookDelivery, status: Int?, _ error: String, retryAfter: Duration? = nil
    ) -> WebhookOutcome {
        var numbers = SystemRandomNumberGenerator()
        let wait = configuration.schedule.wait(
            after: delivery.attempts, retryAfter: retryAfter, using: &numbers)
        guard let wait else { return .failed(status: status, error: error) }
        return .postponed(
            until: now().addingTimeInterval(wait / .seconds(1)), status: status, error: error)
    }

    private func tell(_ outcome: WebhookOutcome, _ disabling: String?, _ leased: LeasedDelivery) {
        var facts: Logger.Metadata = [
            "millrace.delivery": "\(leased.delivery.id)", "millrace.webhook": "\(leased.endpoint.id)",
            "millrace.attempt": "\(leased.delivery.attempts)",
        ]
        switch outcome {
        case .delivered: logger.debug("a webhook was told", metadata: facts)
        case .postponed(_, _, let error), .failed(_, let error, _):
            facts["millrace.reason"] = "\(error)"
            logger.debug("a webhook could not be told", metadata: facts)
        }
        if let disabling {
            facts["millrace.reason"] = "\(disabling)"
            logger.warning("a webhook was disabled", metadata: facts)
        }
    }
}
