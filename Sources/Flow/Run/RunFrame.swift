import Synchronization

/// What all steps of a run share, whatever graph they are in.
final class RunCore: Sendable {
    let context: RunContext
    let meter: BudgetMeter
    /// `nil` when nobody wants to know what the steps took.
    let traces: TraceCollector?
    /// `nil` when nobody follows the run while it goes on.
    let log: RunLog?
    /// Steps that have told something which cannot be taken back.
    private let told = Mutex<Set<String>>([])

    init(_ context: RunContext, flow: String, traces: TraceCollector?, log: RunLog? = nil) {
        self.context = context
        self.traces = traces
        self.log = log
        meter = BudgetMeter(context.budget, flow: flow)
    }

    func emit(_ emission: any Emission, by step: Step) async throws {
        guard let log else { return }
        _ = told.withLock { $0.insert(step.path) }
        try await log.append(.emitted(component: step.path, emission))
    }

    /// Whether a follower may have seen something of the step.
    func hasTold(_ step: Step) -> Bool { told.withLock { $0.contains(step.path) } }
}

/// One run of one graph: the flow's, or once through a body or a tool.
final class RunFrame: Sendable {
    let core: RunCore
    let plan: Plan
    let slots: SlotTable
    let parameters: [any Sendable]
    /// Distinguishes the runs of one body: `#3` for its fourth; empty for the flow's own graph.
    let suffix: String

    init(_ core: RunCore, _ plan: Plan, parameters: [any Sendable], suffix: String = "") {
        self.core = core
        self.plan = plan
        self.parameters = parameters
        self.suffix = suffix
        slots = SlotTable(plan)
    }

    /// Whether the branch of something that a node must have was not taken.
    func isInactive(_ node: PlanNode) -> Bool {
        let wiring = node.wiring
        for slot in wiring.requiredSlots where slots[Int(slot)] == nil { return true }
        guard wiring.requiredSlots.isEmpty else { return false }
        // Nothing is demanded; it runs if anything came that its edges could bring.
        let edges = wiring.inputSlots.filter { $0 >= 0 } + wiring.inputLists.joined()
        return !edges.isEmpty && edges.allSatisfy { slots[Int($0)] == nil }
    }

    /// The values of the graph's outputs; one whose branch was not taken is missing.
    var outputs: [String: any Payload] {
        var values: [String: any Payload] = [:]
        for port in plan.outputs { values[port.name] = slots[port.slot] }
        return values
    }
}
