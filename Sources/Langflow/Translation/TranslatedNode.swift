import JSONValue

/// What the run API has to know of a node: how it is addressed, shown and set.
public struct TranslatedNode: Sendable, Hashable {
    /// What a node is to whoever runs the flow.
    public enum Role: String, Sendable, Hashable, Codable {
        case chatInput = "chat input"
        case textInput = "text input"
        case webhook
        case chatOutput = "chat output"
        case textOutput = "text output"
        case dataOutput = "data output"
    }

    /// Langflow's id, by which tweaks and `output_component` call it.
    public var id: String
    /// The id in the flow's graph: the same, unless Millrace could not take it.
    public var component: String
    /// Langflow's type, such as `ChatOutput`.
    public var type: String
    public var displayName: String
    public var role: Role?
    /// Whether it stands in the flow's graph itself: not left out, merged, or inside a loop.
    public var isAddressable: Bool
    /// Where its fields' values went.
    var bindings: [String: FieldBinding] = [:]
    /// Every field that the export has.
    var fields: Set<String> = []
}

/// Where a field's value went.
struct FieldBinding: Sendable, Hashable {
    var component: String
    var parameter: String
    var form: ValueForm
    /// Why a run cannot change it without another plan.
    var fixed: String?
}
