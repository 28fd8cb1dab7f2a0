import Corpus
import HTTPTypes

/// `GET /v1/nodes`: the processes that share the database, and in what they differ.
enum NodesOperation {
    struct Document: ResponseDocument {
        struct Node: Encodable, Sendable {
            var id: String
            var role: String
            var version: String
            /// Whether it is the one that answers.
            var differs: Bool
            /// Names of settings and other facts that it has other values for than the process that answers.
            var settings: [String]
        }

        var nodes: [Node]

        static var schema: JSONSchema {
            let node = JSONSchema.object(required: [
                "id": JSONSchema.text.described("of its data folder"),
                "role": JSONSchema.text.described("serve or work"), "version": .text,
                "differs": JSONSchema.flag.described("from the process that answers"),
                "settings": JSONSchema.list(of: .text).described(
                    "names of what it has other values for; never values"),
            ])
            return .object(required: ["nodes": .list(of: node)]).named("Nodes")
        }

        init(_ standing: NodeWatch.Standing) {
            let drifts = Dictionary(
                standing.drifts.map { ($0.node, $0) }, uniquingKeysWith: { first, _ in first })
            nodes = standing.nodes.map { node in
                Node(
                    id: node.id, role: node.role, version: node.version, differs: drifts[node.id] != nil,
                    settings: drifts[node.id]?.allNames ?? [])
            }
        }
    }

    static func operation(_ standing: @escaping @Sendable () -> NodeWatch.Standing) -> Operation {
        .scoped(
            .admin, "listNodes", .get, "/v1/nodes",
            summary: "the processes that share the database, and in what they differ",
            section: "administration", inputs: .none,
            responses: [.json(Document.self, "as they were found last, this one among them")]
        ) { _, _ in try .json(Document(standing())) }
    }
}
