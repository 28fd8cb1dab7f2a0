import Foundation
import Workspace

extension Sample {
    /// What seals the secrets of a test's webhooks.
    static let seal = VariableSeal(SealKeys())

    static func webhook(
        _ id: String, of owner: Owner = ann,
        events: Set<WebhookEvent> = Set(WebhookEvent.subscribable), flow: String? = nil,
        includesResult: Bool = false, disabling: WebhookEndpoint.Disabling? = nil
    ) throws -> WebhookEndpoint {
        WebhookEndpoint(
            id: id, owner: owner, url: "https://example.com/\(id)", description: "d", events: events,
            flow: flow, includesResult: includesResult,
            secret: try seal.seal(WebhookSecret(), ofWebhook: id, for: owner), createdAt: start,
            disabling: disabling)
    }

    static func delivery(_ id: String, to endpoint: String, after seconds: Double = 0) -> WebhookDelivery {
        WebhookDelivery(
            id: id, endpoint: endpoint, event: .test, run: nil, body: Data("{}".utf8),
            createdAt: start + seconds)
    }
}

extension WebhookStore {
    /// The deliveries to an endpoint, newest first.
    func deliveries(
        to endpoint: String, of owner: Owner = Sample.ann
    ) async throws(WorkspaceError) -> [WebhookDelivery] {
        try await deliveries(of: endpoint, for: owner, state: nil, before: nil, limit: 1_000)
    }

    /// Leases of a minute, from a moment after the start.
    func leaseDeliveries(
        _ limit: Int = 9, each: Int = 2, ofOwner: Int = 1_000, by sender: String = "s",
        after seconds: Double = 0
    ) async throws(WorkspaceError) -> [LeasedDelivery] {
        try await leaseDeliveries(
            limit, each: each, ofOwner: ofOwner, by: sender, for: .seconds(60), at: Sample.start + seconds)
    }

    func settle(
        _ lease: WebhookLease, _ outcome: WebhookOutcome, after seconds: Double = 0
    ) async throws(WorkspaceError) -> String? {
        try await settle(
            lease, outcome, failingLimit: .seconds(86_400), at: Sample.start + seconds)
    }
}
