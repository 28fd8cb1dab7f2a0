import HTTPTypes

/// `POST /v1/webhooks/{name}`: 202 as soon as what changed is remembered; it is read after that.
struct WebhookRoute: Sendable {
    private struct Accepted: Encodable {
        var accepted: Int
    }

    let receiver: WebhookReceiver

    var route: Route {
        Route(.post, "/v1/webhooks/\(receiver.name)") { request, _ in
            do {
                let count = try await receiver.receive(request.body) { name in
                    HTTPField.Name(name).flatMap { request.headers[$0] }
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
