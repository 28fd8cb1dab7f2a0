import Foundation

/// What the caller and a flow have said to each other, as a list shows it.
public struct Conversation: Sendable, Hashable, Decodable {
    /// The flow's id.
    public var flow: String
    /// Its name among the caller's conversations with the flow.
    public var session: String
    /// What it was called by ``MillraceClient/MillraceClient/renameConversation(flow:session:title:)``.
    public var title: String?
    /// How it began.
    public var opening: String
    /// How many messages it has.
    public var messageCount: Int
    /// When the first message was said.
    public var startedAt: Date
    /// When the last message was said.
    public var lastAt: Date

    private enum CodingKeys: String, CodingKey {
        case flow, session, title, opening
        case messageCount = "message_count"
        case startedAt = "started_at"
        case lastAt = "last_at"
    }
}

/// A message of a conversation.
public struct StoredMessage: Sendable, Hashable, Decodable, Identifiable {
    /// The message's id.
    public var id: String
    /// `user`, `assistant`, `system` or `tool`.
    public var role: String
    /// What the one who says it is called.
    public var sender: String
    /// What is said.
    public var text: String
    /// Its files, citations, component and run.
    public var details: JSON
    /// When it was said.
    public var sentAt: Date

    private enum CodingKeys: String, CodingKey {
        case id, role, sender, text, details
        case sentAt = "sent_at"
    }
}

/// Messages of a conversation, oldest first.
public struct MessagePage: Sendable, Hashable, Decodable {
    /// Oldest first.
    public var messages: [StoredMessage]
    /// Given as `before`, it brings the messages before these; `nil` at the beginning.
    public var previous: String?
}
