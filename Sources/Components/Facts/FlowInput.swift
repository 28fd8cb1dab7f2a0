import JSONValue

/// What a run of a flow is given from outside; a fact of its ``RunContext``.
public struct FlowInput: Sendable, Hashable {
    /// What the person says, for chat inputs.
    public var message: ChatMessage
    /// Values for single inputs by their components' ids; they go before ``message``.
    public var values: [String: String]
    /// Names the conversation, such as `session-7`. It means something only together with the caller and the flow.
    public var session: String
    /// What a webhook was sent; `nil` for other runs.
    public var webhook: JSONValue?

    public init(
        _ message: ChatMessage, values: [String: String] = [:], session: String, webhook: JSONValue? = nil
    ) {
        self.message = message
        self.values = values
        self.session = session
        self.webhook = webhook
    }
}
