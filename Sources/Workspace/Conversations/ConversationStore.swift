import Foundation

/// A conversation's place: equal names of different callers or flows are different conversations.
public struct ConversationKey: Hashable, Sendable {
    public var owner: Owner
    /// The flow's id.
    public var flow: String
    /// As the caller names it; at most ``WorkspaceLimits/nameBytes``.
    public var session: String

    public init(owner: Owner, flow: String, session: String) {
        self.owner = owner
        self.flow = flow
        self.session = session
    }
}

/// A message as it is kept.
public struct StoredMessage: Sendable, Hashable {
    /// A UUID in lower case.
    public var id: String
    public var key: ConversationKey
    /// `user`, `assistant`, `system` or `tool`.
    public var role: String
    /// The name shown with it.
    public var sender: String
    public var text: String
    /// Everything else of it, as JSON: files, citations, the component and the run that it is from.
    public var details: Data
    public var sentAt: Date

    public init(
        id: String, key: ConversationKey, role: String, sender: String, text: String, details: Data,
        sentAt: Date
    ) {
        self.id = id
        self.key = key
        self.role = role
        self.sender = sender
        self.text = text
        self.details = details
        self.sentAt = sentAt
    }
}

/// What a list of conversations shows.
public struct ConversationSummary: Sendable, Hashable {
    public var key: ConversationKey
    /// Given by its owner; `nil` for one that has none.
    public var title: String?
    /// The beginning of its first message.
    public var opening: String
    public var messageCount: Int
    public var startedAt: Date
    public var lastAt: Date

    public init(
        key: ConversationKey, title: String?, opening: String, messageCount: Int, startedAt: Date,
        lastAt: Date
    ) {
        self.key = key
        self.title = title
        self.opening = opening
        self.messageCount = messageCount
        self.startedAt = startedAt
        self.lastAt = lastAt
    }
}

/// Keeps what was said.
///
/// Messages stand in the order in which they were appended, whatever their times say: those of one run are often of
/// one moment. An owner's ids are looked up among the owner's messages alone, so that equal ids of two owners are
/// two messages.
public protocol ConversationStore: Sendable {
    /// Appends messages, all or none; they survive the process, and a power cut moments later. One whose id is there already, in the same conversation, is replaced where it
    /// stands.
    ///
    /// - Throws: ``WorkspaceError/nameTaken(kind:name:)`` for an id of another conversation of the same owner.
    func append(_ messages: [StoredMessage]) async throws(WorkspaceError)

    /// The last messages of a conversation, oldest first; empty for one that does not exist.
    ///
    /// - Parameter message: the first one of the page before, by its id.
    /// - Throws: ``WorkspaceError/notFound(kind:id:)`` when that message is gone.
    func messages(
        of key: ConversationKey, before message: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredMessage]

    /// Messages of an owner, oldest first; of one flow or session if these are given.
    ///
    /// - Parameters:
    ///   - message: the last one of the page before, by its id.
    ///   - follows: pages follow each other, and none may pass over a message that is kept a moment later than one behind
    ///     it: what is being added right now may hold a page back. Without it, all that is kept is there at once.
    /// - Throws: ``WorkspaceError/notFound(kind:id:)`` when that message is gone.
    func messages(
        for owner: Owner, flow: String?, session: String?, after message: String?, limit: Int, follows: Bool
    ) async throws(WorkspaceError) -> [StoredMessage]

    /// Those of the latest message first.
    func conversations(
        for owner: Owner, flow: String?, after: ConversationSummary?, limit: Int
    ) async throws(WorkspaceError) -> [ConversationSummary]

    func conversation(_ key: ConversationKey) async throws(WorkspaceError) -> ConversationSummary
    /// - Parameter title: `nil` takes it away.
    func rename(_ key: ConversationKey, title: String?) async throws(WorkspaceError)
    /// Moves a conversation to another session's name. - Throws: ``WorkspaceError/nameTaken(kind:name:)``.
    func move(_ key: ConversationKey, toSession session: String) async throws(WorkspaceError)
    func delete(_ key: ConversationKey) async throws(WorkspaceError)
    /// A conversation goes with its last message. - Returns: how many there were.
    func delete(messages ids: [String], for owner: Owner) async throws(WorkspaceError) -> Int
    func updateText(
        _ text: String, ofMessage id: String, for owner: Owner
    ) async throws(WorkspaceError) -> StoredMessage

    /// Removes conversations whose last message is older.
    ///
    /// - Returns: how many conversations.
    func expire(before time: Date) async throws(WorkspaceError) -> Int
}

extension ConversationStore {
    /// A page of messages that others follow.
    public func messages(
        for owner: Owner, flow: String?, session: String?, after message: String?, limit: Int
    ) async throws(WorkspaceError) -> [StoredMessage] {
        try await messages(
            for: owner, flow: flow, session: session, after: message, limit: limit, follows: true)
    }
}
