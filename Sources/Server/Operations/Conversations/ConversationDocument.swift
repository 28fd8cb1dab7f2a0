import Foundation
import JSONValue
import Workspace

/// What a list of conversations shows of one.
struct ConversationDocument: ResponseDocument {
    var flow: String
    var session: String
    @Nullable var title: String?
    var opening: String
    var messageCount: Int
    var startedAt: Date
    var lastAt: Date

    static var schema: JSONSchema {
        .object(required: [
            "flow": .text, "session": .text, "title": JSONSchema.text.orNull, "opening": .text,
            "message_count": .integer, "started_at": .time, "last_at": .time,
        ]).named("Conversation")
    }

    init(_ summary: ConversationSummary) {
        flow = summary.key.flow
        session = summary.key.session
        title = summary.title
        opening = summary.opening
        messageCount = summary.messageCount
        startedAt = summary.startedAt
        lastAt = summary.lastAt
    }

    struct List: ResponseDocument {
        var conversations: [ConversationDocument]

        static var schema: JSONSchema {
            .object(required: ["conversations": .list(of: ConversationDocument.schema)]).named(
                "ConversationList")
        }
    }
}

/// A message of a conversation.
struct StoredMessageDocument: ResponseDocument {
    var id: String
    var role: String
    var sender: String
    var text: String
    var details: JSONValue
    var sentAt: Date

    static var schema: JSONSchema {
        .object(required: [
            "id": .text, "role": .choice(["user", "assistant", "system", "tool"]), "sender": .text,
            "text": .text, "details": .anyObject, "sent_at": .time,
        ]).named("StoredMessage")
    }

    init(_ message: StoredMessage) {
        id = message.id
        role = message.role
        sender = message.sender
        text = message.text
        details = (try? JSONValue(parsing: message.details)) ?? [:]
        sentAt = message.sentAt
    }

    struct List: ResponseDocument {
        /// Oldest first.
        var messages: [StoredMessageDocument]
        /// Given as “before”, it brings the messages before these; null at the beginning.
        @Nullable var previous: String?

        static var schema: JSONSchema {
            .object(required: [
                "messages": .list(of: StoredMessageDocument.schema), "previous": JSONSchema.text.orNull,
            ]).named("MessageList")
        }
    }
}

/// The body of `PATCH /v1/conversations/{flow}/{session}`.
struct ConversationTitleBody: RequestDocument {
    var title: String?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case title
    }

    static let summary = "what the conversation is called; null takes its name away"
    static let titleLimit = 200

    static var schema: JSONSchema {
        .request(
            required: ["title": JSONSchema(["type": "string", "maxLength": .integer(titleLimit)]).orNull]
        ).named("ConversationTitle")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        guard container.contains(.title) else {
            throw RequestFault.invalidField(name: "title", reason: "is missing")
        }
        title = try container.decodeIfPresent(String.self, forKey: .title)
        guard (title ?? "").count <= Self.titleLimit else {
            throw RequestFault.invalidField(
                name: "title", reason: "has more than \(Self.titleLimit) characters")
        }
    }
}
