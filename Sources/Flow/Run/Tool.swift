import JSONValue

/// Something that a component may call by name with JSON: another component, or a sub-flow.
public struct Tool: Sendable {
    let plan: ToolPlan
    let caller: Step

    /// The id of the component that is the tool.
    public var name: String { plan.name }
    public var description: String { plan.description }
    /// A JSON Schema (2020-12) of the arguments: an object.
    public var inputSchema: JSONValue { plan.inputSchema }

    /// Calls the tool, within the caller's run: its budget, its identity, its cancellation.
    ///
    /// - Parameter number: which call of the run it is, for events and errors.
    /// - Returns: the only output as JSON, or an object of all that were set.
    /// - Throws: ``ToolFault`` for arguments that do not fit, which the model may mend; ``FlowError`` for a tool
    ///   that failed.
    public func call(_ arguments: JSONValue, number: Int = 0) async throws -> JSONValue {
        let outer = caller.frame
        let inner = RunFrame(
            outer.core, plan.plan, parameters: plan.plan.parameters, suffix: "\(outer.suffix)#\(number)")
        guard let given = arguments.object else { throw ToolFault.noObject(tool: name, kind: arguments.kind) }
        let required = Set(plan.inputSchema["required"]?.array?.compactMap(\.string) ?? [])
        let known = plan.plan.inputs.map(\.name)
        for key in given.keys.sorted() where !known.contains(key) {
            throw ToolFault.unknownArgument(tool: name, name: key, known: known)
        }
        for port in plan.plan.inputs {
            guard let json = given[port.name], json != .null || required.contains(port.name) else {
                guard !required.contains(port.name) else {
                    throw ToolFault.missingArgument(tool: name, name: port.name)
                }
                continue
            }
            guard let type = port.type as? any JSONPayload.Type else { continue }
            do {
                inner.slots[port.slot] = try type.init(json: json)
            } catch {
                throw ToolFault.wrongArgument(tool: name, name: port.name, reason: "\(error)")
            }
        }
        try await Executor.run(inner)
        return result(inner)
    }

    private func result(_ frame: RunFrame) -> JSONValue {
        let values = plan.plan.outputs.compactMap { port -> (String, JSONValue)? in
            (frame.slots[port.slot] as? any JSONPayload).map { (port.name, $0.json) }
        }
        if plan.plan.outputs.count == 1, let only = values.first { return only.1 }
        return .object(Dictionary(values, uniquingKeysWith: { first, _ in first }))
    }
}

/// Arguments that a tool does not take.
public enum ToolFault: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownTool(name: String, known: [String])
    case noObject(tool: String, kind: String)
    case unknownArgument(tool: String, name: String, known: [String])
    case missingArgument(tool: String, name: String)
    case wrongArgument(tool: String, name: String, reason: String)

    public var description: String {
        switch self {
        case .unknownTool(let name, let known):
            "There is no tool “\(name.prefix(100))”. There are \(known.joined(separator: ", "))."
        case .noObject(let tool, let kind):
            "The tool “\(tool)” takes its arguments as an object; this is a \(kind)."
        case .unknownArgument(let tool, let name, let known):
            """
            The tool “\(tool)” has no argument “\(name.prefix(100))”; it has \
            \(known.isEmpty ? "none" : known.joined(separator: ", ")).
            """
        case .missingArgument(let tool, let name): "The tool “\(tool)” needs its argument “\(name)”."
        case .wrongArgument(let tool, let name, let reason): "The tool “\(tool)”: “\(name)”: \(reason)"
        }
    }
}

extension Step {
    /// The tools whose edges end at an input, in the order of the flow's edges.
    public subscript(list: ToolList) -> [Tool] {
        node.tools[list.index].map { Tool(plan: $0, caller: self) }
    }

    /// The tool of that name.
    ///
    /// - Throws: ``ToolFault/unknownTool(name:known:)``, which a model may be told.
    public func tool(named name: String, in list: ToolList) throws(ToolFault) -> Tool {
        let tools = self[list]
        guard let tool = tools.first(where: { $0.name == name }) else {
            throw .unknownTool(name: name, known: tools.map(\.name))
        }
        return tool
    }
}
