import Foundation
import Workspace

/// An endpoint as its owner sees it.
struct WebhookEndpointDocument: ResponseDocument {
    var id: String
    var url: String
    var description: String
    var events: [String]
    @Nullable var flow: String?
    var includeResult: Bool
    var enabled: Bool
    @Nullable var disabledAt: Date?
    /// Why it was disabled.
    @Nullable var disabledReason: String?
    /// Since when every attempt has failed.
    @Nullable var failingSince: Date?
    /// Until when the secret before signs too.
    @Nullable var previousSecretUntil: Date?
    var createdAt: Date
    var updatedAt: Date
    /// Told once, by the answer that makes it.
    var secret: String?

    static var schema: JSONSchema {
        .object(
            required: [
                "id": .text, "url": .text, "description": .text,
                "events": .list(of: .choice(WebhookEvent.subscribable.map(\.rawValue))),
                "flow": JSONSchema.text.orNull, "include_result": .flag, "enabled": .flag,
                "disabled_at": JSONSchema.time.orNull, "disabled_reason": JSONSchema.text.orNull,
                "failing_since": JSONSchema.time.orNull, "previous_secret_until": JSONSchema.time.orNull,
                "created_at": .time, "updated_at": .time,
            ],
            optional: ["secret": JSONSchema.text.described("only where it is made, and never again")]
        ).named("WebhookEndpoint")
    }

    init(_ endpoint: WebhookEndpoint, secret: WebhookSecret? = nil) {
        id = endpoint.id
        url = endpoint.url
        description = endpoint.description
        events = WebhookEvent.subscribable.filter(endpoint.events.contains).map(\.rawValue)
        _flow = Nullable(wrappedValue: endpoint.flow)
        includeResult = endpoint.includesResult
        enabled = endpoint.isEnabled
        _disabledAt = Nullable(wrappedValue: endpoint.disabling?.at)
        _disabledReason = Nullable(wrappedValue: endpoint.disabling?.reason)
        _failingSince = Nullable(wrappedValue: endpoint.failingSince)
        _previousSecretUntil = Nullable(wrappedValue: endpoint.previousSecret?.validUntil)
        createdAt = endpoint.createdAt
        updatedAt = endpoint.updatedAt
        self.secret = secret?.text
    }

    /// All of a caller's.
    struct List: ResponseDocument {
        var webhooks: [WebhookEndpointDocument]

        static var schema: JSONSchema {
            .object(required: ["webhooks": .list(of: WebhookEndpointDocument.schema)]).named(
                "WebhookEndpointList")
        }
    }
}

/// What became of one message.
struct WebhookDeliveryDocument: ResponseDocument {
    /// The `webhook-id` that it goes out with.
    var id: String
    var event: String
    @Nullable var run: String?
    var state: String
    var attempts: Int
    var createdAt: Date
    @Nullable var lastAttemptAt: Date?
    @Nullable var nextAttemptAt: Date?
    @Nullable var endedAt: Date?
    @Nullable var lastStatus: Int?
    @Nullable var lastError: String?

    static var schema: JSONSchema {
        .object(required: [
            "id": .text, "event": .choice(WebhookEvent.allCases.map(\.rawValue)),
            "run": JSONSchema.text.orNull,
            "state": .choice(WebhookDelivery.State.allCases.map(\.rawValue)), "attempts": .integer,
            "created_at": .time, "last_attempt_at": JSONSchema.time.orNull,
            "next_attempt_at": JSONSchema.time.orNull, "ended_at": JSONSchema.time.orNull,
            "last_status": JSONSchema.integer.orNull, "last_error": JSONSchema.text.orNull,
        ]).named("WebhookDelivery")
    }

    init(_ delivery: WebhookDelivery) {
        id = delivery.id
        event = delivery.event.rawValue
        _run = Nullable(wrappedValue: delivery.run)
        state = delivery.state.rawValue
        attempts = delivery.attempts
        createdAt = delivery.createdAt
        _lastAttemptAt = Nullable(wrappedValue: delivery.lastAttemptAt)
        _nextAttemptAt = Nullable(wrappedValue: delivery.state == .pending ? delivery.dueAt : nil)
        _endedAt = Nullable(wrappedValue: delivery.endedAt)
        _lastStatus = Nullable(wrappedValue: delivery.lastStatus)
        _lastError = Nullable(wrappedValue: delivery.lastError)
    }

    /// A page of them.
    struct List: ResponseDocument {
        var deliveries: [WebhookDeliveryDocument]
        /// Where the next page begins; null behind the last one.
        @Nullable var next: String?

        static var schema: JSONSchema {
            .object(required: [
                "deliveries": .list(of: WebhookDeliveryDocument.schema), "next": JSONSchema.text.orNull,
            ]).named("WebhookDeliveryList")
        }
    }
}

/// How many deliveries are sent once more.
struct WebhookReplayedDocument: ResponseDocument {
    var replayed: Int

    static var schema: JSONSchema {
        .object(required: ["replayed": .integer]).named("WebhookReplayed")
    }
}
