/// The table: which component of ours stands for which of Langflow's.
enum ComponentRules {
    static let all =
        ComponentRule.dialogue + ComponentRule.data + ComponentRule.control + ComponentRule.models
        + ComponentRule.network

    private static let byType: [String: ComponentRule] = Dictionary(
        all.flatMap { rule in rule.types.map { ($0, rule) } }, uniquingKeysWith: { first, _ in first })

    /// Outputs that hand a model on to others.
    static let modelOutputs: Set<String> = ["model_output", "model", "llm"]
    /// Fields that take a model.
    static let modelFields: Set<String> = ["model", "llm", "agent_llm", "judge_llm", "function_calling_llm"]

    /// What becomes of a node.
    enum Match {
        case rule(ComponentRule)
        /// It hands an embedding to others, which the corpus has itself.
        case embedding
        case none
    }

    /// By the type's name; then, for the many providers' models, embeddings and stores, by what the node has.
    static func match(_ node: LangflowNode) -> Match {
        if let rule = byType[unified(node) ?? node.type] { return .rule(rule) }
        let outputs = Set(node.outputs.map(\.name))
        if outputs.contains("text_output"), node.fields["input_value"] != nil {
            return .rule(.languageModel)
        }
        if node.fields["ingest_data"] != nil,
            node.fields["search_query"] != nil || node.fields["search_input"] != nil
        {
            return .rule(.vectorStore)
        }
        let gives = Set(node.outputs.flatMap(\.types))
        if gives.contains("Embeddings") || outputs.contains("embeddings") { return .embedding }
        return .none
    }

    /// The type that a node of the one component for texts, records and tables stands for; `nil` for any other.
    static func unified(_ node: LangflowNode) -> String? {
        guard node.type == "Operations" else { return nil }
        return switch node.fields["input_type"].flatMap({ ValueForm.chosen($0.value) }) {
        case "JSON": "DataOperations"
        case "Table": "DataFrameOperations"
        default: "TextOperations"
        }
    }

    /// What to do instead of a component that is not had, by its type.
    static func advice(for type: String) -> String {
        advices[type] ?? "Put another component in its place, or take it out."
    }

    private static let advices: [String: String] = [
        "PythonREPLTool": python, "PythonREPLComponent": python, "PythonFunction": python,
        "PythonCodeStructuredTool": python, "CustomComponent": python, "LambdaFilter": python,
        "Smart Transform": python, "Smart Function": python, "SemanticMap": python,
        "Notify": "Connect the two places by an edge.", "Listen": "Connect the two places by an edge.",
        "HumanInput": "End the flow before the question, and begin another with the answer.",
        "SequentialCrewComponent": crew, "HierarchicalCrewComponent": crew, "CrewAIAgentComponent": crew,
        "SequentialTaskAgentComponent": crew, "SequentialTaskComponent": crew,
        "HierarchicalTaskComponent": crew,
        "ScheduleTrigger": "Start the flow's runs by a clock of your own.",
        "AssemblyAITranscriber": "Give the flow the text of the recording as a file.",
    ]
    private static let python = """
        Code of a flow is never run here; serve it over HTTP or MCP, and call it with HTTPRequest or MCPTools.
        """
    private static let crew = "Put agents in its place, one after another."
}
