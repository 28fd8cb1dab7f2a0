import JSONValue

/// What programs read of a catalogue: every component as its own declaration tells it, as JSON.
extension ComponentCatalog {
    /// ```json
    /// {"components": [{"name": "If", "category": "control", "summary": "…", "inputs": […], …}],
    ///  "conversions": [{"from": "text", "to": "message"}]}
    /// ```
    ///
    /// An edge fits when both ports have one type, or when there is a conversion between theirs.
    public var described: JSONValue {
        let pairs = conversions.values.map { ($0.from.payloadName, $0.to.payloadName) }.sorted(by: <)
        return [
            "components": .array(components.map(\.described)),
            "types": .array(payloads.keys.sorted().map { .string($0) }),
            "conversions": .array(pairs.map { ["from": .string($0.0), "to": .string($0.1)] }),
        ]
    }

    /// The ports that a component has with the parameters that it is given; `nil` for one that is not known.
    public func declaration(of node: FlowGraph.Node) -> Declaration? {
        guard let type = types[node.type] else { return nil }
        var declaration = Declaration(given: node.parameters)
        _ = type.make(&declaration)
        return declaration
    }
}

extension ComponentType {
    /// Name, heading, summary, ports, parameters and bodies.
    public var described: JSONValue {
        var members = declaration.described.object ?? [:]
        members["name"] = .string(name)
        members["category"] = .string(category.rawValue)
        members["summary"] = .string(summary)
        return .object(members)
    }
}

extension Declaration {
    /// Ports, parameters and bodies. `tool_inputs` take any number of edges from ports called `tool`.
    public var described: JSONValue {
        [
            "inputs": .array(inputs.map(\.described)),
            "outputs": .array(outputs.map(\.described)),
            "tool_inputs": .array(
                toolInputs.map { ["name": .string($0.name), "meaning": .string($0.meaning)] }),
            "parameters": .array(parameters.map(\.described)),
            "bodies": .array(bodies.map(\.described)),
        ]
    }
}

extension PortDeclaration {
    fileprivate var described: JSONValue {
        [
            "name": .string(name), "type": .string(payload), "presence": .string(presence.rawValue),
            "meaning": .string(meaning),
        ]
    }
}

extension ParameterDeclaration {
    fileprivate var described: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "meaning": .string(meaning), "schema": kind.jsonSchema,
            "required": .bool(standard == nil), "fixed": .bool(isFixed),
            "secret": .bool(kind == .secret),
        ]
        if let standard { members["default"] = standard }
        if let unit { members["unit"] = .string(unit) }
        return .object(members)
    }
}

extension BodyDeclaration {
    fileprivate var described: JSONValue {
        [
            "name": .string(name), "meaning": .string(meaning),
            "inputs": .array(inputs.map(\.described)), "outputs": .array(outputs.map(\.described)),
        ]
    }
}
