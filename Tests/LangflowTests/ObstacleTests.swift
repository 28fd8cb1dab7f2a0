import Flow
import JSONValue
import Testing

@testable import Langflow

@Suite struct `What stands in the way of a flow` {
    @Test func `a missing component that an output rests on is an obstacle`() throws {
        let made = try export(
            [
                ("Y", "YouTubeCommentsComponent", [:]), ("P", "ParserComponent", ["pattern": "{text}"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["Y.comments > P.input_data", "P.parsed_text > O.input_value"])
        let report = LangflowTranslation(made).report
        #expect(report.obstacles.count == 1)
        guard case .missing("Y", "YouTubeCommentsComponent", _, "“O”")? = report.obstacles.first else {
            Issue.record("\(report.obstacles)")
            return
        }
        #expect(report.node("Y")?.standing == .missing && report.node("P")?.standing == .leftOut)
        let error = #expect(throws: LangflowError.self) { try LangflowTranslation(made).runnable() }
        let text = try #require(error?.description)
        for word in ["“Made”", "“Y”", "YouTubeCommentsComponent", "“O”"] { #expect(text.contains(word)) }
    }

    @Test func `a missing component that nothing rests on is left out`() throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("X", "PythonREPLTool", [:]), ("Z", "Homemade", [:]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["C.message > O.input_value", "C.message > Z.input"])
        let translation = LangflowTranslation(made)
        #expect(try translation.runnable().graph.components.map(\.id) == ["C", "O"])
        #expect(translation.report.node("X")?.standing == .missing)
        #expect(translation.report.node("X")?.remarks.first?.contains("never run here") ?? false)
        #expect(translation.report.node("Z")?.standing == .missing)
    }

    @Test func `a cycle without a loop is told with its nodes`() throws {
        let made = try export(
            [
                ("P", "Prompt", ["template": "{a}{b}", "a": "", "b": ""]), ("C", "ChatInput", [:]),
                ("M", "LanguageModelComponent", ["input_value": ""]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > P.a", "M.text_output > P.b", "P.prompt > M.input_value",
                "M.text_output > O.input_value",
            ])
        let obstacles = LangflowTranslation(made).report.obstacles
        guard case .cycle(let ids)? = obstacles.first else {
            Issue.record("\(obstacles)")
            return
        }
        #expect(Set(ids) == ["P", "M"] && obstacles.count == 1)
    }

    @Test func `an edge into what is a setting here is told with its field`() throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("W", "UnifiedWebSearch", ["query": "", "search_mode": "Web"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            ["C.message > W.query", "C.message > W.search_mode", "W.results > O.input_value"])
        #expect(
            LangflowTranslation(made).report.obstacles == [
                .settingFromEdge(node: "W", field: "search_mode", source: "C")
            ])
    }

    @Test func `a text that never changes is taken into a setting`() throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("P", "Prompt", ["template": "Take {{all}}."]),
                ("S", "StructuredOutput", ["input_value": "", "system_prompt": ""]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > S.input_value", "P.prompt > S.system_prompt",
                "S.structured_output > O.input_value",
            ])
        let translation = LangflowTranslation(made)
        let node = try translation.runnable().graph.node("S")
        #expect(node?.parameters == ["instructions": "Take {all}.", "schema": ["type": "object"]])
        #expect(translation.report.node("P")?.standing == .leftOut)
    }

    @Test func `an open input, an unknown output and an unknown operation are told`() throws {
        let open = try export(
            [
                ("B", "BatchRunComponent", ["df": "", "column_name": "a"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            ["B.batch_results > O.input_value"])
        #expect(LangflowTranslation(open).report.obstacles == [.openInput(node: "B", field: "df")])
        let output = try export(
            [
                ("A", "Agent", ["input_value": "Hi."]), ("O", "ChatOutput", ["input_value": ""]),
            ], ["A.agent > O.input_value"])
        #expect(LangflowTranslation(output).report.obstacles == [.unknownOutput(node: "A", output: "agent")])
        let operation = try export(
            [
                ("C", "CreateData", ["a": "1"]),
                ("D", "DataOperations", ["data": "", "operations": [["name": "JQ Expression"]]]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["C.data > D.data", "D.data_output > O.input_value"])
        guard
            case .field("D", "operations", let reason)? = LangflowTranslation(operation).report.obstacles
                .first
        else {
            Issue.record("\(LangflowTranslation(operation).report)")
            return
        }
        #expect(reason.contains("JQ Expression"))
    }

    @Test func `notes alone are nothing that runs`() throws {
        let json = try fixture("echo").json.changing(["data", "nodes", "2"]) { _ in nil }
            .changing(["data", "nodes", "0"]) { _ in nil }
        let translation = LangflowTranslation(try LangflowExport(json: json, file: "notes"))
        #expect(translation.report.obstacles == [.nothingToRun])
    }

    @Test func `the report reads as text`() throws {
        let text = try translated("agent").report.description
        #expect(text.contains("Agent-a (Agent → Agent): approximated"))
        #expect(text.contains("YfinanceComponent-y (YfinanceComponent): missing"))
    }
}
