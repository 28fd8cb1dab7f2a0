import Testing

@testable import Flow

@Suite(.timeLimit(.minutes(1))) struct `What a step counts` {
    private func graph(_ ids: String...) -> FlowGraph {
        FlowGraph(
            ids.map { .node($0, "Probe") }, edges: [],
            outputs: Dictionary(uniqueKeysWithValues: ids.map { ($0, "\($0).value") }))
    }

    @Test func `is the sum of what its tasks told, each step's for itself`() async throws {
        #expect(Step.current == nil)
        let plan = try plan(
            graph("one", "two"),
            catalog: .testing(probe: { step in
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<5 { group.addTask { Step.current?.count("tokens", 2) } }
                }
                // As a cache does that lets one work for all who ask.
                let shared: Task<Void, Never> = Task {
                    Step.current?.count("tokens", step.component == "one" ? 1 : 5)
                }
                await shared.value
                step.note("told", 1)
                return 1
            }))
        let traces = try await plan.run(in: RunContext(runID: "counted")).traces
        let notes = Dictionary(uniqueKeysWithValues: traces.map { ($0.component, $0.notes) })
        #expect(notes["one"] == ["tokens": 11, "told": 1])
        #expect(notes["two"] == ["tokens": 15, "told": 1])
        #expect(Step.current == nil)
    }
}
