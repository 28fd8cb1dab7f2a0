import Concurrency
import JSONValue
import Synchronization
import Testing

@testable import Flow

@Suite(.timeLimit(.minutes(1))) struct `How a plan runs` {
    @Test func `a fan-out joins in the order of its edges, whatever ends first`() async throws {
        let names = (0..<20).map { "n\($0)" }
        let graph = FlowGraph(
            [.node("one", "Constant", ["number": 1]), .node("row", "Row")]
                + names.enumerated().map { .node($1, "Sum", ["plus": .integer(19 - $0)]) },
            edges: names.map { "one.value > \($0).numbers" } + names.map { "\($0).value > row.numbers" },
            outputs: ["output": "row.row"])
        let plan = try plan(graph)
        for _ in 0..<50 {
            let outcome = try await plan.run(in: testContext)
            #expect(outcome.output([Int].self) == (0..<20).map { 20 - $0 })
        }
    }

    @Test func `inputs of the flow are checked and given`() async throws {
        let graph = FlowGraph(
            [.node("d", "Double")], edges: ["input.number > d.number"], outputs: ["output": "d.value"],
            inputs: [.init(name: "number", type: "integer")])
        let plan = try plan(graph)
        #expect(try await plan.run(["number": 21], in: testContext).output(Int.self) == 42)
        await #expect(throws: FlowError.self) { try await plan.run(in: testContext) }
        await #expect(throws: FlowError.self) { try await plan.run(["number": "x"], in: testContext) }
    }

    @Test(arguments: [6, 7]) func `only the branch that is taken runs`(number: Int) async throws {
        let graph = FlowGraph(
            [
                .node("n", "Constant", ["number": .integer(number)]), .node("p", "Parity"),
                .node("even", "Sum", ["plus": 100]), .node("odd", "Double"), .node("late", "Double"),
                .node("m", "Merge"),
            ],
            edges: [
                "n.value > p.number", "p.even > even.numbers", "p.odd > odd.number",
                "odd.value > late.number",
                "even.value > m.first", "late.value > m.second",
            ], outputs: ["output": "m.value", "even": "even.value"])
        let outcome = try await plan(graph).run(in: testContext)
        #expect(outcome.output(Int.self) == (number == 6 ? 106 : 28))
        #expect((outcome.outputs["even"] != nil) == (number == 6))
        let skipped = outcome.traces.filter { $0.outcome == .skipped }.map(\.component).sorted()
        #expect(skipped == (number == 6 ? ["late", "odd"] : ["even"]))
    }

    @Test func `a router that matches no branch is named with its branches`() async throws {
        func graph(_ number: Int) -> FlowGraph {
            FlowGraph(
                [
                    .node("n", "Constant", ["number": .integer(number)]), .node("r", "OneOrTwo"),
                    .node("m", "Merge"),
                ],
                edges: ["n.value > r.number", "r.one > m.first", "r.two > m.second"],
                outputs: ["output": "m.value"])
        }
        #expect(try await plan(graph(2)).run(in: testContext).output(Int.self) == 2)
        do {
            _ = try await plan(graph(3)).run(in: testContext)
            Issue.record("it ran")
        } catch let error as FlowError {
            #expect(error.description.contains("“r”"))
            #expect(error.description.contains("“one”, “two”"))
            #expect(!error.isRetryable)
        }
    }

    @Test func `what hangs on two branches that were not taken is skipped as well`() async throws {
        let graph = FlowGraph(
            [
                .node("n", "Constant", ["number": 2]), .node("p", "Parity"), .node("q", "Parity"),
                .node("m", "Merge"), .node("row", "Row"),
            ],
            edges: [
                "n.value > p.number", "p.odd > q.number", "q.odd > m.first", "q.even > m.second",
                "m.value > row.numbers", "p.even > row.numbers",
            ], outputs: ["output": "row.row"])
        let outcome = try await plan(graph).run(in: testContext)
        #expect(outcome.output([Int].self) == [2])
    }

    @Test func `loops nest, and every round is named`() async throws {
        let inner = FlowGraph(
            [.node("x", "Double")], edges: ["input.number > x.number"], outputs: ["number": "x.value"])
        let outer = FlowGraph(
            [.node("in", "Repeat", ["times": 2], bodies: ["body": .graph(inner)])],
            edges: ["input.number > in.start"], outputs: ["number": "in.value"])
        let graph = FlowGraph(
            [
                .node("one", "Constant", ["number": 1]),
                .node("out", "Repeat", ["times": 3], bodies: ["body": .graph(outer)]),
            ], edges: ["one.value > out.start"], outputs: ["output": "out.value"])
        let outcome = try await plan(graph).run(in: testContext)
        #expect(outcome.output(Int.self) == 64)
        let names = outcome.traces.map(\.component).filter { $0.contains("/x") }
        #expect(Set(names).count == 6)
        #expect(names.contains("out/body/in/body/x#2#1"))
    }

    @Test func `a run beyond its steps is stopped, however its loops nest`() async throws {
        let inner = FlowGraph(
            [.node("x", "Double")], edges: ["input.number > x.number"], outputs: ["number": "x.value"])
        let graph = FlowGraph(
            [
                .node("one", "Constant"),
                .node("r", "Repeat", ["times": 1_000], bodies: ["body": .graph(inner)]),
            ], edges: ["one.value > r.start"], outputs: ["output": "r.value"])
        let context = RunContext(runID: "small", budget: RunBudget(steps: 100))
        await #expect {
            try await plan(graph).run(in: context)
        } throws: { error in
            if case FlowError.budget("test", .steps, 100) = error { true } else { false }
        }
    }

    @Test func `a run beyond its time or tokens is stopped`() async throws {
        let graph = FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"])
        let slow = try plan(
            graph,
            catalog: .testing { _ in
                try await Task.sleep(for: .seconds(60))
                return 1
            })
        await #expect(throws: DeadlineExceeded.self) {
            try await slow.run(
                in: RunContext(runID: "t", budget: RunBudget(time: .milliseconds(20))))
        }
        let wordy = try plan(
            graph,
            catalog: .testing { step in
                #expect(step.tokensLeft == 10)
                try step.spend(tokens: 6)
                #expect(step.tokensLeft == 4)
                try step.spend(tokens: 6)
                return 1
            })
        await #expect {
            try await wordy.run(in: RunContext(runID: "t", budget: RunBudget(tokens: 10)))
        } throws: { error in
            if case FlowError.budget("test", .tokens, 10) = error { true } else { false }
        }
    }

    @Test func `an error cancels what runs beside it, and names its place`() async throws {
        let cancelled = Counter()
        let graph = FlowGraph(
            [
                .node("bad", "Probe"), .node("slow1", "Probe"), .node("slow2", "Probe"),
                .node("row", "Row"),
            ],
            edges: ["bad.value > row.numbers", "slow1.value > row.numbers", "slow2.value > row.numbers"],
            outputs: ["output": "row.row"])
        let plan = try plan(
            graph,
            catalog: .testing { step in
                if step.component == "bad" { throw Unlucky() }
                do {
                    try await Task.sleep(for: .seconds(60))
                } catch {
                    cancelled.add()
                    throw error
                }
                return 1
            })
        await #expect {
            try await plan.run(in: testContext)
        } throws: { error in
            guard case FlowError.step(let failure) = error else { return false }
            return failure.component == "bad" && failure.type == "Probe" && failure.error is Unlucky
                && (error as? FlowError)?.isRetryable == true
        }
        // Those that had begun were cancelled; whoever had not begun never does.
        #expect(cancelled.value <= 2)
    }

    @Test func `an error in each place of a graph is told from that place`() async throws {
        let names = ["first", "left", "right", "last"]
        let graph = FlowGraph(
            names.map { .node($0, "Probe") } + [.node("row", "Row"), .node("end", "Row")],
            edges: [
                "first.value > left.number", "first.value > right.number", "left.value > row.numbers",
                "right.value > row.numbers", "left.value > last.number", "last.value > end.numbers",
            ], outputs: ["output": "row.row"])
        for name in names {
            let plan = try plan(
                graph,
                catalog: .testing { step in
                    if step.component == name { throw Unlucky(isRetryable: false) }
                    return 1
                })
            await #expect {
                try await plan.run(in: testContext)
            } throws: { error in
                guard case FlowError.step(let failure) = error else { return false }
                return failure.component == name
            }
        }
    }

    @Test func `what is promised and not made is an error, not a hang`() async throws {
        struct Forgetful: Component {
            static let type = "Forgetful"
            static let summary = "Makes nothing."
            let value: Output<Int>
            init(_ declare: inout Declaration) { value = declare.output("value", "Never.") }
            func run(_ step: Step) async throws {}
        }
        var catalog = ComponentCatalog.testing()
        catalog.register(Forgetful.self) { Forgetful(&$0) }
        let graph = FlowGraph([.node("f", "Forgetful")], edges: [], outputs: ["output": "f.value"])
        await #expect {
            try await plan(graph, catalog: catalog).run(in: testContext)
        } throws: { "\($0)".contains("value") }
    }

    @Test func `cancelling the caller cancels the run`() async throws {
        let plan = try plan(
            FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"]),
            catalog: .testing { _ in
                try await Task.sleep(for: .seconds(60))
                return 1
            })
        let task = Task { try await plan.run(in: testContext) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `a step is tried again only if that may help, and no more often than allowed`() async throws {
        let graph = FlowGraph(
            [.node("p", "Probe", policy: StepPolicy(attempts: 3, backoffSeconds: 0.001))], edges: [],
            outputs: ["output": "p.value"])
        let calls = Counter()
        let mending = try plan(
            graph,
            catalog: .testing { _ in
                calls.add()
                if calls.value < 3 { throw Unlucky() }
                return 7
            })
        let outcome = try await mending.run(in: testContext)
        #expect(outcome.output(Int.self) == 7)
        #expect(outcome.traces[0].notes["attempts"] == 3)
        let never = Counter()
        let hopeless = try plan(
            graph,
            catalog: .testing { _ in
                never.add()
                throw Unlucky(isRetryable: never.value < 2)
            })
        await #expect(throws: FlowError.self) { try await hopeless.run(in: testContext) }
        #expect(never.value == 2)
    }

    @Test func `a step has a time of its own`() async throws {
        let graph = FlowGraph(
            [.node("p", "Probe", policy: StepPolicy(timeoutSeconds: 0.02))], edges: [],
            outputs: ["output": "p.value"])
        let plan = try plan(
            graph,
            catalog: .testing { _ in
                try await Task.sleep(for: .seconds(60))
                return 1
            })
        await #expect {
            try await plan.run(in: testContext)
        } throws: { error in
            guard case FlowError.step(let failure) = error else { return false }
            return failure.error is DeadlineExceeded
        }
    }

    @Test func `a run's own parameters are checked like the flow's`() async throws {
        let plan = try plan(
            FlowGraph([.node("c", "Constant", ["number": 1])], edges: [], outputs: ["output": "c.value"]))
        #expect(
            try await plan.run(changing: ["c": ["number": 5]], in: testContext).output(Int.self) == 5)
        #expect(try await plan.run(in: testContext).output(Int.self) == 1)
        for change: [String: [String: JSONValue]] in [
            ["c": ["number": 5_000]], ["c": ["nothing": 1]], ["x": ["number": 1]], ["c": ["number": 1.5]],
        ] {
            await #expect(throws: FlowError.self) { try await plan.run(changing: change, in: testContext) }
        }
    }

    @Test func `conversions make ports fit, and one that fails names its edge`() async throws {
        var catalog = ComponentCatalog.testing()
        catalog.register(Spell.self) { Spell(&$0) }
        catalog.convert(String.self, to: Int.self) { text in
            guard let number = Int(text) else {
                throw PayloadMismatch(expected: "whole number", actual: "text")
            }
            return number
        }
        func graph(_ text: String) -> FlowGraph {
            FlowGraph(
                [.node("s", "Spell", ["text": .string(text)]), .node("d", "Double")],
                edges: ["s.text > d.number"], outputs: ["output": "d.value"])
        }
        let outcome = try await plan(graph("21"), catalog: catalog).run(in: testContext)
        #expect(outcome.output(Int.self) == 42)
        #expect(outcome.traces.map(\.component) == ["s", "d"])
        await #expect {
            try await plan(graph("x"), catalog: catalog).run(in: testContext)
        } throws: { error in
            guard case FlowError.step(let failure) = error else { return false }
            return failure.component == "s.text → d.number"
        }
    }

    @Test func `who asks is in the context, and a run without it says so`() async throws {
        struct Caller: Equatable { var name: String }
        let graph = FlowGraph([.node("p", "Probe")], edges: [], outputs: ["output": "p.value"])
        let plan = try plan(
            graph, catalog: .testing { step in try step.context.fact(Caller.self).name.utf8.count })
        let context = RunContext(runID: "r", facts: [Caller(name: "lena")])
        #expect(try await plan.run(in: context).output(Int.self) == 4)
        await #expect { try await plan.run(in: testContext) } throws: { "\($0)".contains("Caller") }
    }

    @Test func `ten thousand components run, in a chain and side by side`() async throws {
        let chain = FlowGraph(
            [.node("n0", "Constant", ["number": 1])] + (1..<10_000).map { .node("n\($0)", "Merge") },
            edges: (1..<10_000).map { "n\($0 - 1).value > n\($0).first" }, outputs: ["output": "n9999.value"])
        #expect(try await plan(chain).run(in: testContext).output(Int.self) == 1)
        let wide = FlowGraph(
            [.node("one", "Constant", ["number": 1]), .node("all", "Sum")]
                + (0..<9_998).map { .node("n\($0)", "Double") },
            edges: (0..<9_998).flatMap { ["one.value > n\($0).number", "n\($0).value > all.numbers"] },
            outputs: ["output": "all.value"])
        #expect(try await plan(wide).run(in: testContext).output(Int.self) == 2 * 9_998)
    }
}

/// Gives a text.
struct Spell: ImmediateComponent {
    static let type = "Spell"
    static let summary = "Gives a text."
    let given: Parameter<String>
    let text: Output<String>

    init(_ declare: inout Declaration) {
        given = declare.text("text", "", "What it gives.")
        text = declare.output("text", "The text.")
    }

    func compute(_ step: Step) { step.send(step[given], to: text) }
}
