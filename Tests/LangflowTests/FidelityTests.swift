import Flow
import JSONValue
import Testing

@testable import Langflow

/// What a translated flow says must be what Langflow would have said.
@Suite struct `A translation keeps` {
    private func graph(
        _ nodes: [(id: String, type: String, fields: [String: JSONValue])], _ edges: [String]
    ) throws -> FlowGraph {
        try LangflowTranslation(try export(nodes, edges)).runnable().graph
    }

    /// A node between a message and a parser's text.
    private func middle(
        _ type: String, _ fields: [String: JSONValue], from: String, to: String
    ) throws -> FlowGraph.Node? {
        try graph(
            [
                ("C", "ChatInput", [:]), ("N", type, fields), ("P", "ParserComponent", ["pattern": "{text}"]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            ["C.message > N.\(from)", "N.\(to) > P.input_data", "P.parsed_text > O.input_value"]
        ).node("N")
    }

    @Test func `separators that are empty`() throws {
        let split = try middle(
            "SplitText", ["data_inputs": "", "separator": ""], from: "data_inputs", to: "dataframe")
        #expect(split?.parameters["separator"] == "")
        let texts = try graph(
            [
                ("C", "ChatInput", [:]), ("T", "CombineText", ["text1": "a", "text2": "", "delimiter": ""]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["C.message > T.text2", "T.combined_text > O.input_value"])
        #expect(texts.node("T")?.parameters["delimiter"] == "")
        let parser = try graph(
            [
                ("C", "ChatInput", [:]), ("P", "ParserComponent", ["pattern": "{text}", "sep": ""]),
                ("O", "ChatOutput", ["input_value": ""]),
            ], ["C.message > P.input_data", "P.parsed_text > O.input_value"])
        #expect(parser.node("P")?.parameters["separator"] == "")
        // There an empty one stands for paragraphs.
        let characters = try middle(
            "CharacterTextSplitter", ["data_input": "", "separator": ""], from: "data_input", to: "data")
        #expect(characters?.parameters["separator"] == "\n\n")
    }

    @Test func `capital letters of regular expressions`() throws {
        for (name, kept) in [("regex", false), ("contains", true)] {
            let made = try graph(
                [
                    ("C", "ChatInput", [:]),
                    (
                        "I", "ConditionalRouter",
                        [
                            "input_text": "", "match_text": "a", "operator": .string(name),
                            "case_sensitive": false,
                        ]
                    ), ("O", "ChatOutput", ["input_value": ""]),
                ], ["C.message > I.input_text", "I.true_result > O.input_value"])
            #expect((made.node("I")?.parameters["case_sensitive"] == false) == kept)
        }
    }

    @Test func `fields of a form by their names`() throws {
        let made = try graph(
            [
                (
                    "D", "DynamicCreateData",
                    ["form_fields": [["field_name": "who"]], "dynamic_who": "Ada", "include_metadata": true]
                ), ("P", "ParserComponent", ["pattern": "{who}"]), ("O", "ChatOutput", ["input_value": ""]),
            ], ["D.form_data > P.input_data", "P.parsed_text > O.input_value"])
        #expect(made.node("D")?.parameters["value"] == ["who": "Ada"])
    }

    @Test func `keys that a filter does not find`() throws {
        let node = try middle(
            "FilterData", ["data": "", "filter_criteria": ["a", "b"]], from: "data", to: "filtered_data")
        #expect(
            node?.parameters == ["operation": "select_keys", "keys": ["a", "b"], "skips_missing": true])
    }

    @Test func `operations by the kind of what they change`() throws {
        func operation(
            _ kind: String, _ name: String, _ more: [String: JSONValue], _ from: String, _ to: String
        )
            throws -> FlowGraph.Node?
        {
            var fields = more
            fields["input_type"] = .string(kind)
            fields["operation"] = [["name": .string(name)]]
            return try middle("Operations", fields, from: from, to: to)
        }
        let text = try operation(
            "Text", "Text Head", ["text_input": "", "head_characters": 7, "tail_characters": 9], "text_input",
            "message_output")
        #expect(text?.type == "TextOperations")
        #expect(text?.parameters == ["operation": "head", "count": 7])
        let data = try operation(
            "JSON", "Select Keys", ["data": "", "select_keys_input": ["a"]], "data", "data_output")
        #expect(data?.type == "DataOperations")
        #expect(data?.parameters == ["operation": "select_keys", "keys": ["a"]])
        let table = try operation("Table", "Head", ["df": "", "num_rows": 2], "df", "dataframe_output")
        #expect(table?.type == "TableOperations")
        #expect(table?.parameters == ["operation": "head", "rows": 2])
        let pattern = try operation(
            "Text", "Text Extract",
            ["text_input": "", "extract_pattern": "a+", "max_matches": 3, "use_regex": true],
            "text_input", "message_output")
        #expect(pattern?.parameters["operation"] == "extract" && pattern?.parameters["pattern"] == "a+")
        #expect(pattern?.parameters["max_matches"] == 3)
        let replaced = try operation(
            "Text", "Text Replace",
            ["text_input": "", "search_pattern": "(a)", "replacement_text": "\\1", "use_regex": true],
            "text_input",
            "message_output")
        #expect(replaced?.parameters["regex"] == true && replaced?.parameters["search"] == "(a)")
        let error = #expect(throws: LangflowError.self) {
            try operation("JSON", "JQ Expression", ["data": ""], "data", "data_output")
        }
        #expect(error.map { "\($0)".contains("“N”") } == true)
    }

    @Test func `names and words of tools, and those that are switched off`() throws {
        func rows(_ name: String, _ status: Bool) -> JSONValue {
            [
                "type": "table",
                "value": [
                    ["name": .string(name), "description": "Looks it up.", "status": .bool(status)],
                    ["name": "second", "description": "Other.", "status": .bool(status)],
                ],
            ]
        }
        let made = try export(
            [
                ("C", "ChatInput", [:]), ("A", "Agent", ["input_value": "", "tools": ""]),
                ("T", "CalculatorComponent", ["expression": "", "tools_metadata": rows("evaluate", true)]),
                ("U", "URLComponent", ["urls": "", "tools_metadata": rows("fetch", false)]),
                ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > A.input_value", "T.component_as_tool > A.tools", "U.component_as_tool > A.tools",
                "A.response > O.input_value",
            ], outputs: ["T": ["component_as_tool"], "U": ["component_as_tool"]])
        let translation = LangflowTranslation(made)
        let graph = try translation.runnable().graph
        #expect(graph.node("A")?.parameters["tool_names"] == ["T": "evaluate"])
        #expect(graph.node("A")?.parameters["tool_descriptions"] == ["T": "Looks it up."])
        #expect(graph.wires.contains("T.tool > A.tools"))
        #expect(graph.node("U") == nil)
        #expect(translation.report.node("U")?.remarks.contains { $0.contains("switched off") } == true)
    }

    @Test func `what of a server's tools was switched off`() throws {
        func made(_ first: Bool, _ second: Bool) throws -> LangflowTranslation {
            func row(_ tool: String, _ name: String, _ isOn: Bool) -> JSONValue {
                [
                    "name": .string(name), "tags": [.string(tool)], "description": "",
                    "status": .bool(isOn),
                ]
            }
            let rows: JSONValue = [
                "type": "table", "value": [row("read", "look_up", first), row("delete", "delete", second)],
            ]
            return LangflowTranslation(
                try export(
                    [
                        ("C", "ChatInput", [:]), ("A", "Agent", ["input_value": "", "tools": ""]),
                        ("M", "MCPTools", ["mcp_server": ["name": "s"], "tools_metadata": rows]),
                        ("O", "ChatOutput", ["input_value": ""]),
                    ],
                    [
                        "C.message > A.input_value", "M.component_as_tool > A.tools",
                        "A.response > O.input_value",
                    ], outputs: ["M": ["component_as_tool"]]))
        }
        let some = try made(true, false).runnable().graph
        #expect(some.node("M")?.parameters == ["server": "s", "only": ["read"]])
        #expect(some.node("A")?.parameters["tool_names"] == ["read": "look_up"])
        #expect(try made(true, true).runnable().graph.node("M")?.parameters == ["server": "s"])
        let none = try made(false, false)
        #expect(try none.runnable().graph.node("M") == nil)
        #expect(none.report.node("M")?.standing == .leftOut)
    }

    @Test(arguments: [
        "Prompt Template", "URLComponent", "APIRequest", "File", "ParserComponent", "Webhook", "Operations",
        "TypeConverterComponent", "DataFrameOperations", "CalculatorComponent", "SQLComponent", "Knowledge",
    ])
    func `a word about code that was changed, whatever the type`(type: String) throws {
        let code: JSONValue = ["type": "code", "value": "import os\nos.remove('everything')"]
        let made = try export([("N", type, ["code": code]), ("C", "ChatInput", [:])], [])
        let node = LangflowTranslation(made).report.node("N")
        #expect(node?.code == .changed)
        #expect(node?.remarks.contains { $0.contains("Python code was changed") } == true)
    }

    @Test func `a word about a conversation of a node's own`() throws {
        let made = try export(
            [
                ("C", "ChatInput", ["session_id": "other"]),
                ("O", "ChatOutput", ["input_value": "", "session_id": "", "sender": "User"]),
            ], ["C.message > O.input_value"])
        let report = LangflowTranslation(made).report
        #expect(report.node("C")?.remarks.contains { $0.contains("session_id") } == true)
        #expect(report.node("O")?.remarks.contains { $0.contains("sender") } == true)
        #expect(report.node("O")?.remarks.contains { $0.contains("session_id") } == false)
    }

    @Test func `records that a chat output shows as JSON`() throws {
        for (types, isShown) in [(["Data", "DataFrame", "Message"], true), (["Message"], false)] {
            let field: JSONValue = [
                "type": "other", "value": "", "input_types": .array(types.map { .string($0) }),
            ]
            let made = try graph(
                [("D", "CreateData", ["a": "1"]), ("O", "ChatOutput", ["input_value": field])],
                ["D.data > O.input_value"])
            #expect(made.wires.contains("D.data > O.message") == !isShown)
            let writer = made.components.first { $0.type == "Parser" }
            #expect((writer?.parameters == ["stringify": true, "code_block": true]) == isShown)
        }
    }

    @Test func `the members of an answer over HTTP, a route's text, and the numbers of rows`() throws {
        let made = try graph(
            [
                ("C", "ChatInput", [:]), ("H", "APIRequest", ["url_input": ""]),
                ("P", "ParserComponent", ["pattern": "{result}"]),
                (
                    "R", "SmartRouter",
                    [
                        "input_text": "",
                        "routes": [
                            ["route_category": "A", "route_description": "", "output_value": "Own."],
                            ["route_category": "B", "route_description": "", "output_value": "None"],
                        ],
                    ]
                ), ("O", "ChatOutput", ["input_value": ""]),
            ],
            [
                "C.message > H.url_input", "H.data > P.input_data", "P.parsed_text > R.input_text",
                "R.category_1_result > O.input_value",
            ])
        #expect(made.node("H")?.parameters["shape"] == "langflow")
        #expect(
            made.node("R")?.parameters["routes"]
                == [["name": "A", "description": "", "text": "Own."], ["name": "B", "description": ""]])
        let pages = try middle(
            "URLComponent",
            [
                "urls": "", "timeout": 7,
                "headers": [
                    ["key": "User-Agent", "value": "langflow"], ["key": "Accept-Language", "value": "de"],
                ],
            ], from: "urls", to: "page_results")
        #expect(
            pages?.parameters == [
                "headers": ["Accept-Language": "de"], "timeout_seconds": 7, "max_pages": 200,
            ])
        let batch = try middle(
            "BatchRunComponent", ["df": "", "column_name": "text"], from: "df", to: "batch_results")
        #expect(batch?.parameters["adds_index"] == true)
    }
}
