import Flow

extension ComponentCatalog {
    /// What a flow is given and what it says: chat, texts, webhooks, data.
    public mutating func addDialogueComponents() {
        register(ChatInput.self) { ChatInput(&$0) }
        register(TextInput.self) { TextInput(&$0) }
        register(WebhookInput.self) { WebhookInput(&$0) }
        register(ChatOutput.self) { ChatOutput(&$0) }
        register(TextOutput.self) { TextOutput(&$0) }
        register(DataOutput.self) { DataOutput(&$0) }
    }
}
