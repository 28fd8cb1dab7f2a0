import JSONValue

/// How a component of Langflow becomes one of ours: a row of the translation's table.
struct ComponentRule: Sendable {
    /// Every name that the type ever had in exports.
    var types: [String]
    /// The type of ours.
    var component: String
    var inputs: [InputRule] = []
    var parameters: [ParameterRule] = []
    /// Their outputs and our ports.
    var outputs: [String: String] = [:]
    /// Fields without a counterpart that matter once they are not at their standard value.
    var losses: [LossRule] = []
    /// Fields whose edges are left out, and why; their values too.
    var dropped: [String: String] = [:]
    /// Why it is not the same, whatever its fields say.
    var approximation: String?
    /// Why some of its types are not the same.
    var approximations: [String: String] = [:]
    /// What a row cannot say.
    var special: Special?
    var role: TranslatedNode.Role?
    /// Whether it does something outside of the flow, so that it is run although nothing takes its output.
    var hasEffect = false
    /// Columns that its tables have at Langflow, and those of ours that hold the same.
    var columns: [String: String] = [:]
    /// Whether columns of its input stand in its output.
    var keepsColumns = false

    /// Rules that take more than names.
    enum Special: Sendable {
        case textInput, prompt, router, loop, subFlow, store, knowledge, record, tools, model, agent, request
        case operations, file, split, comparison, parser, pages
    }
}

/// An input: a field that edges end at, and our port for it.
struct InputRule: Sendable {
    /// The field's names, the newest first.
    var fields: [String]
    var port: String
    /// Where a value goes that stands in the field while no edge ends there.
    var constant: Constant

    enum Constant: Sendable, Hashable {
        /// A `TextInput` before the port.
        case node
        case parameter(String)
        /// Nowhere.
        case none
    }

    init(_ fields: String..., to port: String, constant: Constant = .node) {
        self.fields = fields
        self.port = port
        self.constant = constant
    }
}

/// A setting: a field, and our parameter for it.
struct ParameterRule: Sendable {
    var fields: [String]
    var parameter: String
    var form: ValueForm
    /// Whether an empty text in the field is what is meant, and not our standard value.
    var takesEmpty: Bool

    init(_ fields: String..., to parameter: String, _ form: ValueForm, takesEmpty: Bool = false) {
        self.fields = fields
        self.parameter = parameter
        self.form = form
        self.takesEmpty = takesEmpty
    }
}

/// A field that has no counterpart.
struct LossRule: Sendable {
    var field: String
    /// Values that change nothing.
    var standard: [JSONValue]
    var reason: String

    init(_ field: String, unless standard: JSONValue..., because reason: String) {
        self.field = field
        self.standard = standard
        self.reason = reason
    }
}
