import Flow
import FlowService
import JSONValue

/// What OpenAI's clients ask of a model's way of writing, given to the models whose text is the flow's answer.
struct GenerationSettings: Sendable, Hashable {
    /// 0…2, of which 1 and more are 1 here.
    var temperature: Double?
    var maxTokens: Int?

    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    init(_ body: JSONValue, maxTokens names: [String]) throws(RequestFault) {
        temperature = try body.number("temperature", in: 0...2)
        for name in names {
            guard let limit = try body.wholeNumber(name, in: 1...Int(Int32.max)) else { continue }
            maxTokens = min(limit, Self.tokenLimit)
        }
    }

    /// What a component's parameter may be at most.
    private static let tokenLimit = 1_000_000
    /// Components that have both parameters.
    private static let types: Set<String> = ["LanguageModel", "Agent"]

    /// The changes of parameters that say so. A model that works for another one is left as it is.
    func changes(of definition: FlowDefinition) -> [String: [String: JSONValue]] {
        var values: [String: JSONValue] = [:]
        if let temperature { values["temperature"] = .number(min(temperature, 1)) }
        if let maxTokens { values["max_tokens"] = .integer(maxTokens) }
        guard !values.isEmpty else { return [:] }
        return Dictionary(
            Self.models(of: definition).map { ($0, values) }, uniquingKeysWith: { first, _ in first })
    }

    /// The language models and agents of a flow whose text goes straight to an output.
    static func models(of definition: FlowDefinition) -> [String] {
        let graph = definition.graph
        let shown = Set(graph.outputs.values.map(\.component))
        let speaking = shown.union(
            graph.edges.filter { shown.contains($0.to.component) }.map(\.from.component))
        return graph.components.filter { speaking.contains($0.id) && types.contains($0.type) }.map(\.id)
    }
}
