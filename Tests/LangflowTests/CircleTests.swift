import Components
import Flow
import Foundation
import JSONValue
import Testing

@testable import Langflow

/// Circles that an If-Else leads back in and out of.
@Suite(.timeLimit(.minutes(1))) struct `Circles` {
    /// A text that grows until it is the match, as it was run with lfx 1.13.0.
    private func growing(_ decide: [String: JSONValue], back: String = "false_result") throws
        -> LangflowExport
    {
        let out = back == "false_result" ? "true_result" : "false_result"
        let fields: [String: JSONValue] = ["input_text": "", "operator": "equals", "match_text": "xxxx"]
        return try export(
            [
                ("P", "Prompt", ["template": "x{last}", "last": ""]),
                ("I", "ConditionalRouter", fields.merging(decide) { $1 }),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            ["P.prompt > I.input_text", "I.\(back) > P.last", "I.\(out) > O.input_value"])
    }

    private func catalog() -> ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.addConversions()
        catalog.addDialogueComponents()
        catalog.addTextComponents { Date(timeIntervalSince1970: 1_772_373_909) }
        catalog.addControlComponents()
        return catalog
    }

    private func said(_ export: LangflowExport, input: String = "") async throws -> String? {
        let flow = try LangflowTranslation(export).runnable()
        let plan = try PlanCompiler(catalog: catalog()).plan(flow)
        let context = RunContext(runID: "r", facts: [FlowInput(ChatMessage(input), session: "s")])
        return try await plan.run(in: context).output(ChatMessage.self, named: "O")?.text
    }

    private func rounds(_ graph: FlowGraph, _ id: String) throws -> FlowGraph {
        guard case .graph(let body)? = graph.node(id)?.bodies["round"] else {
            throw LangflowError.noNodes(flow: id)
        }
        return body
    }

    @Test func `a circle is the body of a component that repeats it`() throws {
        let translation = LangflowTranslation(try growing(["max_iterations": 3]))
        let graph = try translation.runnable().graph
        #expect(Set(graph.components.map(\.type)) == ["TextInput", "Repeat", "ChatOutput"])
        #expect(graph.wires == ["P-last.message > I-circle.P_last", "I-circle.I_true_result > O.message"])
        let body = try rounds(graph, "I-circle")
        #expect(
            body.wires == ["input.P_last > P.last", "P.prompt > I.text", "input.round > I.round"])
        #expect(
            body.outputs == [
                "P_last": PortReference("I", "false_result"),
                "I_true_result": PortReference("I", "true_result"),
            ])
        #expect(body.node("I")?.parameters["rounds"] == 3)
        #expect(translation.report.node("I")?.standing == .exact)
    }

    @Test func `it comes out as it does at Langflow`() async throws {
        #expect(try await said(try growing([:])) == "xxxx")
        #expect(
            try await said(
                try growing(["match_text": "never", "default_route": "true_result", "max_iterations": 3]))
                == "")
        let starts: [String: JSONValue] = ["operator": "starts with", "match_text": "x"]
        #expect(
            try await said(
                try growing(
                    starts.merging(["default_route": "false_result", "max_iterations": 3]) { $1 },
                    back: "true_result")) == "")
        #expect(
            try await said(
                try growing(["operator": "starts with", "match_text": "xxx"], back: "true_result")) == "x")
    }

    @Test func `one that would never end there ends by its bound, and names the node`() async throws {
        let endless = try growing([
            "match_text": "never", "default_route": "false_result", "max_iterations": 3,
        ])
        let error = await #expect(throws: FlowError.self) { () async throws -> Void in
            _ = try await said(endless)
        }
        #expect(error.map { "\($0)".contains("after 100 rounds “I”") } == true)
    }

    @Test func `what comes in beside it is for the first round, the rest for every one`() async throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("T", "TextInput", ["input_value": "+"]),
                ("P", "Prompt", ["template": "{text}{sign}", "text": "", "sign": ""]),
                ("I", "ConditionalRouter", ["input_text": "", "operator": "ends with", "match_text": "+++"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > P.text", "T.text > P.sign", "P.prompt > I.input_text", "I.false_result > P.text",
                "I.true_result > O.input_value",
            ])
        #expect(try await said(made, input: "go") == "go+++")
        let graph = try LangflowTranslation(made).runnable().graph
        #expect(graph.wires.contains("C.message > I-circle.P_text"))
        #expect(graph.wires.contains("T.message > I-circle.T_message"))
    }

    @Test func `the way back may lead through others, and begins leftmost`() async throws {
        // The guesser comes first, though the other prompt could begin as well.
        var json = try export(
            [
                ("H", "Prompt", ["template": "{try}?", "try": ""]),
                ("G", "Prompt", ["template": "[{hint}]", "hint": ""]),
                ("I", "ConditionalRouter", ["input_text": "", "operator": "equals", "match_text": "[[]?]"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "G.prompt > I.input_text", "I.false_result > H.try", "H.prompt > G.hint",
                "I.true_result > O.input_value",
            ]
        ).json
        json = json.changing(["data", "nodes", "1", "position"]) { _ in ["x": -300, "y": 0] }
        let made = try LangflowExport(json: json, file: "made")
        #expect(try await said(made) == "[[]?]")
    }

    @Test func `circles lie within circles`() async throws {
        // The inner one adds b until there are two, the outer one adds a and begins again until there are two of those.
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("A", "Prompt", ["template": "{all}a", "all": ""]),
                ("B", "Prompt", ["template": "{some}b", "some": ""]),
                ("I", "ConditionalRouter", ["input_text": "", "operator": "ends with", "match_text": "bb"]),
                (
                    "J", "ConditionalRouter",
                    ["input_text": "", "operator": "equals", "match_text": ".abbabb"]
                ),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > A.all", "A.prompt > B.some", "B.prompt > I.input_text",
                "I.false_result > B.some",
                "I.true_result > J.input_text", "J.false_result > A.all", "J.true_result > O.input_value",
            ])
        #expect(try await said(made, input: ".") == ".abbabb")
    }

    @Test func `two ways back into one field are one way each`() async throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("P", "Prompt", ["template": "{text}x", "text": ""]),
                ("I", "ConditionalRouter", ["input_text": "", "operator": "ends with", "match_text": "xx"]),
                (
                    "J", "ConditionalRouter",
                    ["input_text": "", "operator": "ends with", "match_text": "xxxx"]
                ),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > P.text", "P.prompt > I.input_text", "I.false_result > P.text",
                "I.true_result > J.input_text", "J.false_result > P.text", "J.true_result > O.input_value",
            ])
        #expect(try await said(made, input: "-") == "-xxxx")
    }

    @Test func `a circle without a decision is an obstacle`() throws {
        let made = try export(
            [
                ("P", "Prompt", ["template": "{a}", "a": ""]), ("Q", "Prompt", ["template": "{a}", "a": ""]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["P.prompt > Q.a", "Q.prompt > P.a", "Q.prompt > O.input_value"])
        #expect(LangflowTranslation(made).report.obstacles == [.cycle(["P", "Q"])])
    }

    @Test func `it is written back as a circle`() throws {
        let export = try growing(["max_iterations": 3])
        let flow = LangflowTranslation(export).definition
        #expect(LangflowWriter.write(flow, origin: export).json == export.withoutSecrets)
        // Written anew, it is the same flow.
        let written = LangflowWriter.write(flow)
        #expect(written.remarks == [])
        let again = LangflowTranslation(try LangflowExport(json: written.json, file: "x"))
        let graph = try again.runnable().graph
        #expect(try rounds(graph, "I-circle").wires == rounds(flow.graph, "I-circle").wires)
        // Changed, its circle stays where it was.
        var changed = flow
        let place = try #require(changed.graph.components.firstIndex { $0.id == "O" })
        changed.graph.components[place].title = "The end"
        let kept = LangflowWriter.write(changed, origin: export)
        #expect(kept.remarks == [])
        #expect(kept.json["data"]?["edges"]?.array?.count == 3)
    }
}
