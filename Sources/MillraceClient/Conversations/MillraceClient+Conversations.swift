private struct ConversationList: Decodable, Sendable {
    var conversations: [Conversation]
}

private struct ConversationTitle: Encodable {
    var title: String?

    private enum CodingKeys: CodingKey {
        case title
    }

    func encode(to encoder: any Encoder) throws {
        // A title that is left out is refused; null takes it away.
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(title, forKey: .title)
    }
}

extension MillraceClient {
    /// The caller's conversations, the latest first.
    ///
    /// - Parameters:
    ///   - flow: a flow's id: only conversations with it.
    ///   - limit: 1…200; 50 unless told.
    public func conversations(flow: String? = nil, limit: Int? = nil) async throws -> [Conversation] {
        let call = Call(.get, "v1", "conversations").asking("flow", flow).asking("limit", limit)
        return try await connection.value(ConversationList.self, of: call).conversations
    }

    /// The last messages of a conversation, or those before a place in it.
    ///
    /// - Parameters:
    ///   - flow: the flow's id, or the name of a flow of the settings.
    ///   - session: the conversation's name among the caller's with the flow.
    ///   - before: ``MessagePage/previous`` of the page behind.
    ///   - limit: 1…500; 100 unless told.
    public func messages(
        flow: String, session: String, before: String? = nil, limit: Int? = nil
    ) async throws -> MessagePage {
        let call = Call(.get, "v1", "conversations", flow, session).asking("before", before)
            .asking("limit", limit)
        return try await connection.value(MessagePage.self, of: call)
    }

    /// Gives a conversation another name.
    ///
    /// - Parameters:
    ///   - flow: the flow's id, or the name of a flow of the settings.
    ///   - session: the conversation's name among the caller's with the flow.
    ///   - title: at most 200 characters; `nil` takes its name away.
    @discardableResult
    public func renameConversation(
        flow: String, session: String, title: String?
    ) async throws -> Conversation {
        try await connection.value(
            Conversation.self,
            of: Call(.patch, "v1", "conversations", flow, session).sending(ConversationTitle(title: title)))
    }

    /// Deletes a conversation with all that was said in it.
    public func deleteConversation(flow: String, session: String) async throws {
        try await connection.delete(Call(.delete, "v1", "conversations", flow, session))
    }
}
