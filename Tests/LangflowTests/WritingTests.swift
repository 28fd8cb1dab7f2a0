import Flow
import JSONValue
import Testing

@testable import Langflow

@Suite(.timeLimit(.minutes(1))) struct `Writing exports` {
    private func read(_ written: LangflowWriter.Written) throws -> LangflowTranslation {
        LangflowTranslation(try LangflowExport(json: written.json, file: "written"))
    }

    /// What must survive: components with their parameters, and edges.
    private func essence(_ graph: FlowGraph) -> [String] {
        graph.components.flatMap { node -> [String] in
            // As text, in which equal objects are equal.
            let parameters = node.parameters.sorted { $0.key < $1.key }.map {
                "\($0.key)=\((try? $0.value.text()) ?? "no JSON")"
            }
            var lines = ["\(node.id) \(node.type) \(parameters)"]
            for (name, body) in node.bodies.sorted(by: { $0.key < $1.key }) {
                switch body {
                case .graph(let graph): lines += essence(graph).map { "\(node.id)/\(name)/\($0)" }
                case .named(let flow): lines.append("\(node.id)/\(name)=\(flow)")
                }
            }
            return lines
        }.sorted() + graph.wires.sorted()
    }

    @Test(arguments: ["echo", "groups", "agent", "loop"])
    func `a flow that is written anew is read as the same`(name: String) throws {
        var flow = try translated(name).definition
        let written = LangflowWriter.write(flow)
        let again = try read(written).definition
        if name == "agent" {
            #expect(written.remarks.count == 1 && written.remarks[0].contains("“temperature” of “Agent-a”"))
            let place = try #require(flow.graph.components.firstIndex { $0.id == "Agent-a" })
            flow.graph.components[place].parameters["temperature"] = nil
        } else {
            #expect(written.remarks == [])
        }
        #expect(Set(essence(again.graph)) == Set(essence(flow.graph)))
        #expect(again.graph.outputs == flow.graph.outputs && again.name == flow.name)
    }

    @Test func `what an agent calls its tools is written at the tools`() throws {
        let names: JSONValue = ["F": "fetch_it", "look": "look_up"]
        let words: JSONValue = ["F": "Fetches pages.", "look": "Looks things up."]
        func port(_ component: String, _ name: String) -> PortReference { PortReference(component, name) }
        let flow = FlowDefinition(
            name: "f",
            graph: FlowGraph(
                components: [
                    .init(id: "C", type: "ChatInput"), .init(id: "F", type: "FetchURL"),
                    .init(id: "S", type: "MCPTools", parameters: ["server": "s"]),
                    .init(
                        id: "A", type: "Agent",
                        parameters: ["tool_names": names, "tool_descriptions": words]),
                    .init(id: "O", type: "ChatOutput"),
                ],
                edges: [
                    .init(from: port("C", "message"), to: port("A", "input")),
                    .init(from: port("F", "tool"), to: port("A", "tools")),
                    .init(from: port("S", "tools"), to: port("A", "toolsets")),
                    .init(from: port("A", "message"), to: port("O", "message")),
                ], outputs: ["O": port("O", "message")]))
        let written = LangflowWriter.write(flow)
        #expect(!written.remarks.contains { $0.contains("tool_") })
        let again = try read(written).definition.graph.node("A")
        #expect(again?.parameters["tool_names"] == names)
        #expect(again?.parameters["tool_descriptions"] == words)
        // A kept node takes over what is called otherwise now.
        let export = try LangflowExport(json: written.json, file: "written")
        var changed = LangflowTranslation(export).definition
        let place = try #require(changed.graph.components.firstIndex { $0.id == "A" })
        changed.graph.components[place].parameters["tool_names"] = ["F": "get_page", "look": "look_up"]
        let kept = try read(LangflowWriter.write(changed, origin: export)).definition.graph.node("A")
        #expect(kept?.parameters["tool_names"] == ["F": "get_page", "look": "look_up"])
    }

    @Test func `an unchanged flow is written as it came, without its keys`() throws {
        for name in ["echo", "groups", "agent", "loop"] {
            let export = try fixture(name)
            let flow = LangflowTranslation(export).definition
            let written = LangflowWriter.write(flow, origin: export)
            #expect(written.remarks.isEmpty)
            #expect(written.json == export.withoutSecrets, "\(name)")
        }
    }

    @Test func `a changed flow keeps its nodes, places, notes and what was merged`() throws {
        let export = try fixture("agent")
        var flow = LangflowTranslation(export).definition
        let place = try #require(flow.graph.components.firstIndex { $0.id == "Agent-a" })
        flow.graph.components[place].parameters["max_steps"] = 4
        let written = LangflowWriter.write(flow, origin: export)
        let again = try LangflowExport(json: written.json, file: "again")
        #expect(Set(again.nodes.map(\.id)) == Set(export.nodes.map(\.id)))
        #expect(again.edges.count == export.edges.count)
        let agent = try #require(again.nodes.first { $0.id == "Agent-a" })
        #expect(agent.fields["max_iterations"]?.value == 4)
        #expect(agent.fields["api_key"]?.value == "")
        #expect(agent.fields["code"]?.value == "class AgentComponent: changed")
        for node in again.nodes {
            #expect(node.position == export.nodes.first { $0.id == node.id }?.position)
        }
        #expect(essence(LangflowTranslation(again).definition.graph) == essence(flow.graph))
    }

    @Test func `what was taken out is gone, what was put in is there`() throws {
        let export = try fixture("echo")
        var flow = LangflowTranslation(export).definition
        flow.graph.components.append(
            FlowGraph.Node(id: "shout", type: "PromptTemplate", parameters: ["template": "{said}!"]))
        flow.graph.edges = [
            FlowGraph.Edge(
                from: PortReference("ChatInput-in", "message"), to: PortReference("shout", "said")),
            FlowGraph.Edge(
                from: PortReference("shout", "prompt"), to: PortReference("ChatOutput-out", "message")),
        ]
        let written = LangflowWriter.write(flow, origin: export)
        let again = try LangflowExport(json: written.json, file: "again")
        #expect(Set(again.nodes.map(\.id)) == ["ChatInput-in", "note-1", "ChatOutput-out", "shout"])
        #expect(again.edges.count == 2)
        let wires = LangflowTranslation(again).definition.graph.wires
        #expect(wires == flow.graph.wires)
        flow.graph.components.removeAll { $0.id == "shout" }
        flow.graph.edges = []
        let less = LangflowWriter.write(flow, origin: export)
        #expect(less.json["data"]?["edges"] == [])
    }

    @Test func `edges are written in both forms, and say the same`() throws {
        let written = LangflowWriter.write(try translated("loop").definition)
        let edges = try #require(written.json["data"]?["edges"]?.array)
        for edge in edges {
            for name in ["sourceHandle", "targetHandle"] {
                let text = try #require(edge[name]?.string)
                #expect(try JSONValue(parsing: text.replacing("œ", with: "\"")) == edge["data"]?[name])
            }
        }
        #expect(edges.contains { $0["data"]?["targetHandle"]?["name"] == "item" })
    }

    @Test func `a component that Langflow has not is shown, and told to run here alone`() throws {
        let graph = FlowGraph(
            components: [
                .init(id: "c", type: "ChatInput"), .init(id: "h", type: "HyDE", title: "Guess"),
                .init(id: "o", type: "ChatOutput"),
            ],
            edges: [
                .init(from: PortReference("c", "message"), to: PortReference("h", "question")),
                .init(from: PortReference("h", "passage"), to: PortReference("o", "message")),
            ], outputs: ["o": PortReference("o", "message")])
        let written = LangflowWriter.write(FlowDefinition(name: "Guessing", graph: graph))
        let export = try LangflowExport(json: written.json, file: "x")
        let node = try #require(export.nodes.first { $0.id == "h" })
        #expect(node.type == "HyDE" && node.displayName == "Guess" && export.edges.count == 2)
        let code = try #require(node.fields["code"]?.value.string)
        #expect(code.contains("class MillraceComponent(Component)") && code.contains("\"passage\""))
    }

    @Test func `changed texts, routes' texts and what Langflow does by itself are kept`() throws {
        let flow = LangflowTranslation(
            try export(
                [
                    ("C", "ChatInput", [:]), ("H", "APIRequest", ["url_input": ""]),
                    ("P", "ParserComponent", ["pattern": "", "mode": "Stringify"]),
                    (
                        "T", "TextOperations",
                        [
                            "text_input": "", "operation": [["name": "Text Tail"]], "head_characters": 9,
                            "tail_characters": 7,
                        ]
                    ),
                    (
                        "R", "SmartRouter",
                        [
                            "input_text": "",
                            "routes": [
                                [
                                    "route_category": "A", "route_description": "first",
                                    "output_value": "Own.",
                                ], ["route_category": "B", "route_description": "", "output_value": "None"],
                            ],
                        ]
                    ), ("O", "ChatOutput", ["input_value": ""]),
                ],
                [
                    "C.message > H.url_input", "H.data > P.input_data", "P.parsed_text > T.text_input",
                    "T.message > R.input_text", "R.category_1_result > O.input_value",
                ])
        ).definition
        let written = LangflowWriter.write(flow)
        #expect(written.remarks == [])
        let again = try read(written).runnable().graph
        #expect(Set(again.wires) == Set(flow.graph.wires))
        #expect(again.node("T")?.type == "TextOperations")
        for (node, parameter) in [
            ("T", "operation"), ("T", "count"), ("R", "routes"), ("H", "shape"), ("P", "code_block"),
        ] {
            let value = again.node(node)?.parameters[parameter]
            #expect(value != nil && value == flow.graph.node(node)?.parameters[parameter], "\(node)")
        }
    }

    @Test func `a value that Langflow does not convert goes through its converter`() throws {
        let graph = FlowGraph(
            components: [
                .init(id: "c", type: "ChatInput"), .init(id: "w", type: "WebSearch"),
                .init(id: "p", type: "PromptTemplate", parameters: ["template": "{found}"]),
                .init(id: "o", type: "ChatOutput"),
            ],
            edges: [
                .init(from: PortReference("c", "message"), to: PortReference("w", "query")),
                .init(from: PortReference("w", "results"), to: PortReference("p", "found")),
                .init(from: PortReference("p", "prompt"), to: PortReference("o", "message")),
            ], outputs: ["o": PortReference("o", "message")])
        let written = LangflowWriter.write(FlowDefinition(name: "Searching", graph: graph))
        #expect(written.remarks.isEmpty)
        let wires = try read(written).runnable().graph.wires
        #expect(
            wires == [
                "c.message > w.query", "w.results > p-found-converted.input",
                "p-found-converted.message > p.found", "p.prompt > o.message",
            ])
    }

    @Test func `nodes lie in columns, right of what they take from`() throws {
        let written = LangflowWriter.write(try translated("groups").definition)
        let export = try LangflowExport(json: written.json, file: "x")
        let places = Dictionary(export.nodes.map { ($0.id, $0.position) }, uniquingKeysWith: { $1 })
        for edge in export.edges {
            let from = try #require(places[edge.source])
            let to = try #require(places[edge.target])
            #expect(from.x < to.x)
        }
        #expect(Set(export.nodes.map { "\($0.position)" }).count == export.nodes.count)
    }

    @Test func `every starter flow is written and read as the same`() throws {
        for (name, export) in try StarterFlows.all("1.13.0") {
            var flow = LangflowTranslation(export).definition
            flow.description += " Changed."
            let place = flow.graph.components.firstIndex { $0.type == "ChatOutput" }
            if let place { flow.graph.components[place].parameters["sender_name"] = "Changed" }
            let again = try read(LangflowWriter.write(flow, origin: export))
            #expect(Set(essence(again.definition.graph)) == Set(essence(flow.graph)), "\(name)")
        }
    }
}
