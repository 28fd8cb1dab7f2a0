import AllocationCount
import Flow
import Foundation
import Logging

/// What does the engine itself cost? Empty components: a chain, a fan-out that is joined, and ten steps.
///
/// Each figure is the median of rounds; the result of every run is checked. `async` components are those that may
/// wait, so a fork of them makes tasks; `immediate` ones never do.
enum EngineBenchmark {
    static func run(arguments: [String]) async throws {
        let options = try BenchmarkArguments(arguments, names: ["rounds", "runs"])
        let rounds = try options.integer("rounds", or: 15)
        let runs = try options.integer("runs", or: 2_000)
        print("| flow | steps | µs a step | allocations a step | runs/s |")
        print("|---|---|---|---|---|")
        for (name, graph) in try graphs() {
            let plan = try PlanCompiler(catalog: catalog).plan(
                FlowDefinition(name: name, graph: graph), producing: ["output": Int.self])
            try await measure(name, plan, steps: graph.components.count, rounds: rounds, runs: runs)
        }
        try await StreamMemory.measure()
    }

    private static var catalog: ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.register(Begin.self) { Begin(&$0) }
        catalog.register(Pass.self) { Pass(&$0) }
        catalog.register(PassNow.self) { PassNow(&$0) }
        catalog.register(Last.self) { Last(&$0) }
        return catalog
    }

    private static func graphs() throws -> [(String, FlowGraph)] {
        func chain(_ count: Int, of type: String) -> FlowGraph {
            var nodes = [FlowGraph.Node(id: "n0", type: "Begin")]
            var edges: [FlowGraph.Edge] = []
            for index in 1..<count {
                nodes.append(FlowGraph.Node(id: "n\(index)", type: type))
                edges.append(
                    .init(
                        from: PortReference("n\(index - 1)", "value"), to: PortReference("n\(index)", "value")
                    )
                )
            }
            return FlowGraph(
                components: nodes, edges: edges, outputs: ["output": PortReference("n\(count - 1)", "value")])
        }
        func fan(_ width: Int, of type: String) -> FlowGraph {
            var nodes = [FlowGraph.Node(id: "b", type: "Begin"), FlowGraph.Node(id: "l", type: "Last")]
            var edges: [FlowGraph.Edge] = []
            for index in 0..<width {
                nodes.append(FlowGraph.Node(id: "n\(index)", type: type))
                edges.append(
                    .init(from: PortReference("b", "value"), to: PortReference("n\(index)", "value")))
                edges.append(
                    .init(from: PortReference("n\(index)", "value"), to: PortReference("l", "values")))
            }
            return FlowGraph(
                components: nodes, edges: edges, outputs: ["output": PortReference("l", "value")])
        }
        return [
            ("chain of 20, async", chain(20, of: "Pass")),
            ("chain of 20, immediate", chain(20, of: "PassNow")),
            ("fan-out of 20, async", fan(20, of: "Pass")),
            ("fan-out of 20, immediate", fan(20, of: "PassNow")),
            ("10 steps, async", chain(10, of: "Pass")),
        ]
    }

    private static func measure(
        _ name: String, _ plan: Plan, steps: Int, rounds: Int, runs: Int
    ) async throws {
        let context = RunContext(runID: "bench")
        var seconds: [Double] = []
        var allocations: [Double] = []
        for _ in 0..<rounds {
            let start = ContinuousClock.now
            for _ in 0..<runs {
                guard try await plan.run(in: context).output(Int.self) != nil else {
                    throw BenchmarkError("The flow \(name) made nothing.")
                }
            }
            seconds.append((ContinuousClock.now - start) / .seconds(1) / Double(runs))
            let before = allocation_count_read()
            allocation_count_switch(true)
            for _ in 0..<100 { _ = try await plan.run(in: context) }
            allocation_count_switch(false)
            allocations.append(Double(allocation_count_read() - before) / 100)
        }
        let time = seconds.sorted()[rounds / 2]
        let count = allocations.sorted()[rounds / 2]
        print(
            "| \(name) | \(steps) | \(format(time * 1e6 / Double(steps), 2)) | "
                + "\(format(count / Double(steps), 1)) | \(format(1 / time, 0)) |")
    }

    static func format(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }
}

private struct Begin: ImmediateComponent {
    static let type = "Begin"
    static let summary = "Begins."
    let value: Output<Int>
    init(_ declare: inout Declaration) { value = declare.output("value", "One.") }
    func compute(_ step: Step) { step.send(1, to: value) }
}

private struct Pass: Component {
    static let type = "Pass"
    static let summary = "Passes on."
    let input: Input<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        input = declare.input("value", "What is passed on.")
        value = declare.output("value", "The same.")
    }

    func run(_ step: Step) async throws { step.send(step[input], to: value) }
}

private struct PassNow: ImmediateComponent {
    static let type = "PassNow"
    static let summary = "Passes on."
    let input: Input<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        input = declare.input("value", "What is passed on.")
        value = declare.output("value", "The same.")
    }

    func compute(_ step: Step) { step.send(step[input], to: value) }
}

private struct Last: ImmediateComponent {
    static let type = "Last"
    static let summary = "Joins."
    let values: InputList<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        values = declare.inputList("values", "What is joined.")
        value = declare.output("value", "How many.")
    }

    func compute(_ step: Step) { step.send(step[values].count, to: value) }
}
