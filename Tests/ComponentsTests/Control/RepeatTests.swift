import Components
import Concurrency
import Flow
import JSONValue
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Rounds` {
    /// A text grows by `x` each round until it begins with `match`; `last` is what the next round is given.
    private func body(_ decide: [String: JSONValue]) -> FlowBody {
        func port(_ component: String, _ name: String) -> PortReference { PortReference(component, name) }
        return .graph(
            FlowGraph(
                inputs: [.init(name: "round", type: "integer")],
                components: [
                    .init(id: "grow", type: "PromptTemplate", parameters: ["template": "{before}x"]),
                    .init(id: "decide", type: "If", parameters: decide),
                ],
                edges: [
                    .init(from: port("input", "last"), to: port("grow", "before")),
                    .init(from: port("grow", "prompt"), to: port("decide", "text")),
                    .init(from: port("input", "round"), to: port("decide", "round")),
                ],
                outputs: ["last": port("decide", "false_result"), "out": port("decide", "true_result")]))
    }

    private func made(
        _ decide: [String: JSONValue], _ more: [String: JSONValue] = [:], last: String = ""
    ) async throws -> String? {
        var parameters: [String: JSONValue] = [
            "carried": ["last": ["payload": "message", "by": "decide"]], "results": ["out": "message"],
        ]
        parameters.merge(more) { _, new in new }
        return try await run(
            one: "Repeat", parameters, bodies: ["round": body(decide)], inputs: ["last": ChatMessage(last)],
            catalog: .plain()
        ).output(ChatMessage.self, named: "out")?.text
    }

    private func failed(_ decide: [String: JSONValue], _ more: [String: JSONValue] = [:]) async -> (
        any Error
    )? {
        await failure { _ = try await made(decide, more) }
    }

    @Test func `go on while a branch leads back, and end where it leads out`() async throws {
        #expect(try await made(["match": "xxxx"]) == "xxxx")
        #expect(try await made(["match": "abxx"], last: "ab") == "abxx")
        #expect(try await made(["match": "x"]) == "x")
    }

    @Test func `take the default branch after as many as were asked for, with an empty message`() async throws
    {
        // As Langflow's If-Else does: what its comparison did not choose is given nothing.
        let never: [String: JSONValue] = ["match": "never", "rounds": 3, "default_branch": "true_result"]
        #expect(try await made(never) == "")
        #expect(try await made(["match": "xxx", "rounds": 3, "default_branch": "true_result"]) == "xxx")
        // At the default branch there the circle never ends; here it has a bound.
        let error = await failed(["match": "never", "rounds": 3], ["rounds": 20])
        #expect("\(try #require(error))".contains("after 20 rounds “decide” still led back"))
    }

    @Test func `have a bound in number and in time`() async throws {
        let many = try #require(await failed(["match": "never", "rounds": 1_000_000], ["rounds": 7]))
        #expect("\(many)".contains("after 7 rounds “decide”") && "\(many)".contains("`rounds`"))
        let long = try #require(
            await failed(["match": "never", "rounds": 1_000_000], ["rounds": 10_000, "seconds": 0.001]))
        #expect("\(long)".contains("within 0.001 s") && "\(long)".contains("“decide”"))
    }

    @Test func `spend the run's steps`() async throws {
        let plan = try PlanCompiler(catalog: .plain()).plan(
            FlowDefinition(
                name: "f",
                graph: FlowGraph(
                    components: [
                        .init(
                            id: "it", type: "Repeat",
                            parameters: ["carried": ["last": "message"], "results": ["out": "message"]],
                            bodies: ["round": body(["match": "never", "rounds": 1_000_000])]),
                        .init(id: "first", type: "TextInput", parameters: ["text": "a"]),
                    ],
                    edges: [
                        .init(from: PortReference("first", "message"), to: PortReference("it", "last"))
                    ],
                    outputs: ["out": PortReference("it", "out")])))
        let error = await failure {
            _ = try await plan.run(in: RunContext(runID: "r", budget: RunBudget(steps: 21)))
        }
        guard case FlowError.budget(flow: _, .steps, limit: 21)? = error as? FlowError else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `tell which one failed, and at what`() async throws {
        let broken = try #require(await failed(["match": "(", "operator": "regex"]))
        #expect("\(broken)".contains("round 1 failed at “it/round/decide#0”"))
    }

    @Test func `say what is wrong with the ports`() async throws {
        let bad: [(JSONValue, String)] = [
            (["seen": "picture"], "“seen” carries"), (["round": "message"], "“round”"),
            ([], "must be an object"),
        ]
        for (given, words) in bad {
            let error = try #require(await failed(["match": "x"], ["given": given]))
            #expect("\(error)".contains(words), "\(error)")
        }
    }
}
