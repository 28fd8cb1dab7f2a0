import Foundation
import HTTPTypes
import Testing

@testable import Server

/// Flows of Langflow that are made in place: nodes with fields, and edges as `source.output > target.field`.
private enum Drawn {
    typealias Node = (id: String, type: String, fields: [String: String])

    static func flow(_ name: String, _ nodes: [Node], _ edges: [String]) throws -> String {
        let written = nodes.map { node -> [String: Any] in
            let template = node.fields.mapValues { ["type": "str", "value": $0] }
            let body: [String: Any] = ["template": template, "outputs": [] as [String]]
            return [
                "id": node.id, "type": "genericNode", "position": ["x": 0, "y": 0],
                "data": ["id": node.id, "type": node.type, "node": body] as [String: Any],
            ]
        }
        let lines = edges.map { line -> [String: Any] in
            let ends = line.split(separator: ">").map { end in
                end.filter { $0 != " " }.split(separator: ".").map(String.init)
            }
            return [
                "source": ends[0][0], "target": ends[1][0],
                "data": [
                    "sourceHandle": ["name": ends[0][1], "id": ends[0][0]],
                    "targetHandle": ["fieldName": ends[1][1], "id": ends[1][0]],
                ],
            ]
        }
        let data = ["nodes": written, "edges": lines]
        let json = try JSONSerialization.data(
            withJSONObject: ["name": name, "data": data], options: .sortedKeys)
        return String(decoding: json, as: UTF8.self)
    }

    /// A text input and a constant, put into a prompt.
    static func prompt() throws -> String {
        try flow(
            "Prompt",
            [
                ("TextInput-a", "TextInput", ["input_value": "own"]),
                ("Prompt-p", "Prompt", ["template": "{x} and {y}", "x": "", "y": "constant"]),
                ("ChatOutput-o", "ChatOutput", ["input_value": ""]),
            ], ["TextInput-a.text > Prompt-p.x", "Prompt-p.prompt > ChatOutput-o.input_value"])
    }

    /// What is said, led through a component that is not had.
    static func broken() throws -> String {
        try flow(
            "Broken",
            [
                ("ChatInput-i", "ChatInput", ["input_value": ""]),
                ("YouTube-y", "YouTubeCommentsComponent", ["video": ""]),
                ("ChatOutput-o", "ChatOutput", ["input_value": ""]),
            ], ["ChatInput-i.message > YouTube-y.video", "YouTube-y.comments > ChatOutput-o.input_value"])
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A flow that was drawn in Langflow` {
    private func kept(_ flow: String, _ fixture: ServerFixture) async throws -> String {
        let response = try await fixture.respond(.post, "/api/v1/flows/", json: flow, headers: .ada)
        try #require(response.status == .created, "\(response.text)")
        return try #require(try response.json["id"]?.text)
    }

    @Test(arguments: [
        (#""input_value": "said""#, "own and constant"),
        (#""tweaks": {"TextInput-a": {"input_value": "new"}}"#, "new and constant"),
        (#""tweaks": {"Prompt-p": {"y": "new"}}"#, "own and new"),
        (#""input_value": "said", "input_type": "text""#, "said and constant"),
        (#""input_value": "said", "input_type": "any""#, "said and constant"),
        (
            #""input_value": "said", "input_type": "text", "tweaks": {"Prompt-p": {"y": "new"}}"#,
            "said and new"
        ),
        (#""input_type": "text""#, "own and constant"),
    ])
    func `takes what its text inputs and its prompts' variables are given`(
        body: String, text: String
    ) async throws {
        let fixture = try await ServerFixture()
        let id = try await kept(try Drawn.prompt(), fixture)
        let response = try await fixture.respond(
            .post, "/api/v1/run/\(id)", json: "{\(body)}", headers: .ada)
        #expect(try response.langflowText == text, "\(response.text)")
    }

    @Test(arguments: [
        (#", "type": "chat""#, "own and constant"), (#", "type": "text""#, "said and constant"),
        (#", "type": "any""#, "said and constant"), ("", "said and constant"),
        (#", "type": null"#, "said and constant"),
    ])
    func `takes the type of an input among several`(type: String, text: String) async throws {
        let fixture = try await ServerFixture()
        let id = try await kept(try Drawn.prompt(), fixture)
        let response = try await fixture.respond(
            .post, "/api/v1/run/advanced/\(id)",
            json: #"{"inputs": [{"input_value": "said"\#(type)}]}"#, headers: .ada)
        #expect(try response.langflowText == text, "\(response.text)")
    }

    @Test func `names the variable that its field is to be filled with`() async throws {
        let fixture = try await ServerFixture()
        let flow = try Drawn.prompt().replacing(
            #""y":{"type":"str","value":"constant"}"#,
            with: #""y":{"load_from_db":true,"type":"str","value":"GREETING"}"#)
        try #require(flow.contains("GREETING"))
        let id = try await kept(flow, fixture)
        let refused = try await fixture.respond(
            .post, "/api/v1/run/\(id)", json: #"{"input_value": "a"}"#, headers: .ada)
        #expect(refused.status == .unprocessableContent)
        #expect(refused.text.contains("GREETING"), "\(refused.text)")
        let made = try await fixture.respond(
            .post, "/api/v1/variables/",
            json: #"{"name": "GREETING", "value": "hello", "type": "Generic"}"#, headers: .ada)
        #expect(made.status == .created, "\(made.text)")
        let run = try await fixture.respond(
            .post, "/api/v1/run/\(id)", json: #"{"input_value": "a"}"#, headers: .ada)
        #expect(try run.langflowText == "own and hello", "\(run.text)")
    }

    @Test func `is refused when an output rests on what is not had, with the node`() async throws {
        let fixture = try await ServerFixture()
        let id = try await kept(try Drawn.broken(), fixture)
        for (target, body) in [
            ("/api/v1/run/\(id)", #"{"input_value": "a"}"#),
            ("/api/v1/run/\(id)?stream=true", #"{"input_value": "a"}"#),
            ("/api/v1/webhook/\(id)", "{}"),
            ("/api/v2/workflows", #"{"flow_id": "\#(id)", "input_value": "a"}"#),
            ("/v1/runs", #"{"flow": "\#(id)", "input": "a"}"#),
        ] {
            let response = try await fixture.respond(.post, target, json: body, headers: .ada)
            #expect(response.status == .unprocessableContent, "\(target): \(response.text)")
            #expect(response.text.contains("YouTube-y"), "\(target): \(response.text)")
        }
        let flow = try await fixture.respond(.get, "/v1/flows/\(id)", headers: .ada)
        #expect(flow.text.contains("YouTube-y"))
        // Saved anew in Millrace's form, it is what its author made of it.
        let saved = try await fixture.respond(
            .put, "/v1/flows/\(id)",
            json: """
                {"flow": {"name": "Broken", "output": "out.message", "components": [
                  {"id": "in", "type": "ChatInput"}, {"id": "out", "type": "ChatOutput"}],
                  "edges": [{"from": "in.message", "to": "out.message"}]}}
                """, headers: .ada)
        #expect(saved.status == .ok, "\(saved.text)")
        let run = try await fixture.respond(
            .post, "/api/v1/run/\(id)", json: #"{"input_value": "a"}"#, headers: .ada)
        #expect(try run.langflowText == "a", "\(run.text)")
    }
}
