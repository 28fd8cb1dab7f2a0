import Flow

extension ComponentCatalog {
    /// What a flow is given and what it says: chat, texts, webhooks, data.
    public mutating func addDialogueComponents() {
        register(ChatInput.self, in: .inputsAndOutputs) { ChatInput(&$0) }
        register(TextInput.self, in: .inputsAndOutputs) { TextInput(&$0) }
        register(WebhookInput.self, in: .inputsAndOutputs) { WebhookInput(&$0) }
        register(ChatOutput.self, in: .inputsAndOutputs) { ChatOutput(&$0) }
        register(TextOutput.self, in: .inputsAndOutputs) { TextOutput(&$0) }
        register(DataOutput.self, in: .inputsAndOutputs) { DataOutput(&$0) }
    }
}
