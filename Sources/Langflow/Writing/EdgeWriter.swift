import Flow
import JSONValue

/// Writes edges with their handles in both forms.
enum EdgeWriter {
    /// - Returns: `nil` where Langflow has no such output or field.
    static func edge(_ edge: Canvas.Edge, _ source: WrittenNode, _ target: WrittenNode) -> JSONValue? {
        guard let output = output(edge.from.port, of: source) else { return nil }
        let from: JSONValue = [
            "dataType": .string(source.type), "id": .string(source.id), "name": .string(output.name),
            "output_types": .array(output.types.map { .string($0) }),
        ]
        if edge.isLoopBack {
            guard let item = target.outputs.first(where: { $0.name == "item" }) else { return nil }
            let to: JSONValue = [
                "dataType": .string(target.type), "id": .string(target.id), "name": "item",
                "output_types": .array((item.types + ["Message"]).map { .string($0) }),
            ]
            return json(source.id, target.id, from, to, beside: [:])
        }
        guard let field = field(edge.to.port, of: target) else { return nil }
        let known = target.fields[field]
        let to: JSONValue = [
            "fieldName": .string(field), "id": .string(target.id),
            "inputTypes": .array((known?.types ?? []).map { .string($0) }),
            "type": .string(known?.type ?? "str"),
        ]
        return json(source.id, target.id, from, to, beside: [:])
    }

    /// An edge of the origin, led to where its group's inside lies.
    static func kept(_ edge: LangflowEdge) -> JSONValue {
        if edge.json["source"]?.string == edge.source, edge.json["target"]?.string == edge.target,
            edge.json["data"]?["targetHandle"]?["proxy"] == nil
        {
            return edge.json
        }
        var from = LangflowHandle("sourceHandle", of: edge.json, isSource: true)?.members ?? [:]
        var to = LangflowHandle("targetHandle", of: edge.json, isSource: false)?.members ?? [:]
        from["id"] = .string(edge.source)
        from["name"] = .string(edge.output)
        to["id"] = .string(edge.target)
        to["proxy"] = nil
        to[edge.isLoopBack ? "name" : "fieldName"] = .string(edge.field)
        return json(edge.source, edge.target, .object(from), .object(to), beside: edge.json.object ?? [:])
    }

    private static func json(
        _ source: String, _ target: String, _ from: JSONValue, _ to: JSONValue,
        beside members: [String: JSONValue]
    ) -> JSONValue {
        let sourceHandle = written(from)
        let targetHandle = written(to)
        var members = members
        members["id"] = .string("reactflow__edge-\(source)\(sourceHandle)-\(target)\(targetHandle)")
        members["source"] = .string(source)
        members["target"] = .string(target)
        members["sourceHandle"] = .string(sourceHandle)
        members["targetHandle"] = .string(targetHandle)
        members["data"] = ["sourceHandle": from, "targetHandle": to]
        members["className"] = members["className"] ?? ""
        return .object(members)
    }

    /// A handle as text: JSON with `œ` for quotation marks.
    private static func written(_ handle: JSONValue) -> String {
        ((try? handle.text()) ?? "{}").replacing("\"", with: "œ")
    }

    static func output(_ port: String, of node: WrittenNode) -> (name: String, types: [String])? {
        if node.isTool { return node.outputs.first { $0.types == ["Tool"] } }
        let rule = ComponentRules.rule(ofType: node.type)
        if rule?.special == .router {
            let name = port == "else" ? "default_result" : "category_\(port.dropFirst("route_".count))_result"
            return node.outputs.first { $0.name == name }
        }
        let names = rule?.outputs.filter { $0.value == port }.map(\.key) ?? [port]
        return node.outputs.first { names.contains($0.name) } ?? node.outputs.first { $0.name == port }
    }

    static func field(_ port: String, of node: WrittenNode) -> String? {
        let rule = ComponentRules.rule(ofType: node.type)
        let port = port == "toolsets" ? "tools" : port
        let names = rule?.inputs.filter { $0.port == port }.flatMap(\.fields) ?? []
        return names.first { node.fields[$0] != nil } ?? (node.fields[port] == nil ? nil : port)
    }
}

extension ComponentRules {
    /// The row of one of Langflow's types, by its name alone.
    static func rule(ofType type: String) -> ComponentRule? { all.first { $0.types.contains(type) } }
}
