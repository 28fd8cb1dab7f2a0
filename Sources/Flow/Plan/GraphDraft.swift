import JSONValue

/// A node on its way into a plan.
struct NodeDraft {
    var id: String
    var path: String
    var type: String
    var component: any Component
    var declaration: Declaration
    var isSynthetic = false
    var policy = StepPolicy()
    var bodies: [Plan] = []
    var tools: [[ToolPlan]] = []
    var outputBase = 0
    var parameterBase = 0
    /// Where the values of each input come from.
    var sources: [[Source]]

    init(id: String, path: String, type: String, component: any Component, declaration: Declaration) {
        self.id = id
        self.path = path
        self.type = type
        self.component = component
        self.declaration = declaration
        sources = Array(repeating: [], count: declaration.inputs.count)
        tools = Array(repeating: [], count: declaration.toolInputs.count)
    }
}

/// Where a value comes from.
struct Source: Hashable {
    /// The node that makes it; `nil` for an input of the graph.
    var node: Int?
    var slot: Int
    /// Whether it may never come, its own branch not being taken.
    var isConditional: Bool
    var type: any Payload.Type

    static func == (left: Source, right: Source) -> Bool { left.slot == right.slot }
    func hash(into hasher: inout Hasher) { hasher.combine(slot) }
}

/// A graph on its way to a plan.
struct GraphDraft {
    var entries: [PortDeclaration]
    var nodes: [NodeDraft] = []
    var indexByID: [String: Int] = [:]
    /// Ids whose component could not be made; edges to them are not complained of again.
    var broken: Set<String> = []
    /// Nodes that are tools of others and never run by themselves.
    var toolNodes: Set<Int> = []
    var slotCount: Int
    var parameters: [any Sendable] = []
    /// A topological order; empty when there is a circle.
    var order: [Int] = []
    var maySkip: [Bool] = []

    init(entries: [PortDeclaration]) {
        self.entries = entries
        slotCount = entries.count
    }

    mutating func append(_ node: NodeDraft, values: [any Sendable]) -> Int {
        var node = node
        node.outputBase = slotCount
        node.parameterBase = parameters.count
        slotCount += node.declaration.outputs.count
        parameters += values
        nodes.append(node)
        return nodes.count - 1
    }

    func plan(name: String, outputs: [Plan.Port]) -> Plan {
        // Tools are plans of their own; the others move up.
        var place = [Int32](repeating: -1, count: nodes.count)
        var count: Int32 = 0
        for index in nodes.indices where !toolNodes.contains(index) {
            place[index] = count
            count += 1
        }
        var wiring = [PlanNode.Wiring](repeating: PlanNode.Wiring(), count: nodes.count)
        for index in nodes.indices where place[index] >= 0 {
            let node = nodes[index]
            for (input, sources) in zip(node.declaration.inputs, node.sources) {
                let slots = sources.map { Int32($0.slot) }
                let isList = input.presence == .list
                wiring[index].inputSlots.append(isList ? -1 : slots.first ?? -1)
                wiring[index].inputLists.append(isList ? slots : [])
                if input.presence == .required { wiring[index].requiredSlots += slots }
            }
            let makers = Set(node.sources.joined().compactMap(\.node))
            wiring[index].waits = Int32(makers.count)
            wiring[index].maySkip = maySkip.indices.contains(index) && maySkip[index]
            for maker in makers.sorted() { wiring[maker].successors.append(place[index]) }
        }
        let inputs = entries.enumerated().map { slot, entry in
            Plan.Port(
                name: entry.name, type: entry.type, slot: slot, isOptional: entry.presence == .optional)
        }
        return Plan(
            name: name,
            nodes: nodes.indices.filter { place[$0] >= 0 }.map { PlanNode(nodes[$0], wiring: wiring[$0]) },
            inputs: inputs, outputs: outputs, slotCount: slotCount, parameters: parameters)
    }
}
