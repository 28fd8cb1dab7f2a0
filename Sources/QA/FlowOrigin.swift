import Flow

/// What the flows of question answering are made of besides its settings.
struct FlowOrigin: Sendable {
    /// Whether answers are quoted: a model that writes reads on where a quoting one has what it quotes.
    var quotes: Bool
    /// Whether a cross-encoder orders what was found.
    var reranks: Bool
    /// Managed searches that the built-in flow asks beside the corpus.
    var external: [ExternalSearchSource]
    /// Run beside the built-in one; a flow of its name replaces it.
    var custom: [FlowDefinition]

    /// The built-in flow by these settings, and the custom ones.
    func flows(_ configuration: QAConfiguration) throws(QAError) -> [FlowDefinition] {
        var flows = [
            try QuestionAnswering.builtIn(
                configuration.fusion, boosts: configuration.boosts, reranks: reranks,
                neighbours: quotes ? 0 : 1, external: external)
        ]
        for flow in custom {
            flows.removeAll { $0.name == flow.name }
            flows.append(flow)
        }
        return flows
    }
}
