import JSONValue
import Testing

@testable import Flow

@Suite(.timeLimit(.minutes(1))) struct `Outputs of another type` {
    private func plan(_ number: Int, _ port: String) throws -> Plan {
        var catalog = ComponentCatalog.testing()
        catalog.convert(Int.self, to: String.self) { "number \($0)" }
        let graph = FlowGraph(
            [.node("n", "Constant", ["number": .integer(number)]), .node("p", "Parity")],
            edges: ["n.value > p.number"], outputs: ["output": port])
        return try PlanCompiler(catalog: catalog).plan(
            FlowDefinition(name: "test", graph: graph), producing: ["output": String.self])
    }

    @Test func `an output is converted to what is expected of it`() async throws {
        let outcome = try await plan(7, "n.value").run(in: testContext)
        #expect(outcome.output(String.self) == "number 7")
    }

    @Test func `one whose branch is not taken stays away`() async throws {
        let taken = try await plan(6, "p.even").run(in: testContext)
        #expect(taken.output(String.self) == "number 6")
        let other = try await plan(7, "p.even").run(in: testContext)
        #expect(other.outputs.isEmpty)
    }

    @Test func `without a conversion it is refused`() throws {
        let graph = FlowGraph([.node("n", "Constant")], edges: [], outputs: ["output": "n.value"])
        #expect(throws: FlowError.self) {
            try PlanCompiler(catalog: .testing()).plan(
                FlowDefinition(name: "test", graph: graph), producing: ["output": String.self])
        }
    }
}
