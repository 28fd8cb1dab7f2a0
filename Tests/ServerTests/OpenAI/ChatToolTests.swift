import Foundation
import HTTPTypes
import Models
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Tools of a chat completion` {
    private static let path = "/v1/chat/completions"
    private static func tool(_ name: String) -> String {
        #"""
        {"type": "function", "function": {"name": "\#(name)", "description": "Knows something.",
         "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
        """#
    }
    private static let tools = "[\(tool("weather")), \(tool("traffic"))]"

    private func asking(_ messages: String, of model: String = "model", _ more: String = "") -> String {
        #"{"model": "\#(model)", "messages": [\#(messages)], "tools": \#(Self.tools)\#(more)}"#
    }

    private func user(_ text: String) -> String { #"{"role": "user", "content": "\#(text)"}"# }

    private static let called = #"""
        {"role": "assistant", "content": null, "tool_calls": [
          {"id": "call_0", "type": "function", "function": {"name": "weather", "arguments": "{\"city\":\"Oslo\"}"}}]}
        """#
    private static let returned = #"{"role": "tool", "tool_call_id": "call_0", "content": "rain"}"#

    private func begin() async throws -> (ServerFixture, ToolTestModel) {
        let model = ToolTestModel()
        let fixture = try await ServerFixture(generator: model)
        try await fixture.keep(TestFlow.model, at: "model")
        try await fixture.keep(TestFlow.agent, at: "agent")
        try await fixture.keep(TestFlow.echo, at: "echo")
        return (fixture, model)
    }

    @Test(arguments: ["model", "agent"])
    func `are called by the flow's model, and the calls are the client's`(name: String) async throws {
        let (fixture, model) = try await begin()
        let answer = try await fixture.post(
            Self.path, asking(user("Use weather and traffic."), of: name))
        let choice = answer["choices"]?[0]
        #expect(choice?["finish_reason"]?.text == "tool_calls")
        let calls = choice?["message"]?["tool_calls"]?.list ?? []
        #expect(calls.compactMap { $0["function"]?["name"]?.text } == ["weather", "traffic"])
        #expect(calls.compactMap { $0["id"]?.text } == ["call_0", "call_1"])
        #expect(calls.allSatisfy { $0["function"]?["arguments"]?.text == #"{"city":"Oslo"}"# })
        #expect(answer.content == "Let me see.")
        #expect(answer["usage"]?["total_tokens"]?.number == 15)
        let offered = model.requests.last?.tools.map(\.name) ?? []
        #expect(offered.suffix(2) == ["weather", "traffic"])
    }

    @Test(arguments: ["model", "agent"])
    func `lead to the answer once their results are sent`(name: String) async throws {
        let (fixture, _) = try await begin()
        let answer = try await fixture.post(
            Self.path,
            asking([user("Use weather."), Self.called, Self.returned].joined(separator: ", "), of: name))
        #expect(answer.content == "They said: rain")
        #expect(answer["choices"]?[0]?["finish_reason"]?.text == "stop")
        #expect(answer["choices"]?[0]?["message"]?["tool_calls"] == nil)
        // What led to an answer is over with the next question.
        let next = try await fixture.post(
            Self.path,
            asking(
                [
                    user("Use weather."), Self.called, Self.returned,
                    #"{"role": "assistant", "content": "It rains."}"#, user("Thanks"),
                ].joined(separator: ", "), of: name))
        #expect(next.content == "I heard: Thanks")
    }

    @Test func `are streamed as pieces with index, id, name and arguments`() async throws {
        let (fixture, _) = try await begin()
        let chunks = try await fixture.respond(
            .post, Self.path,
            json: asking(user("Use weather and traffic."), of: "model", #", "stream": true"#)
        ).frameData()
        let pieces = chunks.compactMap { $0["choices"]?[0]?["delta"]?["tool_calls"]?[0] }
        #expect(pieces.map { $0["index"]?.number } == [0, 0, 1, 1])
        #expect(pieces.map { $0["id"]?.text } == ["call_0", nil, "call_1", nil])
        #expect(pieces.map { $0["function"]?["name"]?.text } == ["weather", nil, "traffic", nil])
        #expect(
            pieces.compactMap { $0["function"]?["arguments"]?.text }
                == ["", #"{"city":"Oslo"}"#, "", #"{"city":"Oslo"}"#])
        #expect(chunks.last?["choices"]?[0]?["finish_reason"]?.text == "tool_calls")
        #expect(
            chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.text }.joined() == "Let me see.")
    }

    @Test func `are passed over by a flow without a model, unless one must be called`() async throws {
        let (fixture, _) = try await begin()
        let answer = try await fixture.post(Self.path, asking(user("weather"), of: "echo"))
        #expect(answer.content == "weather")
        for choice in [#""required""#, #"{"type": "function", "function": {"name": "weather"}}"#] {
            let response = try await fixture.respond(
                .post, Self.path, json: asking(user("x"), of: "echo", #", "tool_choice": \#(choice)"#))
            #expect(response.status == .badRequest)
            #expect(try response.json["error"]?["param"]?.text == "tool_choice")
        }
    }

    @Test func `can be forbidden, demanded or named`() async throws {
        let (fixture, model) = try await begin()
        let none = try await fixture.post(
            Self.path, asking(user("weather"), of: "model", #", "tool_choice": "none""#))
        #expect(none.content == "I heard: weather")
        #expect(model.requests.last?.tools.isEmpty == true)
        let allowed = #"""
            , "parallel_tool_calls": false, "tool_choice": {"type": "allowed_tools", "allowed_tools": {
              "mode": "required", "tools": [{"type": "function", "function": {"name": "traffic"}}]}}
            """#
        let some = try await fixture.post(Self.path, asking(user("weather traffic"), of: "model", allowed))
        #expect(some["choices"]?[0]?["message"]?["tool_calls"]?.list.count == 1)
        #expect(model.requests.last?.tools.map(\.name) == ["traffic"])
        #expect(model.requests.last?.toolChoice == .required)
        #expect(model.requests.last?.allowsSeveralCalls == false)
        // The model of this test calls nothing here.
        let failed = try await fixture.respond(
            .post, Self.path, json: asking(user("x"), of: "model", #", "tool_choice": "required""#))
        #expect(failed.status == .badGateway)
    }

    @Test func `without a description have their name for one, as some providers take none without`()
        async throws
    {
        let (fixture, model) = try await begin()
        _ = try await fixture.post(
            Self.path,
            #"""
            {"model": "model", "messages": [\#(user("x"))],
             "tools": [{"type": "function", "function": {"name": "weather"}}]}
            """#)
        #expect(model.requests.last?.tools.map(\.description) == ["weather"])
    }

    @Test func `of a name that the agent has itself are refused`() async throws {
        let (fixture, _) = try await begin()
        let body = #"""
            {"model": "agent", "messages": [\#(user("x"))], "tools": [\#(Self.tool("calculator"))]}
            """#
        let response = try await fixture.respond(.post, Self.path, json: body)
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == "tools")
    }

    @Test(arguments: [
        (#""tools": {}"#, "tools"),
        (#""tools": [{"type": "web_search"}]"#, "tools[0].type"),
        (#""tools": [{"type": "function"}]"#, "tools[0].function"),
        (#""tools": [{"type": "function", "function": {"name": "a b"}}]"#, "tools[0].function.name"),
        (
            #""tools": [{"type": "function", "function": {"name": "a", "parameters": {"type": "array"}}}]"#,
            "tools[0].function.parameters.type"
        ),
        (
            #"""
            "tools": [{"type": "function", "function": {"name": "a", "parameters": {
              "type": "object", "properties": {"b": {"type": "text"}}}}}]
            """#, "tools[0].function.parameters.properties.b.type"
        ),
        (#""tools": [\#(tool("a")), \#(tool("a"))]"#, "tools[1].function.name"),
        (
            #""tools": [\#((0...128).map { tool("t\($0)") }.joined(separator: ", "))]"#, "tools"
        ),
        (
            #"""
            "tools": [{"type": "function", "function": {"name": "a",
              "description": "\#(String(repeating: "x", count: 65_536))"}}]
            """#, "tools[0]"
        ),
        (#""tools": [\#(tool("a"))], "parallel_tool_calls": 1"#, "parallel_tool_calls"),
        (#""tools": [\#(tool("a"))], "tool_choice": "always""#, "tool_choice"),
        (
            #""tools": [\#(tool("a"))], "tool_choice": {"type": "function", "function": {"name": "b"}}"#,
            "tool_choice.function.name"
        ),
        (#""functions": [{"name": "a"}]"#, "functions"),
    ])
    func `are refused by the place of what is wrong`(fields: String, name: String) async throws {
        let (fixture, _) = try await begin()
        let response = try await fixture.respond(
            .post, Self.path, json: #"{"model": "model", "messages": [\#(user("x"))], \#(fields)}"#)
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == name)
    }

    @Test(arguments: [
        ([returned], "messages[1].tool_call_id"),
        ([called], "messages[1].tool_calls[0].id"),
        ([called, returned, returned], "messages[3].tool_call_id"),
        ([called, #"{"role": "tool", "content": "rain"}"#], "messages[2].tool_call_id"),
        (
            [
                #"{"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "b", "arguments": "{"}}]}"#
            ],
            "messages[1].tool_calls[0].function.arguments"
        ),
    ])
    func `whose results do not fit are refused`(messages: [String], name: String) async throws {
        let (fixture, _) = try await begin()
        let response = try await fixture.respond(
            .post, Self.path, json: asking(([user("weather")] + messages).joined(separator: ", ")))
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == name)
    }
}
