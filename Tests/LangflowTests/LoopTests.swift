import Flow
import JSONValue
import Testing

@testable import Langflow

@Suite struct `Loops` {
    private func body(_ graph: FlowGraph, _ id: String) throws -> FlowGraph {
        guard case .graph(let body)? = graph.node(id)?.bodies["each"] else {
            throw LangflowError.noNodes(flow: id)
        }
        return body
    }

    @Test func `what an item goes through is the loop's body`() throws {
        let translation = try translated("loop")
        let graph = try translation.runnable().graph
        #expect(
            graph.wires == [
                "ChatInput-in.message > ArXivComponent-x.query",
                "ArXivComponent-x.results > LoopComponent-l.items",
                "LoopComponent-l.results > ChatOutput-out.message",
            ])
        let body = try body(graph, "LoopComponent-l")
        #expect(body.inputs == [.init(name: "item", type: "data")])
        #expect(body.outputs == ["result": PortReference("LoopComponent-l-result", "value")])
        #expect(
            body.wires == [
                "input.item > parser-q.input", "parser-q.message > Prompt-p.paper",
                "TextInput-tone.message > Prompt-p.tone", "Prompt-p.prompt > LanguageModelComponent-m.input",
                "LanguageModelComponent-m.message > LoopComponent-l-result.value",
            ])
        #expect(body.node("Prompt-p")?.parameters["syntax"] == "mustache")
        #expect(graph.node("TextInput-tone") == nil, "what only the inside needs goes inside")
        #expect(translation.nodes(.textInput).isEmpty)
        #expect(translation.nodes(.chatOutput).count == 1)
    }

    @Test func `what the outside needs too stays outside as well`() throws {
        let json = try fixture("loop").json.changing(["data", "edges"]) { edges in
            let edge: JSONValue = [
                "source": "TextInput-tone", "target": "ArXivComponent-x",
                "data": [
                    "sourceHandle": ["name": "text"], "targetHandle": ["fieldName": "search_query"],
                ],
            ]
            return .array((edges.array ?? []).dropFirst() + [edge])
        }
        let graph = try LangflowTranslation(try LangflowExport(json: json, file: "x")).runnable().graph
        #expect(graph.node("TextInput-tone") != nil)
        #expect(try body(graph, "LoopComponent-l").node("TextInput-tone") != nil)
    }

    @Test func `an item that never comes back is told`() throws {
        let json = try fixture("loop").json.changing(["data", "edges", "6"]) { _ in nil }
        let report = LangflowTranslation(try LangflowExport(json: json, file: "x")).report
        #expect(report.obstacles.contains(.openLoop(node: "LoopComponent-l")))
    }

    @Test func `a loop lies in a loop's body`() throws {
        var export = try export(
            [
                ("D", "CreateData", ["a": "1"]), ("L1", "LoopComponent", ["data": ""]),
                ("L2", "LoopComponent", ["data": ""]), ("P", "ParserComponent", ["pattern": "{a}"]),
                ("Q", "ParserComponent", ["pattern": "{text}"]), ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "D.data > L1.data", "L1.item > L2.data", "L2.item > P.input_data", "P.parsed_text > L2.item",
                "L2.done > Q.input_data", "Q.parsed_text > L1.item", "L1.done > O.input_value",
            ])
        for place in export.edges.indices where export.edges[place].field == "item" {
            export.edges[place].isLoopBack = true
        }
        let graph = try LangflowTranslation(export).runnable().graph
        #expect(graph.components.map(\.id) == ["D", "L1", "O"])
        let outer = try body(graph, "L1")
        #expect(Set(outer.components.map(\.id)) == ["L2", "Q", "L1-result"])
        #expect(outer.wires.contains("input.item > L2.items"))
        let inner = try body(outer, "L2")
        #expect(inner.wires == ["input.item > P.input", "P.message > L2-result.value"])
    }

    @Test func `what takes both an item and the results is told`() throws {
        var export = try export(
            [
                ("D", "CreateData", ["a": "1"]), ("L", "LoopComponent", ["data": ""]),
                ("P", "ParserComponent", ["pattern": "{a}"]),
                ("T", "CombineText", ["text1": "", "text2": ""]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "D.data > L.data", "L.item > P.input_data", "P.parsed_text > L.item",
                "P.parsed_text > T.text1", "L.done > T.text2", "T.combined_text > O.input_value",
            ])
        export.edges[2].isLoopBack = true
        #expect(LangflowTranslation(export).report.obstacles == [.leavesLoop(loop: "L", node: "T")])
    }
}
