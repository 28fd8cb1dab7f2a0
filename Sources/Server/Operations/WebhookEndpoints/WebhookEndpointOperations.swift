import Flow
import FlowService
import Foundation
import HTTPTypes
import Workspace

/// `/v1/webhooks`: addresses that are told when a run ends. What comes in from others' webhooks is
/// ``WebhookOperation``'s.
struct WebhookEndpointOperations: Sendable {
    let webhooks: WebhookEndpoints
    /// Finds the flows that endpoints name.
    let service: FlowService

    private static let section = "webhooks-out"
    static let id = Inputs.path("id", .text, "the webhook's id")
    private static let gone = ResponseDeclaration(status: 204, summary: "it is gone", content: .none)

    var operations: [Operation] {
        [create, list, show, change, delete, rotate, test] + deliveryOperations
    }

    private var create: Operation {
        .scoped(
            .flows, "createWebhook", .post, "/v1/webhooks", summary: "an address that is told when runs end",
            section: Self.section, inputs: .json(WebhookBody.self),
            responses: [
                .json(
                    WebhookEndpointDocument.self, status: 201, "the webhook with its secret, told this once")
            ], problems: [.tooMany, .unknownFlow], idempotency: .keptWithoutBody
        ) { body, caller in
            let draft = try await settled(body.rest.draft, for: caller)
            let (endpoint, secret) = try await telling {
                try await webhooks.create(draft, for: caller.owner)
            }
            var response = try APIResponse.json(
                WebhookEndpointDocument(endpoint, secret: secret), status: .created)
            response.headers[.location] = "/v1/webhooks/\(endpoint.id)"
            return response
        }
    }

    private var list: Operation {
        .scoped(
            .flows, "listWebhooks", .get, "/v1/webhooks", summary: "the caller's webhooks, oldest first",
            section: Self.section, inputs: .none,
            responses: [.json(WebhookEndpointDocument.List.self, "all of them")]
        ) { _, caller in
            let found = try await webhooks.store.webhooks(for: caller.owner)
            return try .json(
                WebhookEndpointDocument.List(webhooks: found.map { WebhookEndpointDocument($0) }))
        }
    }

    private var show: Operation {
        .scoped(
            .flows, "getWebhook", .get, "/v1/webhooks/{id}", summary: "a webhook, without its secret",
            section: Self.section, inputs: Self.id,
            responses: [.json(WebhookEndpointDocument.self, "the webhook")], problems: [.noSuchThing]
        ) { id, caller in
            try .json(
                WebhookEndpointDocument(try await webhooks.store.webhook(id, for: caller.owner)))
        }
    }

    private var change: Operation {
        .scoped(
            .flows, "updateWebhook", .patch, "/v1/webhooks/{id}",
            summary: "a webhook, changed, disabled or enabled again", section: Self.section,
            inputs: Self.id.and(.json(WebhookChangeBody.self)),
            responses: [.json(WebhookEndpointDocument.self, "the webhook")],
            problems: [.noSuchThing, .unknownFlow]
        ) { input, caller in
            let (id, body) = input
            // Whether it is there is told before anything of the change.
            _ = try await webhooks.store.webhook(id, for: caller.owner)
            let draft = try await settled(body.draft, for: caller)
            return try .json(
                WebhookEndpointDocument(
                    try await telling { try await webhooks.change(id, draft, for: caller.owner) }))
        }
    }

    private var delete: Operation {
        .scoped(
            .flows, "deleteWebhook", .delete, "/v1/webhooks/{id}",
            summary: "a webhook, gone with what it would be told", section: Self.section, inputs: Self.id,
            responses: [Self.gone], problems: [.noSuchThing]
        ) { id, caller in
            try await webhooks.store.delete(webhook: id, for: caller.owner)
            return APIResponse(status: .noContent)
        }
    }

    private var rotate: Operation {
        .scoped(
            .flows, "rotateWebhookSecret", .post, "/v1/webhooks/{id}/rotate",
            summary: "another secret; the one before signs beside it for 24 hours", section: Self.section,
            inputs: Self.id,
            responses: [
                .json(WebhookEndpointDocument.self, "the webhook with its new secret, told this once")
            ],
            problems: [.noSuchThing], idempotency: .keptWithoutBody
        ) { id, caller in
            let (endpoint, secret) = try await webhooks.rotate(id, for: caller.owner)
            return try .json(WebhookEndpointDocument(endpoint, secret: secret))
        }
    }

    private var test: Operation {
        .scoped(
            .flows, "testWebhook", .post, "/v1/webhooks/{id}/test",
            summary: "`webhook.test`, sent to a webhook", section: Self.section, inputs: Self.id,
            responses: [.json(WebhookDeliveryDocument.self, status: 202, "it is stored and will be sent")],
            problems: [.noSuchThing]
        ) { id, caller in
            try .json(
                WebhookDeliveryDocument(try await webhooks.test(id, for: caller.owner)), status: .accepted)
        }
    }

    /// The draft with its flow named as runs name it.
    private func settled(_ draft: WebhookDraft, for caller: Caller) async throws -> WebhookDraft {
        // Jobs are nobody's own: word of them is for those who may look at them.
        if draft.events?.contains(where: WebhookEvent.ofJobs.contains) == true { try caller.require(.ingest) }
        guard let name = draft.flow, !name.isEmpty,
            !service.settingsFlows.contains(where: { $0.name == name })
        else { return draft }
        var draft = draft
        draft.flow = try await service.flow(name, for: caller.owner).flow.id
        return draft
    }

    /// A refused address, in the words of the API.
    private func telling<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let refusal as WebhookAddressRefused {
            throw RequestFault.invalidField(name: "url", reason: refusal.reason)
        }
    }
}
