import Flow
import Foundation
import JSONValue

extension QuestionAnswering {
    /// The flow that Millrace ships, fusing as search does.
    ///
    /// - Parameters:
    ///   - boosts: put between fusing and choosing, if they change anything.
    ///   - reranks: whether the best passages are ordered by a cross-encoder.
    ///   - external: managed searches that are asked beside the corpus.
    ///   - neighbours: passages on each side of a found one that are read with it, as far as there is room.
    public static func builtIn(
        _ fusion: FusionParameters = FusionParameters(), boosts: Boosts = Boosts(), reranks: Bool = false,
        neighbours: Int = 0, external: [ExternalSearchSource] = []
    ) throws(QAError) -> FlowDefinition {
        var flow = try decodeFlow(
            Data(PackageResources.question_answering_json), file: "the built-in flow question-answering.json")
        let settings = [
            "vector_weight": fusion.vectorWeight, "keyword_weight": fusion.keywordWeight,
            "floor": fusion.floor.score,
        ]
        flow.graph.give(settings.mapValues { .number($0) }, to: FusePassages.type)
        if neighbours > 0 {
            flow.graph.give(["neighbours": .integer(neighbours)], to: BuildPrompt.type)
        }
        for source in external { ask(source, in: &flow.graph) }
        // The last one put in stands first: a cross-encoder has the last word, behind what counts by setting.
        if reranks { insert(FlowGraph.Node(id: "rerank", type: RerankPassages.type), in: &flow.graph) }
        if !boosts.isNone {
            insert(
                FlowGraph.Node(id: "boost", type: BoostPassages.type, parameters: boosts.parameters),
                in: &flow.graph)
        }
        return flow
    }

    /// Puts a component that orders passages right behind fusing.
    private static func insert(_ node: FlowGraph.Node, in graph: inout FlowGraph) {
        graph.components.append(node)
        for index in graph.edges.indices where graph.edges[index].from == PortReference("fuse", "passages") {
            graph.edges[index].from = PortReference(node.id, "passages")
        }
        graph.edges.append(
            FlowGraph.Edge(from: PortReference("fuse", "passages"), to: PortReference(node.id, "passages")))
        graph.edges.append(
            FlowGraph.Edge(
                from: PortReference("condense", "question"), to: PortReference(node.id, "question")))
    }

    /// Puts a managed search beside the corpus's.
    private static func ask(_ source: ExternalSearchSource, in graph: inout FlowGraph) {
        let node = FlowGraph.Node(
            id: source.rawValue, type: ExternalSearch.type, parameters: ["source": .string(source.rawValue)])
        graph.components.append(node)
        graph.edges += [
            FlowGraph.Edge(
                from: PortReference("condense", "question"), to: PortReference(node.id, "question")),
            FlowGraph.Edge(
                from: PortReference(node.id, "passages"), to: PortReference("prompt", "external")),
        ]
    }

    /// Reads a flow; what it says is checked when it is planned.
    ///
    /// - Parameter file: names the flow in errors.
    public static func decodeFlow(_ data: Data, file: String) throws(QAError) -> FlowDefinition {
        do {
            return try FlowDefinition.decode(data, file: file)
        } catch {
            throw QAError(error)
        }
    }
}

extension FlowGraph {
    /// Gives parameters to every component of a type that does not say them itself.
    fileprivate mutating func give(_ parameters: [String: JSONValue], to type: String) {
        for index in components.indices where components[index].type == type {
            components[index].parameters.merge(parameters) { given, _ in given }
        }
    }
}

extension Boosts {
    /// As ``BoostPassages`` takes them.
    fileprivate var parameters: [String: JSONValue] {
        [
            "spaces": .object(spaces.mapValues { .number($0) }),
            "labels": .object(labels.mapValues { .number($0) }), "title": .number(title),
            "recency": .number(recency), "half_life_days": .number(halfLifeDays),
        ]
    }
}
