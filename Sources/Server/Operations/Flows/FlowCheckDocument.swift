import Flow
import JSONValue

/// Every component that flows may use, as its declaration tells it.
struct ComponentList: ResponseDocument {
    let described: JSONValue

    private static var port: JSONSchema {
        .object(required: [
            "name": .text, "type": .text, "presence": .choice(["required", "optional", "list"]),
            "meaning": .text,
        ]).named("Port")
    }

    private static var parameter: JSONSchema {
        .object(
            required: [
                "name": .text, "meaning": .text, "schema": JSONSchema([:]), "required": .flag, "fixed": .flag,
                "secret": .flag,
            ],
            optional: ["default": JSONSchema([:]), "unit": .text]
        ).named("Parameter")
    }

    /// What ``Flow/Declaration/described`` has.
    static var ports: [String: JSONSchema] {
        let ports = JSONSchema.list(of: port)
        let body = JSONSchema.object(required: [
            "name": .text, "meaning": .text, "inputs": ports, "outputs": ports,
        ])
        return [
            "inputs": ports, "outputs": ports, "parameters": .list(of: parameter), "bodies": .list(of: body),
            "tool_inputs": .list(of: .object(required: ["name": .text, "meaning": .text])),
        ]
    }

    /// ``ports`` and what names a component.
    static func component(_ named: [String: JSONSchema]) -> JSONSchema {
        .object(required: ports.merging(named) { first, _ in first })
    }

    static var schema: JSONSchema {
        let component = component(["name": .text, "category": .text, "summary": .text])
        return .object(required: [
            "components": .list(of: component.named("Component")),
            "types": .list(of: .text),
            "conversions": .list(of: .object(required: ["from": .text, "to": .text])),
        ]).named("ComponentList")
    }

    func encode(to encoder: any Encoder) throws { try described.encode(to: encoder) }
}

/// The body of `POST /v1/components/check`.
struct FlowCheckBody: RequestDocument {
    var definition: FlowDefinition

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case flow
    }

    static let summary = "a flow as it would be kept"

    static var schema: JSONSchema {
        .request(required: ["flow": FlowBody.graphSchema]).named("FlowCheckRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        definition = try container.decode(FlowDefinition.self, forKey: .flow)
    }
}

/// What is wrong with a flow and where, and the ports that its components have with their parameters.
struct FlowCheckDocument: ResponseDocument {
    var faults: [FlowFault]
    var definition: FlowDefinition
    var catalog: ComponentCatalog

    static var schema: JSONSchema {
        let fault = JSONSchema.object(
            required: ["message": .text],
            optional: [
                "component": JSONSchema.text.described("its id; a path for one inside a body"),
                "edge": JSONSchema.text.described("component.port → component.port"),
                "name": JSONSchema.text.described("a port or a parameter of the component"),
            ])
        let component = ComponentList.component(["id": .text, "type": .text])
        return .object(required: [
            "faults": .list(of: fault.named("FlowFault")),
            "components": .list(of: component.named("CheckedComponent")),
        ]).named("FlowCheck")
    }

    func encode(to encoder: any Encoder) throws {
        let document: JSONValue = [
            "faults": .array(faults.map(described)),
            "components": .array(definition.graph.components.compactMap(described)),
        ]
        try document.encode(to: encoder)
    }

    private func described(_ fault: FlowFault) -> JSONValue {
        var members: [String: JSONValue] = ["message": .string(fault.description)]
        let place = fault.place
        if let component = place.component { members["component"] = .string(component) }
        if let edge = place.edge { members["edge"] = .string(edge) }
        if let name = place.name { members["name"] = .string(name) }
        return .object(members)
    }

    /// Nothing for a component that is not known: that is a fault already.
    private func described(_ node: FlowGraph.Node) -> JSONValue? {
        guard var members = catalog.declaration(of: node)?.described.object else { return nil }
        members["id"] = .string(node.id)
        members["type"] = .string(node.type)
        return .object(members)
    }
}
