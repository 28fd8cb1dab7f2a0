import Concurrency
import Foundation
import JSONValue
import Testing

@testable import Flow

@Suite(.timeLimit(.minutes(1))) struct `What a plan refuses` {
    @Test func `every fault is told at once, with its place`() throws {
        let found = try faults(
            FlowGraph(
                [
                    .node("a", "Constant", ["number": 7_000, "size": 1]), .node("a", "Constant"),
                    .node("b", "Pythonic"), .node("c", "Double"), .node("input", "Constant"),
                    .node("d", "Repeat"),
                ],
                edges: ["a.value > c.numbers", "a.size > c.number", "x.y > c.number"],
                outputs: ["output": "c.values"]))
        #expect(found.contains(.duplicateID("a")))
        #expect(found.contains(.reservedID("input")))
        #expect(
            found.contains(
                .parameter(
                    component: "a", name: "number", .outOfRange(value: 7_000, allowed: -1_000...1_000))))
        #expect(found.contains(.unknownParameter(component: "a", name: "size", known: ["number"])))
        #expect(found.contains { if case .unknownType("b", "Pythonic", _) = $0 { true } else { false } })
        #expect(found.contains { if case .unknownPort(_, "c", "numbers", _) = $0 { true } else { false } })
        #expect(found.contains { if case .unknownPort(_, "a", "size", _) = $0 { true } else { false } })
        #expect(found.contains { if case .unknownComponent(_, "x") = $0 { true } else { false } })
        #expect(found.contains { if case .unknownPort(_, "c", "values", _) = $0 { true } else { false } })
        #expect(found.contains(.missingParameter(component: "d", name: "times", kind: "whole number")))
        #expect(found.contains(.missingBody(component: "d", name: "body")))
        #expect(found.allSatisfy { !$0.description.isEmpty })
    }

    @Test func `two edges into one input, an open one and another type`() throws {
        let found = try faults(
            FlowGraph(
                [.node("a", "Constant"), .node("b", "Double"), .node("c", "Double"), .node("w", "Words")],
                edges: ["a.value > b.number", "a.value > b.number", "w.words > c.number"],
                outputs: ["output": "b.value"]))
        #expect(
            found == [
                .inputConnectedTwice(PortReference("b", "number")),
                .typeMismatch(
                    edge: "Edge 3 (w.words → c.number)", from: "stream of text", to: "integer"),
            ])
        let open = try faults(FlowGraph([.node("b", "Double")], edges: [], outputs: ["output": "b.value"]))
        #expect(open == [.inputOpen(PortReference("b", "number"), type: "integer")])
    }

    @Test func `an unknown payload among the inputs, and an output of another type`() throws {
        let found = try faults(
            FlowGraph(
                [.node("a", "Constant")], edges: [], outputs: ["output": "a.value"],
                inputs: [.init(name: "x", type: "soup"), .init(name: "y", type: "text")]),
            producing: ["output": String.self, "second": Int.self])
        #expect(found.contains { if case .unknownPayload("x", "soup", _) = $0 { true } else { false } })
        #expect(
            found.contains(
                .outputType(
                    graph: "", name: "output", PortReference("a", "value"), is: "integer", expected: "text")
            ))
        #expect(found.contains(.missingOutput(graph: "", name: "second", type: "integer")))
    }

    @Test func `a circle names those in it and not those behind it`() throws {
        let found = try faults(
            FlowGraph(
                [
                    .node("a", "Sum"), .node("b", "Double"), .node("c", "Double"), .node("d", "Double"),
                    .node("e", "Constant"),
                ],
                edges: [
                    "e.value > a.numbers", "a.value > b.number", "b.value > c.number", "c.value > a.numbers",
                    "c.value > d.number",
                ], outputs: ["output": "d.value"]))
        #expect(found == [.cycle(["a", "b", "c"])])
    }

    @Test func `a loop without a bound, a bound beyond its range and a body that makes nothing`() throws {
        let body = FlowGraph(
            [.node("x", "Double")], edges: ["input.number > x.number"], outputs: ["other": "x.value"])
        let found = try faults(
            FlowGraph(
                [
                    .node("one", "Constant"),
                    .node("loop", "Repeat", ["times": 20_000], bodies: ["body": .graph(body)]),
                ], edges: ["one.value > loop.start"], outputs: ["output": "loop.value"]))
        #expect(
            found == [
                .parameter(component: "loop", name: "times", .outOfRange(value: 20_000, allowed: 0...10_000)),
                .missingOutput(graph: "loop/body", name: "number", type: "integer"),
            ])
    }

    @Test func `faults in a body carry its path`() throws {
        let body = FlowGraph(
            [.node("x", "Double", ["number": 1])], edges: ["input.numbers > x.number"],
            outputs: ["number": "x.value"])
        let found = try faults(
            FlowGraph(
                [
                    .node("one", "Constant"),
                    .node("loop", "Repeat", ["times": 2], bodies: ["body": .graph(body)]),
                ],
                edges: ["one.value > loop.start"], outputs: ["output": "loop.value"]))
        #expect(found.contains(.unknownParameter(component: "loop/body/x", name: "number", known: [])))
        #expect(
            found.contains {
                if case .unknownPort(_, "input", "numbers", ["number"]) = $0 { true } else { false }
            })
    }

    @Test func `a flow that runs itself, directly or through another`() throws {
        func flow(_ name: String, running other: String) -> FlowDefinition {
            FlowDefinition(
                name: name,
                graph: FlowGraph(
                    [.node("r", "Repeat", ["times": 1], bodies: ["body": .named(other)])],
                    edges: ["input.number > r.start"], outputs: ["number": "r.value"],
                    inputs: [.init(name: "number", type: "integer")]))
        }
        let library = [flow("ping", running: "pong"), flow("pong", running: "ping")]
        let compiler = PlanCompiler(catalog: .testing(), library: library)
        #expect(throws: FlowError.self) { try compiler.plan(library[0]) }
        do {
            _ = try compiler.plan(library[0])
        } catch FlowError.invalid(_, let faults) {
            #expect(faults == [.callsItself(["ping", "pong", "ping"])])
        }
        let found = try faults(
            FlowGraph(
                [
                    .node("one", "Constant"),
                    .node("r", "Repeat", ["times": 1], bodies: ["body": .named("none")]),
                ],
                edges: ["one.value > r.start"], outputs: ["output": "r.value"]))
        #expect(found == [.unknownFlow(component: "r", name: "none", known: [])])
    }

    @Test func `a tool that is its own, that has edges, or that JSON cannot feed`() throws {
        let found = try faults(
            FlowGraph(
                [
                    .node("agent", "Caller"), .node("double", "Double"), .node("speak", "Speak"),
                    .node("one", "Constant"),
                ],
                edges: [
                    "agent.tool > agent.tools", "double.tool > agent.tools", "one.value > double.number",
                    "speak.tool > agent.tools", "double.tool > agent.tools", "double.tool > agent.nothing",
                ], outputs: ["output": "agent.results"]))
        #expect(found.contains(.toolIsItsOwn(component: "agent")))
        #expect(
            found.contains(
                .toolHasEdges(component: "double", edge: "edge 3 (one.value → double.number)")))
        #expect(found.contains(.toolPayload(component: "speak", port: "words", type: "stream of text")))
        #expect(found.contains(.toolUsedTwice(component: "double")))
        #expect(
            found.contains { if case .unknownPort(_, "agent", "nothing", _) = $0 { true } else { false } })
    }

    @Test func `a stream for two readers of whom one waits for the other`() throws {
        var catalog = ComponentCatalog.testing()
        catalog.register(SpeakAfter.self) { SpeakAfter(&$0) }
        let found = try faults(
            FlowGraph(
                [.node("w", "Words"), .node("s", "Speak"), .node("t", "SpeakAfter")],
                edges: ["w.words > s.words", "w.words > t.words", "s.text > t.text"],
                outputs: ["output": "t.text2"]), catalog: catalog)
        #expect(found == [.streamOrder(PortReference("w", "words"), first: "s", second: "t")])
    }

    @Test func `policies out of range`() throws {
        let policy = StepPolicy(timeoutSeconds: -1, attempts: 99, backoffSeconds: .infinity)
        let found = try faults(
            FlowGraph([.node("a", "Constant", policy: policy)], edges: [], outputs: ["output": "a.value"]))
        #expect(found.count == 3)
    }

    @Test func `a flow larger than the limit, and one that is no flow`() throws {
        let large = Data(repeating: UInt8(ascii: " "), count: 10 << 20)
        #expect {
            try FlowDefinition.decode(large, file: "big.json")
        } throws: { error in
            if case FlowError.tooLarge("big.json", 10_485_760, _) = error { true } else { false }
        }
        let text = #"{"name": "x", "components": [{"id": "a"}], "edges": [], "output": "a.b"}"#
        do {
            _ = try FlowDefinition.decode(Data(text.utf8), file: "x.json")
            Issue.record("it was read")
        } catch .unreadable(_, let reason) {
            #expect(reason.contains("type") && reason.contains("components[0]"))
        }
    }

    @Test func `too many components, and bodies too deep`() throws {
        let many = (0..<20_001).map { FlowGraph.Node.node("n\($0)", "Constant") }
        let found = try faults(FlowGraph(many, edges: [], outputs: ["output": "n0.value"]))
        #expect(found == [.tooManyComponents(count: 20_001, limit: 20_000)])
        var graph = FlowGraph(
            [.node("x", "Double")], edges: ["input.number > x.number"], outputs: ["number": "x.value"])
        for _ in 0..<20 {
            graph = FlowGraph(
                [.node("r", "Repeat", ["times": 1], bodies: ["body": .graph(graph)])],
                edges: ["input.number > r.start"], outputs: ["number": "r.value"])
        }
        graph.inputs = [.init(name: "number", type: "integer")]
        let deep = try faults(graph)
        #expect(deep.count == 1)
        #expect(deep.contains { if case .nestedTooDeep(_, 16) = $0 { true } else { false } })
    }

    @Test func `JSON is written as it is read`() throws {
        let graph = FlowGraph(
            [
                .node("one", "Constant", ["number": 3], policy: StepPolicy(timeoutSeconds: 2, attempts: 3)),
                .node("r", "Repeat", ["times": 1], bodies: ["body": .named("other")]),
            ],
            edges: ["one.value > r.start"], outputs: ["output": "r.value"],
            inputs: [.init(name: "x", type: "text")])
        let flow = FlowDefinition(name: "n", description: "d", graph: graph)
        let data = try JSONEncoder().encode(flow)
        #expect(try FlowDefinition.decode(data, file: "f") == flow)
    }
}

/// Reads a stream and a text.
struct SpeakAfter: Component {
    static let type = "SpeakAfter"
    static let summary = "Reads a stream behind a text."
    let words: Input<Words.Stream>
    let text: Input<String>
    let whole: Output<String>

    init(_ declare: inout Declaration) {
        words = declare.input("words", "A stream.")
        text = declare.input("text", "A text.")
        whole = declare.output("text2", "Both.")
    }

    func run(_ step: Step) async throws {
        var result = step[text]
        for try await word in step[words] { result += word }
        step.send(result, to: whole)
    }
}
