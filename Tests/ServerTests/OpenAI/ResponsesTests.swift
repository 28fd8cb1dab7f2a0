import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Responses` {
    private static let path = "/v1/responses"

    /// The events of a streamed response, each checked against its declaration.
    private func events(
        _ fixture: ServerFixture, _ json: String, path: String = Self.path
    ) async throws -> [(name: String, data: JSONValue)] {
        let response = try await fixture.respond(.post, path, json: json)
        let operation = try fixture.application().router.match(method: .post, path: path).operation
        let events = try await response.events()
        for (name, data) in events {
            try ContractCheck.check(event: name, data, of: operation)
            #expect(data["type"]?.text == name)
        }
        #expect(events.map { $0.data["sequence_number"]?.number } == events.indices.map { Double($0) })
        return events
    }

    @Test func `answer from the corpus, with annotations`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(
            Self.path, #"{"model": "question-answering", "input": "When do deploys happen?"}"#)
        #expect(answer["status"]?.text == "completed")
        #expect(answer.outputText.contains("Deploys happen on Tuesdays."))
        let annotation = answer["output"]?[0]?["content"]?[0]?["annotations"]?[0]
        #expect(annotation?["type"]?.text == "url_citation")
        #expect(
            slice(
                answer.outputText, from: annotation?["start_index"]?.number,
                to: annotation?["end_index"]?.number
            ).wholeMatch(of: /\[\d+\]/) != nil)
        #expect(answer["usage"]?["output_tokens"]?.number == 2)
    }

    @Test func `go on from the response before, and from an earlier one as another conversation`()
        async throws
    {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.memory, at: "memory")
        func ask(_ text: String, after id: String?) async throws -> (id: String, text: String) {
            let previous = id.map { #", "previous_response_id": "\#($0)""# } ?? ""
            let answer = try await fixture.post(
                Self.path, #"{"model": "memory", "input": "\#(text)"\#(previous)}"#)
            return (try #require(answer["id"]?.text), answer.outputText)
        }
        let first = try await ask("one", after: nil)
        #expect(first.text == "Before: ")
        let second = try await ask("two", after: first.id)
        #expect(second.text == "Before: user: one\nassistant: Before: ")
        let other = try await ask("three", after: first.id)
        #expect(other.text == second.text)
        let last = try await ask("four", after: second.id)
        #expect(last.text.hasPrefix("Before: user: one\nassistant: Before: \nuser: two\n"))
        #expect(!last.text.contains("three"))
        let branch = try await ask("five", after: other.id)
        #expect(branch.text.contains("user: three") && !branch.text.contains("user: two"))
    }

    @Test func `go on in a conversation of the caller's naming`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.memory, at: "memory")
        for conversation in [#""chat-7""#, #"{"id": "chat-7"}"#] {
            _ = try await fixture.post(
                Self.path, #"{"model": "memory", "input": "hello", "conversation": \#(conversation)}"#)
        }
        let third = try await fixture.post(
            Self.path, #"{"model": "memory", "input": "x", "conversation": "chat-7", "store": false}"#)
        #expect(third.outputText.hasPrefix("Before: user: hello\n"))
        #expect(third.outputText.contains("\nuser: hello\n"))
        let fourth = try await fixture.post(
            Self.path, #"{"model": "memory", "input": "y", "conversation": "chat-7"}"#)
        #expect(!fourth.outputText.contains("user: x"))
        #expect(fourth["conversation"]?["id"]?.text == "chat-7")
    }

    @Test func `give instructions for one response alone, and remember the items before the last`()
        async throws
    {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.memory, at: "memory")
        let first = try await fixture.post(
            Self.path,
            """
            {"model": "memory", "instructions": "Be brief.", "input": [
              {"role": "user", "content": [{"type": "input_text", "text": "one"}]},
              {"type": "reasoning", "summary": []},
              {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "two"}]},
              {"role": "user", "content": "three"}]}
            """)
        #expect(first.outputText == "Before: system: Be brief.\nuser: one\nassistant: two")
        let id = try #require(first["id"]?.text)
        let second = try await fixture.post(
            Self.path, #"{"model": "memory", "input": "four", "previous_response_id": "\#(id)"}"#)
        #expect(
            second.outputText.hasPrefix("Before: user: one\nassistant: two\nuser: three\nassistant: Before: ")
        )
    }

    @Test func `are found by nobody else, by no other model, and not when they were not kept`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.memory, at: "memory")
        func ask(_ more: String, model: String = "memory", headers: HTTPFields = [:]) async throws
            -> APIResponse
        {
            try await fixture.respond(
                .post, Self.path, json: #"{"model": "\#(model)", "input": "x"\#(more)}"#, headers: headers)
        }
        let id = try #require(try await ask("").json["id"]?.text)
        let unkept = try #require(try await ask(#", "store": false"#).json["id"]?.text)
        let previous = #", "previous_response_id": "\#(id)""#
        for response in [
            try await ask(previous, model: "question-answering"),
            try await ask(#", "previous_response_id": "\#(unkept)""#),
            try await ask(#", "previous_response_id": "resp_made-up""#),
        ] {
            #expect(response.status == .badRequest)
            #expect(try response.json["error"]?["code"]?.text == "previous_response_not_found")
        }
        // The flow is the first caller's own; the other one's conversation with a flow of everybody's is not it.
        let hers = try await ask(previous, headers: .principals("user:lena"))
        #expect(hers.status == .notFound)
    }

    @Test func `stream OpenAI's typed events, and the whole response in the last`() async throws {
        let fixture = try await ServerFixture()
        let events = try await events(
            fixture, #"{"model": "question-answering", "input": "When do deploys happen?", "stream": true}"#)
        let names = events.map(\.name)
        #expect(
            names.prefix(4) == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added",
            ])
        #expect(
            names.suffix(4) == [
                "response.output_text.done", "response.content_part.done", "response.output_item.done",
                "response.completed",
            ])
        #expect(names.contains("response.output_text.annotation.added"))
        let told = events.filter { $0.name == "response.output_text.delta" }
            .compactMap { $0.data["delta"]?.text }.joined()
        let whole = try #require(events.last?.data["response"])
        #expect(whole["status"]?.text == "completed")
        #expect(whole.outputText == told)
        #expect(told.contains("Deploys happen on Tuesdays."))
        let id = whole["id"]?.text
        #expect(events.first?.data["response"]?["id"]?.text == id)
        let annotated = events.filter { $0.name == "response.output_text.annotation.added" }
            .compactMap { $0.data["annotation"] }
        #expect(annotated == whole["output"]?[0]?["content"]?[0]?["annotations"]?.list)
    }

    @Test func `tell of a tool's call as one that the server made`() async throws {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        try await fixture.keep(TestFlow.agent, at: "agent")
        let events = try await events(fixture, #"{"model": "agent", "input": "6*7?", "stream": true}"#)
        let names = events.map(\.name)
        #expect(names.contains("response.mcp_call.in_progress"))
        #expect(names.contains("response.mcp_call_arguments.done"))
        let whole = try #require(events.last?.data["response"])
        #expect(whole["output"]?.list.compactMap { $0["type"]?.text } == ["message", "mcp_call", "message"])
        let call = whole["output"]?[1]
        #expect(call?["name"]?.text == "calculator")
        #expect(call?["status"]?.text == "completed")
        #expect(call?["output"]?.text?.contains("42") == true)
        #expect(whole["output"]?[2]?["content"]?[0]?["text"]?.text == "This is the answer.")
        let unstreamed = try await fixture.post(Self.path, #"{"model": "agent", "input": "6*7?"}"#)
        #expect(unstreamed["output"]?.list.compactMap { $0["type"]?.text } == ["mcp_call", "message"])
    }

    @Test func `that fail end with an event that says so`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator())
        try await fixture.keep(TestFlow.model, at: "model")
        let events = try await events(fixture, #"{"model": "model", "input": "x", "stream": true}"#)
        #expect(events.last?.name == "response.failed")
        let failed = events.last?.data["response"]
        #expect(failed?["status"]?.text == "failed")
        #expect(failed?["error"]?["code"]?.text == "server_error")
        let response = try await fixture.respond(
            .post, Self.path, json: #"{"model": "model", "input": "x"}"#)
        #expect(response.status == .badGateway)
        #expect(try response.json["error"]?["type"]?.text == "server_error")
    }

    @Test func `answer Langflow's clients at their address, a session's name standing for a response`()
        async throws
    {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        let memory = try await fixture.keep(TestFlow.memory, at: "memory")
        try await fixture.keep(TestFlow.agent, at: "agent")
        for _ in 1...2 {
            _ = try await fixture.post(
                "/api/v1/responses",
                #"{"model": "\#(memory)", "input": "hello", "previous_response_id": "my-session"}"#)
        }
        let third = try await fixture.post(
            "/api/v1/responses",
            #"{"model": "\#(memory)", "input": "x", "previous_response_id": "my-session"}"#)
        #expect(third.outputText.hasPrefix("Before: user: hello\n"))
        #expect(third.outputText.contains("\nuser: hello\n"))
        let events = try await events(
            fixture, #"{"model": "agent", "input": "6*7?", "stream": true}"#, path: "/api/v1/responses")
        let whole = try #require(events.last?.data["response"])
        #expect(whole["output"]?[1]?["type"]?.text == "function_call")
        #expect(whole["output"]?[1]?["call_id"]?.text == "call-1")
    }

    @Test(arguments: [
        (#""input": 1"#, "input"), (#""input": []"#, "input"),
        (#""input": "x", "background": true"#, "background"),
        (#""input": "x", "previous_response_id": "a", "conversation": "b""#, "conversation"),
        (#""input": "x", "metadata": {"a": 1}"#, "metadata"), (#""input": "x", "store": 1"#, "store"),
        (#""input": "x", "text": {"format": {"type": "json_schema"}}"#, "text.format"),
    ])
    func `refuse a wrong field by its name`(fields: String, name: String) async throws {
        let response = try await ServerFixture().respond(
            .post, Self.path, json: #"{"model": "question-answering", \#(fields)}"#)
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == name)
    }
}
