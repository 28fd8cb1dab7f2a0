import Concurrency
import Flow
import JSONValue
import Synchronization

/// Gives a number of its own.
struct Constant: ImmediateComponent {
    static let type = "Constant"
    static let summary = "Gives a number."
    let number: Parameter<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        number = declare.integer("number", 0, in: -1_000...1_000, "What it gives.")
        value = declare.output("value", "The number.")
    }

    func compute(_ step: Step) { step.send(step[number], to: value) }
}

/// Adds what comes, and a number of its own; it waits once, so that it is a task's work.
struct Sum: Component {
    static let type = "Sum"
    static let summary = "Adds numbers."
    let numbers: InputList<Int>
    let plus: Parameter<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        numbers = declare.inputList("numbers", "What is added.")
        plus = declare.integer("plus", 0, in: -1_000...1_000, "Added to the rest.")
        value = declare.output("value", "The sum.")
    }

    func run(_ step: Step) async throws {
        await Task.yield()
        step.send(step[numbers].reduce(step[plus], &+), to: value)
    }
}

/// Puts numbers in a row: what a join makes of its inputs' order.
struct Row: ImmediateComponent {
    static let type = "Row"
    static let summary = "Lists numbers in the order of their edges."
    let numbers: InputList<Int>
    let row: Output<[Int]>

    init(_ declare: inout Declaration) {
        numbers = declare.inputList("numbers", "What is listed.")
        row = declare.output("row", "The numbers.")
    }

    func compute(_ step: Step) { step.send(step[numbers], to: row) }
}

/// Sends a number one way or the other.
struct Parity: ImmediateComponent {
    static let type = "Parity"
    static let summary = "Routes a number by its parity."
    let number: Input<Int>
    let even: Output<Int>
    let odd: Output<Int>

    init(_ declare: inout Declaration) {
        number = declare.input("number", "What is routed.")
        even = declare.branch("even", "The number, if it is even.")
        odd = declare.branch("odd", "The number, if it is odd.")
    }

    func compute(_ step: Step) {
        let value = step[number]
        step.send(value, to: value.isMultiple(of: 2) ? even : odd)
    }
}

/// Sends a number on only if it is one of two.
struct OneOrTwo: ImmediateComponent {
    static let type = "OneOrTwo"
    static let summary = "Routes 1 and 2, and knows no other."
    let number: Input<Int>
    let one: Output<Int>
    let two: Output<Int>

    init(_ declare: inout Declaration) {
        number = declare.input("number", "What is routed.")
        one = declare.branch("one", "The number, if it is 1.")
        two = declare.branch("two", "The number, if it is 2.")
    }

    func compute(_ step: Step) {
        if step[number] == 1 { step.send(1, to: one) }
        if step[number] == 2 { step.send(2, to: two) }
    }
}

/// The first of two branches that was taken.
struct Merge: ImmediateComponent {
    static let type = "Merge"
    static let summary = "Takes whichever branch came."
    let first: OptionalInput<Int>
    let second: OptionalInput<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        first = declare.optionalInput("first", "Taken if it came.")
        second = declare.optionalInput("second", "Taken otherwise.")
        value = declare.output("value", "What came.")
    }

    func compute(_ step: Step) { step.send(step[first] ?? step[second] ?? -1, to: value) }
}

/// Doubles and passes on.
struct Double2: Component {
    static let type = "Double"
    static let summary = "Doubles a number."
    let number: Input<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        number = declare.input("number", "What is doubled.")
        value = declare.output("value", "Twice as much.")
    }

    func run(_ step: Step) async throws { step.send(step[number] &* 2, to: value) }
}

/// Runs its body so many times, each with what the one before made.
struct Repeat: Component {
    static let type = "Repeat"
    static let summary = "Repeats its body a number of times."
    let start: Input<Int>
    let times: Parameter<Int>
    let body: Body
    let before: BodyInput<Int>
    let after: BodyOutput<Int>
    let value: Output<Int>

    init(_ declare: inout Declaration) {
        start = declare.input("start", "What the first round is given.")
        times = declare.integer("times", nil, in: 0...10_000, unit: "rounds", "The bound.")
        body = declare.body("body", "One round.")
        before = declare.input(of: body, "number", "What the round before made.")
        after = declare.output(of: body, "number", "What the next round is given.")
        value = declare.output("value", "What the last round made.")
    }

    func run(_ step: Step) async throws {
        var number = step[start]
        for round in 0..<step[times] {
            var values = step.values(for: body)
            values.set(number, for: before)
            number = try await step.run(values, number: round)[after] ?? number
        }
        step.send(number, to: value)
    }
}

/// Calls its tools one after another, as a model would that answers with the names it is told.
struct Caller: Component {
    static let type = "Caller"
    static let summary = "Calls tools by name."
    let tools: ToolList
    let calls: Parameter<JSONValue>
    let results: Output<JSONValue>

    init(_ declare: inout Declaration) {
        tools = declare.tools("tools", "What may be called.")
        calls = declare.json("calls", [], "Pairs of a tool's name and its arguments.")
        results = declare.output("results", "What the tools answered.")
    }

    func run(_ step: Step) async throws {
        var answers: [JSONValue] = []
        for (number, call) in (step[calls].array ?? []).enumerated() {
            do {
                let tool = try step.tool(named: call["tool"]?.string ?? "", in: tools)
                answers.append(try await tool.call(call["arguments"] ?? [:], number: number))
            } catch let fault as ToolFault {
                answers.append(.string("\(fault)"))
            }
        }
        step.send(.array(answers), to: results)
    }
}

/// A piece of text that a run tells.
struct Piece: Emission {
    static let emissionName = "piece"
    var text: String
    var json: JSONValue { .string(text) }
    var byteCount: Int { text.utf8.count }
}

/// Makes a stream of numbered words, counting how many were asked for.
struct Words: ImmediateComponent {
    static let type = "Words"
    static let summary = "A stream of words."
    let count: Parameter<Int>
    typealias Stream = PulledSequence<String>
    let words: Output<Stream>
    let asked: Counter

    init(_ declare: inout Declaration, asked: Counter = Counter()) {
        count = declare.integer("count", 3, in: 0...1_000_000, unit: "words", "How many.")
        words = declare.output("words", "One after another.")
        self.asked = asked
    }

    func compute(_ step: Step) {
        let count = step[count]
        let asked = asked
        step.send(
            PulledSequence<String> {
                var next = 0
                return {
                    guard next < count else { return nil }
                    next += 1
                    asked.add()
                    return "w\(next) "
                }
            }, to: words)
    }
}

/// Reads a stream to its end, telling each word.
struct Speak: Component {
    static let type = "Speak"
    static let summary = "Tells a stream and keeps its text."
    let words: Input<PulledSequence<String>>
    let text: Output<String>

    init(_ declare: inout Declaration) {
        words = declare.input("words", "What is told.")
        text = declare.output("text", "All of it.")
    }

    func run(_ step: Step) async throws {
        var whole = ""
        for try await word in step[words] {
            whole += word
            try await step.emit(Piece(text: word))
        }
        step.send(whole, to: text)
    }
}

/// Does what a test wants.
struct Probe: Component {
    static let type = "Probe"
    static let summary = "Does what a test wants."
    let number: OptionalInput<Int>
    let value: Output<Int>
    let body: @Sendable (Step) async throws -> Int

    init(_ declare: inout Declaration, body: @escaping @Sendable (Step) async throws -> Int) {
        number = declare.optionalInput("number", "Any.")
        value = declare.output("value", "What the test wants.")
        self.body = body
    }

    func run(_ step: Step) async throws { step.send(try await body(step), to: value) }
}

final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

struct Unlucky: RetryableError {
    var isRetryable = true
}

extension ComponentCatalog {
    /// The components above.
    static func testing(
        asked: Counter = Counter(), probe: @escaping @Sendable (Step) async throws -> Int = { _ in 0 }
    ) -> ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.register(Constant.self) { Constant(&$0) }
        catalog.register(Sum.self) { Sum(&$0) }
        catalog.register(Row.self) { Row(&$0) }
        catalog.register(Parity.self) { Parity(&$0) }
        catalog.register(OneOrTwo.self) { OneOrTwo(&$0) }
        catalog.register(Merge.self) { Merge(&$0) }
        catalog.register(Double2.self) { Double2(&$0) }
        catalog.register(Repeat.self) { Repeat(&$0) }
        catalog.register(Caller.self) { Caller(&$0) }
        catalog.register(Words.self) { Words(&$0, asked: asked) }
        catalog.register(Speak.self) { Speak(&$0) }
        catalog.register(Probe.self) { Probe(&$0, body: probe) }
        return catalog
    }
}

extension FlowGraph {
    /// A graph from short lines: nodes as `id: Type`, edges as `a.b > c.d`.
    init(
        _ nodes: [Node], edges: [String], outputs: [String: String] = [:], inputs: [Entry] = []
    ) {
        self.init(
            inputs: inputs, components: nodes,
            edges: edges.map { line in
                let ends = line.split(separator: ">").map { $0.trimming() }
                return Edge(from: PortReference(dotted: ends[0]), to: PortReference(dotted: ends[1]))
            }, outputs: outputs.mapValues { PortReference(dotted: $0) })
    }
}

extension PortReference {
    init(dotted text: String) {
        let parts = text.split(separator: ".")
        self.init(String(parts[0]), String(parts[1]))
    }
}

extension Substring {
    fileprivate func trimming() -> String { split(separator: " ").joined(separator: " ") }
}

extension FlowGraph.Node {
    static func node(
        _ id: String, _ type: String, _ parameters: [String: JSONValue] = [:],
        policy: StepPolicy = StepPolicy(), bodies: [String: FlowBody] = [:]
    ) -> FlowGraph.Node {
        FlowGraph.Node(id: id, type: type, parameters: parameters, policy: policy, bodies: bodies)
    }
}

/// Plans a graph with the testing components.
func plan(
    _ graph: FlowGraph, catalog: ComponentCatalog = .testing(), library: [FlowDefinition] = [],
    producing results: [String: any Payload.Type] = [:]
) throws -> Plan {
    try PlanCompiler(catalog: catalog, library: library)
        .plan(FlowDefinition(name: "test", graph: graph), producing: results)
}

/// Everything that is wrong with a graph.
func faults(
    _ graph: FlowGraph, catalog: ComponentCatalog = .testing(), library: [FlowDefinition] = [],
    producing results: [String: any Payload.Type] = [:]
) throws -> [FlowFault] {
    do {
        _ = try plan(graph, catalog: catalog, library: library, producing: results)
        return []
    } catch FlowError.invalid(_, let faults) {
        return faults
    }
}

let testContext = RunContext(runID: "test")
