import JSONValue

extension FlowGraph: Codable {
    private enum CodingKeys: String, CodingKey {
        case inputs, components, edges, output, outputs
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        inputs = try container.decodeIfPresent([Entry].self, forKey: .inputs) ?? []
        components = try container.decode([Node].self, forKey: .components)
        edges = try container.decode([Edge].self, forKey: .edges)
        if container.contains(.outputs) {
            outputs = try container.decode([String: PortReference].self, forKey: .outputs)
        } else {
            outputs = [Self.outputName: try container.decode(PortReference.self, forKey: .output)]
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !inputs.isEmpty { try container.encode(inputs, forKey: .inputs) }
        try container.encode(components, forKey: .components)
        try container.encode(edges, forKey: .edges)
        if outputs.count == 1, let only = outputs[Self.outputName] {
            try container.encode(only, forKey: .output)
        } else {
            try container.encode(outputs, forKey: .outputs)
        }
    }
}

extension FlowGraph.Node: Codable {
    private enum CodingKeys: String, CodingKey {
        case id, type, title, position, parameters, bodies, attempts
        case timeoutSeconds = "timeout_seconds"
        case backoffSeconds = "backoff_seconds"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        type = try container.decode(String.self, forKey: .type)
        title = try container.decodeIfPresent(String.self, forKey: .title)
        position = try container.decodeIfPresent(CanvasPosition.self, forKey: .position)
        parameters = try container.decodeIfPresent([String: JSONValue].self, forKey: .parameters) ?? [:]
        bodies = try container.decodeIfPresent([String: FlowBody].self, forKey: .bodies) ?? [:]
        policy = StepPolicy()
        policy.timeoutSeconds = try container.decodeIfPresent(Double.self, forKey: .timeoutSeconds)
        policy.attempts = try container.decodeIfPresent(Int.self, forKey: .attempts) ?? policy.attempts
        policy.backoffSeconds =
            try container.decodeIfPresent(Double.self, forKey: .backoffSeconds) ?? policy.backoffSeconds
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(type, forKey: .type)
        try container.encodeIfPresent(title, forKey: .title)
        try container.encodeIfPresent(position, forKey: .position)
        try container.encode(parameters, forKey: .parameters)
        if !bodies.isEmpty { try container.encode(bodies, forKey: .bodies) }
        guard policy != StepPolicy() else { return }
        try container.encodeIfPresent(policy.timeoutSeconds, forKey: .timeoutSeconds)
        try container.encode(policy.attempts, forKey: .attempts)
        try container.encode(policy.backoffSeconds, forKey: .backoffSeconds)
    }
}

extension FlowBody: Codable {
    private enum CodingKeys: String, CodingKey {
        case flow
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let name = try container.decodeIfPresent(String.self, forKey: .flow) {
            self = .named(name)
        } else {
            self = .graph(try FlowGraph(from: decoder))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .graph(let graph): try graph.encode(to: encoder)
        case .named(let name):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .flow)
        }
    }
}
