import JSONValue

/// A flow that was checked and may run: components made, ports resolved to slots.
///
/// A run needs no look-up by name: a port is an integer, what a step waits for is a counter, and who waits for a
/// step is a list of integers. Immutable, so that any number of runs share it.
public final class Plan: Sendable {
    /// A value that the graph is given or makes.
    struct Port: Sendable {
        var name: String
        var type: any Payload.Type
        var slot: Int
        /// Whether a run may go without it.
        var isOptional = false
    }

    /// The flow's name.
    public let name: String
    let nodes: [PlanNode]
    /// Slot `i` of the first ones is the graph's input `i`.
    let inputs: [Port]
    /// In the order of the graph's expected outputs, then by name.
    let outputs: [Port]
    let slotCount: Int
    /// Nodes that wait for no other, in the flow's order.
    let initial: [Int32]
    /// Values of all nodes' parameters; a node's begin at its `parameterBase`.
    let parameters: [any Sendable]

    init(
        name: String, nodes: [PlanNode], inputs: [Port], outputs: [Port], slotCount: Int,
        parameters: [any Sendable]
    ) {
        self.name = name
        self.nodes = nodes
        self.inputs = inputs
        self.outputs = outputs
        self.slotCount = slotCount
        self.parameters = parameters
        initial = nodes.indices.filter { nodes[$0].waits == 0 }.map { Int32($0) }
    }

    /// The parameter values of one run: the plan's own where nothing else is given.
    ///
    /// - Parameter changes: by component id and parameter.
    /// - Throws: ``FlowError/invalid(flow:faults:)`` with everything that does not fit.
    func parameters(changing changes: [String: [String: JSONValue]]) throws(FlowError) -> [any Sendable] {
        guard !changes.isEmpty else { return parameters }
        var values = parameters
        var faults: [FlowFault] = []
        let byID = Dictionary(nodes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for (id, given) in changes.sorted(by: { $0.key < $1.key }) {
            guard let node = byID[id], !node.isSynthetic else {
                faults.append(.unknownComponent(edge: "A parameter of the run", component: id))
                continue
            }
            for (name, value) in given.sorted(by: { $0.key < $1.key }) {
                switch node.read(name, value) {
                case .success(let (offset, value)): values[node.parameterBase + offset] = value
                case .failure(let fault): faults.append(fault.fault)
                }
            }
        }
        guard faults.isEmpty else { throw .invalid(flow: name, faults: faults) }
        return values
    }
}

/// A place of a plan: a component with everything that it needs to run.
final class PlanNode: Sendable {
    struct Wiring: Sendable {
        /// The slot of each input; -1 for one that stays open or is a list.
        var inputSlots: [Int32] = []
        /// The slots of each input that is a list; empty for others.
        var inputLists: [[Int32]] = []
        /// Inputs whose value must be there.
        var requiredSlots: [Int32] = []
        /// Nodes that wait for this one, each once.
        var successors: [Int32] = []
        /// Nodes that it waits for.
        var waits: Int32 = 0
        /// Whether some value that it takes may never come.
        var maySkip = false
    }

    let id: String
    let type: String
    let component: any Component
    let immediate: (any ImmediateComponent)?
    /// Made by the plan for a conversion or a shared stream.
    let isSynthetic: Bool
    let wiring: Wiring
    let inputs: [PortDeclaration]
    let outputBase: Int
    let outputs: [PortDeclaration]
    /// Offsets of the outputs that every run sets.
    let requiredOutputs: [Int]
    /// Offsets of the branches of a router, one of which every run takes; empty unless there are several.
    let branches: [Int]
    let parameterBase: Int
    let parameters: [ParameterDeclaration]
    /// `nil` for one attempt without a limit of its own.
    let policy: StepPolicy?
    let bodies: [Plan]
    let tools: [[ToolPlan]]

    var waits: Int32 { wiring.waits }

    init(_ draft: NodeDraft, wiring: Wiring) {
        id = draft.path
        type = draft.type
        component = draft.component
        immediate = draft.component as? any ImmediateComponent
        isSynthetic = draft.isSynthetic
        self.wiring = wiring
        inputs = draft.declaration.inputs
        outputBase = draft.outputBase
        outputs = draft.declaration.outputs
        requiredOutputs = outputs.indices.filter { draft.declaration.outputs[$0].presence == .required }
        let branches = outputs.indices.filter { draft.declaration.outputs[$0].presence == .optional }
        self.branches = branches.count > 1 ? branches : []
        parameterBase = draft.parameterBase
        parameters = draft.declaration.parameters
        policy = draft.policy == StepPolicy() ? nil : draft.policy
        bodies = draft.bodies
        tools = draft.tools
    }

    struct Refusal: Error {
        var fault: FlowFault
    }

    /// Checks a value for a parameter, and reads it.
    func read(_ name: String, _ value: JSONValue) -> Result<(Int, any Sendable), Refusal> {
        guard let offset = parameters.firstIndex(where: { $0.name == name }) else {
            let fault = FlowFault.unknownParameter(
                component: id, name: name, known: parameters.map(\.name))
            return .failure(Refusal(fault: fault))
        }
        let declaration = parameters[offset]
        if declaration.isFixed {
            return .failure(Refusal(fault: .fixedParameter(component: id, name: name)))
        }
        if let fault = declaration.kind.fault(in: value) {
            return .failure(Refusal(fault: .parameter(component: id, name: name, fault)))
        }
        guard let read = declaration.read(value) else {
            let fault = ParameterFault.wrongKind(expected: declaration.kind.name, actual: value.kind)
            return .failure(Refusal(fault: .parameter(component: id, name: name, fault)))
        }
        return .success((offset, read))
    }
}

/// A component that may be called as a tool: a plan of its own, whose inputs are its arguments.
struct ToolPlan: Sendable {
    var name: String
    var description: String
    var inputSchema: JSONValue
    var plan: Plan
}

extension Plan {
    /// Checks changes of parameters without running anything.
    ///
    /// - Throws: ``FlowError/invalid(flow:faults:)`` with everything that does not fit.
    public func check(_ changes: [String: [String: JSONValue]]) throws(FlowError) {
        _ = try parameters(changing: changes)
    }
}
