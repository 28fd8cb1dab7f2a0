import FlowService
import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Workflows of Langflow` {
    private static let path = "/api/v2/workflows"

    private func work(_ fixture: ServerFixture) async {
        await RunWorker(fixture.flows.service, name: "test").drain()
    }

    @Test func `run at once, and tell the one text that came out`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(TestFlow.echo, at: "echo")
        let answer = try await fixture.post(
            Self.path, #"{"flow_id": "\#(id)", "input_value": "hello", "session_id": "s-1"}"#)
        #expect(answer["object"]?.text == "response")
        #expect(answer["status"]?.text == "completed")
        #expect(answer["session_id"]?.text == "s-1")
        #expect(answer["output"]?["reason"]?.text == "single")
        #expect(answer["output"]?["text"]?.text == "hello")
        #expect(answer["output"]?["source"]?.text == "out")
        #expect(answer["outputs"]?["out"]?["content"]?.text == "hello")
        #expect(answer["outputs"]?["out"]?["metadata"]?["component_type"]?.text == "ChatOutput")
        #expect(answer["has_errors"] == .flag(false))
    }

    /// Says one of two things, or nothing but data.
    private static let branches = """
        {"name": "Branches", "components": [{"id": "in", "type": "ChatInput"},
           {"id": "if", "type": "If", "parameters": {"operator": "contains", "match": "yes"}},
           {"id": "good", "type": "ChatOutput", "title": "Good"}, {"id": "bad", "type": "ChatOutput"}],
         "edges": [{"from": "in.message", "to": "if.text"}, {"from": "if.true_result", "to": "good.message"},
           {"from": "if.false_result", "to": "bad.message"}],
         "outputs": {"good": "good.message", "bad": "bad.message"}}
        """

    @Test func `tell outputs of branches that were not taken, without content`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(Self.branches, at: "branches")
        func run(_ text: String, _ fields: String = "") async throws -> JSONValue {
            try await fixture.post(
                Self.path, #"{"flow_id": "branches", "input_value": "\#(text)"\#(fields)}"#)
        }
        let yes = try await run("yes, please")
        #expect(yes["output"]?["reason"]?.text == "single")
        #expect(yes["output"]?["source"]?.text == "good")
        #expect(yes["outputs"]?["good"]?["content"]?.text == "yes, please")
        let silent = try #require(yes["outputs"]?["bad"])
        #expect(silent["content"] == .null)
        #expect(silent["type"]?.text == "message")
        #expect(silent["metadata"]?["component_type"]?.text == "ChatOutput")
        let no = try await run("no", #", "output_ids": ["good"]"#)
        #expect(no["outputs"]?["bad"]?["content"]?.text == "no")
        #expect(no["outputs"]?["good"]?["display_name"]?.text == "Good")
        // The output that was asked for tells texts, and has none.
        #expect(no["output"]?["reason"]?.text == "non_string")
        #expect(no["output"]?["text"] == .null)
    }

    @Test func `take inputs by component and parameter`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.echo, at: "echo")
        let answer = try await fixture.post(
            Self.path, #"{"flow_id": "echo", "inputs": {"in.input_value": "one", "in.session_id": "s-2"}}"#)
        #expect(answer["output"]?["text"]?.text == "one")
        #expect(answer["session_id"]?.text == "s-2")
        let named = try await fixture.post(
            Self.path, #"{"flow_id": "echo", "input_value": "x", "inputs": {"out.sender_name": "Bot"}}"#)
        #expect(named["status"]?.text == "completed")
    }

    @Test func `tell a component's failure as the outcome of the run`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator())
        try await fixture.keep(TestFlow.model, at: "model")
        let response = try await fixture.respond(
            .post, Self.path, json: #"{"flow_id": "model", "input_value": "x"}"#)
        #expect(response.status == .ok)
        let answer = try response.json
        #expect(answer["status"]?.text == "failed")
        #expect(answer["output"]?["reason"]?.text == "failed")
        #expect(answer["errors"]?[0]?["details"]?["component_id"]?.text == "model")
    }

    @Test func `stream in Langflow's words, each frame with its number`() async throws {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        try await fixture.keep(TestFlow.model, at: "model")
        let json = #"{"flow_id": "model", "input_value": "x", "mode": "stream"}"#
        let response = try await fixture.respond(.post, Self.path, json: json)
        #expect(response.headers[.contentType] == "text/event-stream")
        let frames = try await response.frames()
        #expect(frames.last?.hasPrefix("id: ") == true)
        let events = try await fixture.respond(.post, Self.path, json: json).frameData()
        let names = events.compactMap { $0["event"]?.text }
        #expect(names.first == "add_message")
        #expect(names.suffix(2) == ["output", "end"])
        #expect(names.contains("build_start"))
        let tokens = events.filter { $0["event"]?.text == "token" }.compactMap { $0["data"]?["chunk"]?.text }
        #expect(tokens.joined() == "This is the answer.")
        let output = events.first { $0["event"]?.text == "output" }?["data"]
        #expect(output?["component_id"]?.text == "out")
        #expect(output?["content"]?.text == "This is the answer.")
    }

    @Test func `stream in the words of AG-UI`() async throws {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        try await fixture.keep(TestFlow.agent, at: "agent")
        let events = try await fixture.respond(
            .post, Self.path,
            json: #"{"flow_id": "agent", "input_value": "x", "mode": "stream", "stream_protocol": "agui"}"#
        ).frameData()
        let types = events.compactMap { $0["type"]?.text }
        #expect(
            types.filter { $0 != "TEXT_MESSAGE_CONTENT" } == [
                "RUN_STARTED", "TEXT_MESSAGE_START", "TEXT_MESSAGE_END", "TOOL_CALL_START", "TOOL_CALL_ARGS",
                "TOOL_CALL_END", "TOOL_CALL_RESULT", "TEXT_MESSAGE_START", "TEXT_MESSAGE_END", "RUN_FINISHED",
            ])
        let text = events.filter { $0["type"]?.text == "TEXT_MESSAGE_CONTENT" }
            .compactMap { $0["delta"]?.text }
        #expect(text.joined(separator: "|") == "Let me see.|This is |the |answer.")
    }

    @Test func `run in the background, and are followed, taken up again and read`() async throws {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        let flow = try await fixture.keep(TestFlow.model, at: "model")
        let json = #"{"flow_id": "model", "input_value": "x", "mode": "background", "idempotency_key": "k"}"#
        let job = try await fixture.post(Self.path, json)
        #expect(job["object"]?.text == "job")
        #expect(job["status"]?.text == "queued")
        let id = try #require(job["job_id"]?.text)
        #expect(job["links"]?["events"]?.text == "/api/v2/workflows/\(id)/events")
        #expect(try await fixture.post(Self.path, json)["job_id"]?.text == id)
        let waiting = try await fixture.respond(.get, "\(Self.path)?job_id=\(id)").json
        #expect(waiting["status"]?.text == "queued")
        await work(fixture)
        let ended = try await fixture.respond(.get, "\(Self.path)?job_id=\(id)").json
        #expect(ended["object"]?.text == "response")
        #expect(ended["flow_id"]?.text == flow)
        #expect(ended["output"]?["text"]?.text == "This is the answer.")
        let frames = try await fixture.respond(.get, "\(Self.path)/\(id)/events").frames()
        let numbered = frames.compactMap { frame in
            frame.firstMatch(of: /^id: (\d+)\n/).flatMap { Int($0.1) }
        }
        #expect(numbered == numbered.sorted() && Set(numbered).count == numbered.count)
        let middle = try #require(numbered.dropFirst(2).first)
        let rest = try await fixture.respond(
            .get, "\(Self.path)/\(id)/events", headers: [.lastEventID: String(middle)]
        ).frames()
        #expect(rest == frames.suffix(rest.count))
        #expect(rest.first.map { frames.firstIndex(of: $0) } != 0)
        #expect(rest.last?.contains(#""event":"end""#) == true)
    }

    @Test func `in the background are stopped`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.echo, at: "echo")
        let job = try await fixture.post(Self.path, #"{"flow_id": "echo", "background": true}"#)
        let id = try #require(job["job_id"]?.text)
        let stop = #"{"job_id": "\#(id)"}"#
        let first = try await fixture.post("\(Self.path)/stop", stop)
        #expect(first["message"]?.text == "Job \(id) cancelled successfully.")
        let second = try await fixture.post("\(Self.path)/stop", stop)
        #expect(second["message"]?.text == "Job \(id) is already cancelled.")
        let ended = try await fixture.respond(.get, "\(Self.path)?job_id=\(id)").json
        #expect(ended["status"]?.text == "cancelled")
    }

    @Test func `are nobody's but their owner's`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.echo, at: "echo")
        let job = try await fixture.post(Self.path, #"{"flow_id": "echo", "mode": "background"}"#)
        let id = try #require(job["job_id"]?.text)
        let other = HTTPFields.principals("user:lena")
        for response in [
            try await fixture.respond(.get, "\(Self.path)?job_id=\(id)", headers: other),
            try await fixture.respond(.get, "\(Self.path)/\(id)/events", headers: other),
            try await fixture.respond(
                .post, "\(Self.path)/stop", json: #"{"job_id": "\#(id)"}"#, headers: other),
            try await fixture.respond(.post, Self.path, json: #"{"flow_id": "echo"}"#, headers: other),
        ] {
            #expect(response.status == .notFound)
        }
    }

    @Test(arguments: [
        (#""mode": "later""#, "mode"), (#""stream": true, "background": true"#, "background"),
        (#""stream_protocol": "smoke""#, "stream_protocol"), (#""data": {"nodes": []}"#, "data"),
        (#""start_component_id": "in""#, "start_component_id"), (#""globals": {"A": "b"}"#, "globals"),
        (#""output_ids": ["nowhere"]"#, "output_ids"), (#""inputs": {"in": "x"}"#, "inputs"),
        (#""inputs": {"nowhere.input_value": "x"}"#, "inputs"), (#""tweaks": []"#, "tweaks"),
        (#""input_valeu": "x""#, "input_valeu"), (#""output_type": "chat""#, "output_type"),
    ])
    func `refuse what they do not take, by its name`(fields: String, name: String) async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.echo, at: "echo")
        let response = try await fixture.respond(
            .post, Self.path, json: #"{"flow_id": "echo", \#(fields)}"#)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["field"]?.text == name)
    }
}
