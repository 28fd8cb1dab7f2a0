import Foundation
import HTTPTypes

/// `POST /v1/webhooks/{name}`: 202 as soon as what changed is remembered; it is read after that.
struct WebhookOperation: Sendable {
    private struct Accepted: ResponseDocument {
        var accepted: Int

        static var schema: JSONSchema {
            .object(required: ["accepted": .integer]).named("WebhookAccepted")
        }
    }

    let receiver: WebhookReceiver

    var operation: Operation {
        .signed(
            "\(receiver.name)Webhook", .post, "/v1/webhooks/\(receiver.name)",
            summary: "what changed in \(receiver.name.capitalized), told by itself",
            inputs: .signed(contentType: "application/json", "the event, signed by its sender"),
            responses: [.json(Accepted.self, status: 202, "how many things will be read anew")],
            problems: [.webhookRefused, .malformedJSON]
        ) { delivery in
            do {
                let count = try await receiver.receive(delivery.data) { name in
                    HTTPField.Name(name).flatMap { delivery.headers[$0] }
                }
                return try .json(Accepted(accepted: count), status: .accepted)
            } catch let refusal as WebhookReceiver.Refusal {
                switch refusal {
                case .unsigned: throw RequestFault.webhookRefused(reason: "it carries no signature")
                case .wrongSignature: throw RequestFault.webhookRefused(reason: "its signature is wrong")
                case .malformed: throw RequestFault.malformedJSON(place: "the delivery as a whole.")
                }
            }
        }
    }
}
