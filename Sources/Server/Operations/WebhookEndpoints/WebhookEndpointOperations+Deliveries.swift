import Foundation
import HTTPTypes
import Workspace

/// What became of the messages to a webhook, and sending them once more.
extension WebhookEndpointOperations {
    private static let section = "deliveries"

    var deliveryOperations: [Operation] { [deliveries, replay, replayFailed] }

    private var deliveries: Operation {
        .scoped(
            .flows, "listWebhookDeliveries", .get, "/v1/webhooks/{id}/deliveries",
            summary: "what a webhook was and will be told, newest first", section: Self.section,
            inputs: Self.id
                .and(Inputs.query("state", .text, standard: "", "only deliveries in this state"))
                .and(Inputs.query("after", .text, standard: "", "“next” of the page before"))
                .and(Inputs.query("limit", .integer(in: 1...200), standard: 50, "deliveries a page")),
            responses: [.json(WebhookDeliveryDocument.List.self, "one page")],
            problems: [.noSuchThing, .invalidParameter]
        ) { input, caller in
            try await page(
                of: input.0.0.0, state: input.0.0.1, after: input.0.1, limit: input.1, caller)
        }
    }

    private func page(
        of id: String, state: String, after: String, limit: Int, _ caller: Caller
    ) async throws -> APIResponse {
        let wanted = WebhookDelivery.State(rawValue: state)
        guard state.isEmpty || wanted != nil else {
            let states = WebhookDelivery.State.allCases.map(\.rawValue).joined(separator: ", ")
            throw RequestFault.invalidParameter(name: "state", expectation: "one of \(states)")
        }
        let last =
            after.isEmpty
            ? nil : try await webhooks.store.delivery(after, of: id, for: caller.owner)
        let found = try await webhooks.store.deliveries(
            of: id, for: caller.owner, state: wanted, before: last, limit: limit)
        return try .json(
            WebhookDeliveryDocument.List(
                deliveries: found.map { WebhookDeliveryDocument($0) },
                next: Nullable(wrappedValue: found.count == limit ? found.last?.id : nil)))
    }

    private var replay: Operation {
        .scoped(
            .flows, "replayWebhookDelivery", .post, "/v1/webhooks/{id}/deliveries/{delivery}/replay",
            summary: "one delivery, sent once more under its id", section: Self.section,
            inputs: Self.id.and(Inputs.path("delivery", .text, "the delivery's id")),
            responses: [.json(WebhookDeliveryDocument.self, status: 202, "the delivery, waiting")],
            problems: [.noSuchThing]
        ) { input, caller in
            let (id, delivery) = input
            return try .json(
                WebhookDeliveryDocument(
                    try await webhooks.replay(delivery, of: id, for: caller.owner)), status: .accepted)
        }
    }

    private var replayFailed: Operation {
        .scoped(
            .flows, "replayWebhook", .post, "/v1/webhooks/{id}/replay",
            summary: "every failed delivery since a time, sent once more", section: Self.section,
            inputs: Self.id.and(.json(WebhookReplayBody.self)),
            responses: [.json(WebhookReplayedDocument.self, status: 202, "how many")],
            problems: [.noSuchThing]
        ) { input, caller in
            let (id, body) = input
            let count = try await webhooks.replayFailed(of: id, since: body.since, for: caller.owner)
            return try .json(WebhookReplayedDocument(replayed: count), status: .accepted)
        }
    }
}
