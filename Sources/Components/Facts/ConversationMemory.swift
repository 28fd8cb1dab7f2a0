/// What was said before in a run's conversation; a fact of its ``RunContext``.
///
/// It is made for one caller, one flow and one session: nobody can ask it for another's.
public struct ConversationMemory: Sendable {
    /// The last messages, oldest first, the one that the run was begun with left out.
    public let last: @Sendable (_ limit: Int) async throws -> [ChatMessage]
    /// Adds a message to the conversation.
    public let add: @Sendable (ChatMessage) async throws -> Void

    public init(
        last: @escaping @Sendable (_ limit: Int) async throws -> [ChatMessage],
        add: @escaping @Sendable (ChatMessage) async throws -> Void
    ) {
        self.last = last
        self.add = add
    }

    /// A conversation that nobody keeps.
    public static var none: ConversationMemory { ConversationMemory(last: { _ in [] }, add: { _ in }) }
}
