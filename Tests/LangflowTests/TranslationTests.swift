import Flow
import JSONValue
import Testing

@testable import Langflow

@Suite struct `Translating flows` {
    @Test(arguments: ["echo", "handles-as-text", "handles-between-bars"])
    func `an echo is two components and an edge`(name: String) throws {
        let translation = try translated(name)
        let graph = try translation.runnable().graph
        #expect(graph.components.map(\.type) == ["ChatInput", "ChatOutput"])
        #expect(graph.node("ChatInput-in")?.parameters == ["text": "Hello.", "sender_name": "User"])
        #expect(graph.wires == ["ChatInput-in.message > ChatOutput-out.message"])
        #expect(graph.outputs == ["ChatOutput-out": PortReference("ChatOutput-out", "message")])
        #expect(translation.nodes(.chatInput).map(\.id) == ["ChatInput-in"])
        #expect(translation.nodes(.chatOutput).map(\.displayName) == ["Chat Output"])
        #expect(translation.report.nodes.allSatisfy { $0.standing == .exact || $0.standing == .ignored })
    }

    @Test func `an agent has its tools, and is told what it lacks`() throws {
        let translation = try translated("agent")
        let graph = try translation.runnable().graph
        #expect(
            graph.wires == [
                "ChatInput-in.message > Agent-a.input", "TextInput-v.message > Agent-a.system",
                "TavilySearchComponent-t.tool > Agent-a.tools", "Agent-a-calculator.tool > Agent-a.tools",
                "MCPTools-c.tools > Agent-a.toolsets", "Agent-a.message > ChatOutput-out.message",
            ])
        let agent = try #require(graph.node("Agent-a")?.parameters)
        #expect(
            agent == [
                "max_steps": 9, "history_limit": 20, "add_current_date": true, "temperature": 0.4,
            ])
        #expect(graph.node("TavilySearchComponent-t")?.type == "WebSearch")
        #expect(graph.node("TavilySearchComponent-t")?.parameters == ["limit": 7, "mode": "news"])
        #expect(graph.node("MCPTools-c")?.parameters == ["server": "calendar"])
        #expect(graph.node("OpenAIModel-o") == nil && graph.node("YfinanceComponent-y") == nil)
        let report = translation.report
        #expect(report.node("OpenAIModel-o")?.standing == .merged)
        #expect(report.node("YfinanceComponent-y")?.standing == .missing)
        let remarks = try #require(report.node("Agent-a")?.remarks)
        #expect(remarks.contains("The tool “YfinanceComponent-y” is left out."))
        #expect(remarks.contains { $0.contains("gpt-4o (OpenAI)") || $0.contains("gpt-4o;") })
        #expect(remarks.contains { $0.contains("key in “api_key” is not taken over") })
        #expect(!remarks.contains { $0.contains("sk-typed") })
    }

    @Test func `global variables are asked for by name`() throws {
        let translation = try translated("agent")
        let text = translation.definition.graph.node("TextInput-v")
        #expect(text?.parameters == ["text": ["variable": "GREETING"]])
        #expect(translation.report.node("TextInput-v")?.variables == ["GREETING"])
        #expect(
            translation.report.node("TextInput-v")?.remarks == ["It is frozen; here it is run each time."])
    }

    @Test func `code that is not as any Langflow shipped it is told`() throws {
        let report = try translated("agent").report
        #expect(report.node("Agent-a")?.code == .changed)
        #expect(report.node("Agent-a")?.standing == .approximated)
        #expect(report.node("ChatInput-in")?.code == TranslationReport.CodeStanding.none)
        let unknown = try export([("X-1", "Homemade", ["code": "pass"])], [])
        #expect(LangflowTranslation(unknown).report.node("X-1")?.code == .unknown)
        #expect(CodeDigest.digest(of: "") == "e3b0c44298fc")
    }

    @Test func `a prompt takes its variables from edges, and constants from its fields`() throws {
        let translation = try translated("groups")
        let graph = try translation.runnable().graph
        #expect(graph.node("Prompt-p")?.parameters["template"] == "Say {word} to: {text}")
        #expect(graph.node("Prompt-p-word")?.type == "TextInput")
        #expect(graph.node("Prompt-p-word")?.parameters == ["text": "goodbye"])
        #expect(
            graph.wires == [
                "ChatInput-in.message > Prompt-p.text", "Prompt-p-word.message > Prompt-p.word",
                "Prompt-p.prompt > LanguageModelComponent-m.input",
                "LanguageModelComponent-m.message > ChatOutput-out.message",
            ])
        let model = graph.node("LanguageModelComponent-m")?.parameters
        #expect(model == ["system_message": "Be brief.", "temperature": 0.7])
    }

    @Test(arguments: [
        ("Hello {name}, {{not}} {a_b}{name}", false, ["name", "a_b"]),
        ("Hello {{ name }} {single} {{b}}", true, ["name", "b"]), ("{open", false, []), ("", true, []),
    ])
    func `variables of a template are found once, in their order`(
        template: String, isMustache: Bool, names: [String]
    ) {
        #expect(PromptVariables.names(in: template, isMustache: isMustache) == names)
    }

    @Test func `a condition, a router and a record become ours`() throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]),
                (
                    "I", "ConditionalRouter",
                    [
                        "input_text": "", "match_text": "yes", "operator": "starts with",
                        "case_sensitive": false,
                    ]
                ),
                (
                    "R", "SmartRouter",
                    [
                        "input_text": "",
                        "routes": [
                            ["route_category": "Praise", "route_description": "kind", "output_value": ""],
                            ["route_category": "Blame", "route_description": "", "output_value": ""],
                        ], "enable_else_output": true,
                    ]
                ), ("O1", "ChatOutput", ["input_value": ""]), ("O2", "TextOutput", ["input_value": ""]),
                ("O3", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > I.input_text", "C.message > I.true_case_message",
                "I.true_result > R.input_text", "I.false_result > O1.input_value",
                "R.category_2_result > O2.input_value", "R.default_result > O3.input_value",
            ])
        let graph = try LangflowTranslation(made).runnable().graph
        #expect(
            graph.node("I")?.parameters == [
                "match": "yes", "operator": "starts_with", "case_sensitive": false,
            ])
        #expect(
            graph.node("R")?.parameters == [
                "routes": [
                    ["name": "Praise", "description": "kind"], ["name": "Blame", "description": ""],
                ], "uses_else": true,
            ])
        #expect(
            graph.wires.isSuperset(of: [
                "C.message > I.text", "C.message > I.true_message", "I.true_result > R.input",
                "R.route_2 > O2.message", "R.else > O3.message",
            ]))
        #expect(Set(graph.outputs.keys) == ["O1", "O2", "O3"])
    }

    @Test func `a store that is filled and searched is two components`() throws {
        let made = try export(
            [
                ("F", "File", ["path": ["type": "file", "value": ["a.txt"], "file_path": ["x/a.txt"]]]),
                ("S", "SplitText", ["data_inputs": "", "separator": "\\n", "chunk_size": "500"]),
                ("V", "Chroma", ["ingest_data": "", "search_query": "", "number_of_results": 6]),
                ("E", "OpenAIEmbeddings", [:]), ("C", "ChatInput", [:]),
                ("P", "ParseData", ["data": "", "template": "{text}", "sep": ", "]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "F.data > S.data_inputs", "S.chunks > V.ingest_data", "E.embeddings > V.embedding",
                "C.message > V.search_query", "V.search_results > P.data", "P.text > O.input_value",
            ], outputs: ["E": ["embeddings"]])
        let translation = LangflowTranslation(made)
        let graph = try translation.runnable().graph
        #expect(graph.node("V")?.type == "CorpusSearch" && graph.node("V-ingest")?.type == "Ingest")
        #expect(graph.node("V")?.parameters == ["limit": 6])
        #expect(graph.node("F")?.parameters == ["names": ["x/a.txt"]])
        #expect(graph.node("S")?.parameters == ["separator": "\n", "chunk_size": 500])
        #expect(
            graph.wires == [
                "F.table > S.input", "S.chunks > V-ingest.data", "C.message > V.query",
                "V.results > P.input", "P.message > O.message",
            ])
        #expect(translation.report.node("E")?.standing == .merged)
        #expect(translation.report.node("V")?.standing == .approximated)
    }

    @Test func `columns that are called otherwise are renamed where they are asked for`() throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("W", "UnifiedWebSearch", ["query": "", "search_mode": "News"]),
                ("B", "BatchRunComponent", ["df": "", "column_name": "summary"]),
                ("P", "ParserComponent", ["input_data": "", "pattern": "{title} {link} {model_response}"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > W.query", "W.results > B.df", "B.batch_results > P.input_data",
                "P.parsed_text > O.input_value",
            ])
        let translation = LangflowTranslation(made)
        let graph = try translation.runnable().graph
        #expect(graph.node("P")?.parameters["template"] == "{title} {url} {model_response}")
        #expect(graph.node("B")?.parameters["column"] == "text")
        #expect(translation.report.node("P")?.standing == .approximated)
    }

    @Test func `an agent without an input is asked its instructions`() throws {
        let made = try export(
            [
                ("A", "Agent", ["input_value": "", "system_prompt": "Write a poem."]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["A.response > O.input_value"])
        let graph = try LangflowTranslation(made).runnable().graph
        #expect(graph.node("A-input_value")?.parameters == ["text": "Write a poem."])
        #expect(graph.node("A")?.parameters == [:])
        #expect(graph.wires.contains("A-input_value.message > A.input"))
    }

    @Test func `ids that graphs do not take are changed, and still addressed`() throws {
        let made = try export(
            [("input", "ChatInput", [:]), ("O", "ChatOutput", ["input_value": ""])],
            ["input.message > O.input_value"])
        let translation = LangflowTranslation(made)
        #expect(try translation.runnable().graph.wires == ["input-node.message > O.message"])
        #expect(translation.node("input")?.component == "input-node")
    }

    @Test func `a flow that another runs takes and gives a message`() throws {
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("F", "RunFlow", ["flow_name_selected": "Echo"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["C.message > F.ChatInput-in~input_value", "F.ChatOutput-out~message > O.input_value"])
        let translation = LangflowTranslation(made)
        let graph = try translation.runnable().graph
        #expect(translation.subFlows == ["Echo"])
        #expect(graph.node("F")?.bodies == ["flow": .named("Echo")])
        #expect(graph.wires == ["C.message > F.message", "F.message > O.message"])
        let echo = try #require(try translated("echo").definition.asSubFlow())
        #expect(echo.graph.inputs == [.init(name: "message", type: "message")])
        #expect(echo.graph.outputs == ["message": PortReference("ChatOutput-out", "message")])
        #expect(echo.graph.wires.contains("input.message > ChatInput-in.message"))
    }
}
