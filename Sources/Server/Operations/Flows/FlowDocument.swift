import Flow
import JSONValue
import QA

/// One flow of `GET /v1/flows`.
struct FlowDocument: ResponseDocument {
    struct List: ResponseDocument {
        var flows: [FlowDocument]

        static var schema: JSONSchema {
            .object(required: ["flows": .list(of: FlowDocument.schema)]).named("FlowList")
        }
    }

    let flow: FlowDefinition

    /// The parts of a graph are told in docs/flows.md; what they may hold is open.
    static var schema: JSONSchema {
        JSONSchema([
            "type": "object",
            "properties": [
                "name": ["type": "string"], "description": ["type": "string"],
                "components": ["type": "array", "items": ["type": "object"]],
                "edges": ["type": "array", "items": ["type": "object"]], "output": ["type": "string"],
            ],
            "required": ["name", "description", "components", "edges"],
        ]).named("Flow")
    }

    init(_ flow: FlowDefinition) {
        self.flow = flow
    }

    func encode(to encoder: any Encoder) throws { try flow.encode(to: encoder) }
}
