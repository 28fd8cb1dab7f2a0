import Foundation
import HTTPTypes
import Models
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Tools of a response` {
    private static let path = "/v1/responses"
    private static let tools = #"""
        [{"type": "function", "name": "weather", "description": "Knows the weather.", "strict": true,
          "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}]
        """#

    private func begin() async throws -> (ServerFixture, ToolTestModel) {
        let model = ToolTestModel()
        let fixture = try await ServerFixture(generator: model)
        try await fixture.keep(TestFlow.model, at: "model")
        try await fixture.keep(TestFlow.echo, at: "echo")
        return (fixture, model)
    }

    private func asking(_ input: String, _ more: String = "") -> String {
        #"{"model": "model", "input": \#(input), "tools": \#(Self.tools)\#(more)}"#
    }

    private func after(_ response: JSONValue) throws -> String {
        #", "previous_response_id": "\#(try #require(response["id"]?.text))""#
    }

    private static let output = #"[{"type": "function_call_output", "call_id": "call_0", "output": "rain"}]"#

    @Test func `are function calls among its items, told event by event`() async throws {
        let (fixture, model) = try await begin()
        let response = try await fixture.respond(
            .post, Self.path, json: asking(#""Use weather.""#, #", "stream": true"#))
        let operation = try fixture.application().router.match(method: .post, path: Self.path).operation
        let events = try await response.events()
        for (name, data) in events { try ContractCheck.check(event: name, data, of: operation) }
        #expect(
            events.suffix(5).map(\.name) == [
                "response.output_item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done", "response.completed",
            ])
        let whole = try #require(events.last?.data["response"])
        #expect(whole["output"]?.list.compactMap { $0["type"]?.text } == ["message", "function_call"])
        let call = whole["output"]?[1]
        #expect(call?["call_id"]?.text == "call_0")
        #expect(call?["name"]?.text == "weather")
        #expect(call?["arguments"]?.text == #"{"city":"Oslo"}"#)
        #expect(whole["tools"]?[0]?["name"]?.text == "weather")
        #expect(model.requests.last?.tools.first?.isStrict == true)
        let unstreamed = try await fixture.post(Self.path, asking(#""Use weather.""#))
        #expect(unstreamed["output"]?.list.compactMap { $0["type"]?.text } == ["message", "function_call"])
        #expect(unstreamed["output"]?[0]?["content"]?[0]?["text"]?.text == "Let me see.")
    }

    @Test func `are answered in the conversation that is kept, by the results alone`() async throws {
        let (fixture, model) = try await begin()
        let first = try await fixture.post(Self.path, asking(#""Use weather.""#))
        let second = try await fixture.post(Self.path, asking(Self.output, try after(first)))
        #expect(second.outputText == "They said: rain")
        #expect(model.requests.last?.messages.first { $0.role == .user }?.text == "Use weather.")
        // What was called is no part of what the next question is answered from.
        let third = try await fixture.post(Self.path, asking(#""Thanks""#, try after(second)))
        #expect(third.outputText == "I heard: Thanks")
        let again = try await fixture.respond(
            .post, Self.path, json: asking(Self.output, try after(second)))
        #expect(again.status == .badRequest)
        #expect(try again.json["error"]?["param"]?.text == "input[0].call_id")
    }

    @Test func `are kept once, in the order in which all of it was said`() async throws {
        let fixture = try await ServerFixture(generator: ToolTestModel())
        let flow = try await fixture.keep(TestFlow.model, at: "model")
        let more = #", "conversation": "talk""#
        _ = try await fixture.post(Self.path, asking(#""Use weather.""#, more))
        _ = try await fixture.post(Self.path, asking(Self.output, more))
        let kept = try await fixture.respond(.get, "/v1/conversations/\(flow)/talk").json
        let messages = kept["messages"]?.list ?? []
        #expect(messages.compactMap { $0["role"]?.text } == ["user", "assistant", "tool", "assistant"])
        #expect(
            messages.compactMap { $0["text"]?.text }
                == ["Use weather.", "Let me see.", "rain", "They said: rain"])
        // Another session knows nothing of them.
        let other = try await fixture.respond(
            .post, Self.path, json: asking(Self.output, #", "conversation": "other""#))
        #expect(other.status == .badRequest)
    }

    /// A model that is told the last two messages.
    private static let remembering = """
        {"name": "Remembering", "components": [{"id": "in", "type": "ChatInput"},
           {"id": "memory", "type": "Memory", "parameters": {"limit": 2}}, {"id": "model", "type": "LanguageModel"},
           {"id": "out", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "model.input"}, {"from": "memory.messages", "to": "model.history"},
           {"from": "model.message", "to": "out.message"}],
         "output": "out.message"}
        """

    @Test func `take nobody's place in what a flow remembers`() async throws {
        let model = ToolTestModel()
        let fixture = try await ServerFixture(generator: model)
        try await fixture.keep(Self.remembering, at: "model")
        for input in [#""Use weather.""#, Self.output, #""Thanks""#] {
            _ = try await fixture.post(Self.path, asking(input, #", "conversation": "talk""#))
        }
        let told = model.requests.last?.messages.map(\.text) ?? []
        #expect(told == ["Use weather.", "They said: rain", "Thanks"])
    }

    @Test func `are answered from what the client sends where nothing is kept`() async throws {
        let (fixture, _) = try await begin()
        let items = #"""
            [{"role": "user", "content": "Use weather."},
             {"type": "function_call", "call_id": "call_0", "name": "weather", "arguments": "{}"},
             {"type": "function_call_output", "call_id": "call_0", "output": [{"type": "input_text", "text": "rain"}]}]
            """#
        for store in ["true", "false"] {
            let answer = try await fixture.post(Self.path, asking(items, #", "store": \#(store)"#))
            #expect(answer.outputText == "They said: rain")
        }
        let first = try await fixture.post(Self.path, asking(#""Use weather.""#))
        let second = try await fixture.post(
            Self.path, asking(Self.output, #", "store": false"# + (try after(first))))
        #expect(second.outputText == "They said: rain")
    }

    @Test func `that answer no call leave no conversation behind where one would part`() async throws {
        let (fixture, _) = try await begin()
        func conversations() async throws -> [String] {
            try await fixture.respond(.get, "/v1/conversations").json["conversations"]?.list
                .compactMap { $0["session"]?.text } ?? []
        }
        let first = try await fixture.post(Self.path, asking(#""Use weather.""#))
        // Something comes behind the response, so that whatever goes on from it is another conversation.
        _ = try await fixture.post(Self.path, asking(Self.output, try after(first)))
        let before = try await conversations()
        let stray = #"[{"type": "function_call_output", "call_id": "call_9", "output": "rain"}]"#
        let refused = try await fixture.respond(.post, Self.path, json: asking(stray, try after(first)))
        #expect(refused.status == .badRequest)
        #expect(before.count == 1)
        #expect(try await conversations() == before)
        let parted = try await fixture.post(Self.path, asking(Self.output, try after(first)))
        #expect(parted.outputText == "They said: rain")
        #expect(try await conversations().count == 2)
    }

    @Test(arguments: [
        (output, "", "input[0].call_id"),
        (#"[{"type": "function_call_output", "output": "x"}]"#, "", "input[0].call_id"),
        (
            #"[{"role": "user", "content": "x"}, {"type": "function_call", "call_id": "a", "name": "b", "arguments": "{}"}]"#,
            "", "input[1].call_id"
        ),
        (#""x""#, #", "tool_choice": {"type": "function", "name": "b"}"#, "tool_choice.name"),
        (#""x""#, #", "tool_choice": {"type": "web_search"}"#, "tool_choice"),
    ])
    func `that do not fit are refused by their place`(
        input: String, more: String, name: String
    ) async throws {
        let (fixture, _) = try await begin()
        let response = try await fixture.respond(.post, Self.path, json: asking(input, more))
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == name)
    }
}
