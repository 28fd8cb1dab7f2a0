import Flow
import Foundation
import JSONValue

extension QuestionAnswering {
    /// The flow that Millrace ships, fusing as search does.
    ///
    /// - Parameter reranks: whether the best passages are ordered by a cross-encoder.
    public static func builtIn(
        _ fusion: FusionParameters = FusionParameters(), reranks: Bool = false
    ) throws(QAError) -> FlowDefinition {
        var flow = try decodeFlow(
            Data(PackageResources.question_answering_json), file: "the built-in flow question-answering.json")
        let settings = [
            "vector_weight": fusion.vectorWeight, "keyword_weight": fusion.keywordWeight,
            "floor": fusion.floor.score,
        ]
        for index in flow.graph.components.indices
        where flow.graph.components[index].type == FusePassages.type {
            flow.graph.components[index].parameters
                .merge(settings.mapValues { .number($0) }) { given, _ in given }
        }
        if reranks { rerank(&flow.graph) }
        return flow
    }

    /// Puts the cross-encoder between fusing and choosing.
    private static func rerank(_ graph: inout FlowGraph) {
        let node = FlowGraph.Node(id: "rerank", type: RerankPassages.type)
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
