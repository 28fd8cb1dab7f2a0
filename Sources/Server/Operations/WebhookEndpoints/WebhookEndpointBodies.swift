import Foundation
import JSONValue
import Workspace

/// The body of `POST /v1/webhooks`.
struct WebhookBody: RequestDocument {
    var url: String
    var rest: WebhookChangeBody

    static let summary = "an address, and what it is told of"

    static var schema: JSONSchema {
        .request(
            required: ["url": WebhookChangeBody.url],
            optional: WebhookChangeBody.fields
        ).named("WebhookRequest")
    }

    init(from decoder: any Decoder) throws {
        rest = try WebhookChangeBody(from: decoder)
        guard let url = rest.draft.url else {
            throw RequestFault.invalidField(name: "url", reason: "is missing")
        }
        self.url = url
    }
}

/// The body of `PATCH /v1/webhooks/{id}`: what shall be other than it is.
struct WebhookChangeBody: RequestDocument {
    var draft: WebhookDraft

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case url, description, events, flow, enabled
        case includeResult = "include_result"
    }

    static let summary = "what shall be other than it is"

    fileprivate static let url = JSONSchema.text.described(
        "https; http only to private addresses that are allowed; or the ARN of an SNS topic that is allowed")
    fileprivate static var fields: [String: JSONSchema] {
        [
            "description": JSONSchema.text.described("for people"),
            "events": JSONSchema.list(of: .choice(WebhookEvent.subscribable.map(\.rawValue))).described(
                "what it is told of; with none, only of runs that name it; the ends of runs unless told. Those of ingest jobs need the scope ingest"
            ),
            "flow": JSONSchema.text.described("the only flow whose runs it is told of; empty for every one"),
            "include_result": JSONSchema.flag.described("whether what a run made goes along").standard(false),
            "enabled": JSONSchema.flag.described("whether anything is sent to it").standard(true),
        ]
    }

    static var schema: JSONSchema {
        .request(
            required: [:], optional: fields.merging(["url": url]) { first, _ in first }
        ).named("WebhookChange")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let events = try container.decodeIfPresent([String].self, forKey: .events).map {
            Set(try $0.map { try Self.event($0) })
        }
        draft = WebhookDraft(
            url: try container.decodeIfPresent(String.self, forKey: .url),
            description: try container.decodeIfPresent(String.self, forKey: .description), events: events,
            flow: try container.decodeIfPresent(String.self, forKey: .flow),
            includesResult: try container.decodeIfPresent(Bool.self, forKey: .includeResult),
            isEnabled: try container.decodeIfPresent(Bool.self, forKey: .enabled))
    }

    private static func event(_ name: String) throws(RequestFault) -> WebhookEvent {
        guard let event = WebhookEvent(rawValue: name), WebhookEvent.subscribable.contains(event) else {
            let known = WebhookEvent.subscribable.map(\.rawValue).joined(separator: ", ")
            throw .invalidField(
                name: "events", reason: "holds “\(name.prefix(50))”; there are \(known)")
        }
        return event
    }
}

/// The body of `POST /v1/webhooks/{id}/replay`.
struct WebhookReplayBody: RequestDocument {
    var since: Date

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case since
    }

    static let summary = "since when what failed is sent once more"

    static var schema: JSONSchema {
        .request(required: ["since": JSONSchema.time]).named("WebhookReplay")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let text = try container.decode(String.self, forKey: .since)
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        guard let time = styles.lazy.compactMap({ try? $0.parse(text) }).first else {
            throw RequestFault.invalidField(name: "since", reason: "must be a time (2026-01-31T08:00:00Z)")
        }
        since = time
    }
}
