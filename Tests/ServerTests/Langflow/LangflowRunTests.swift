import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `A run as Langflow's clients ask for it` {
    private func run(
        _ fixture: ServerFixture, _ target: String, _ body: String = #"{"input_value": "hello"}"#,
        headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        try await fixture.respond(.post, "/api/v1/run/\(target)", json: body, headers: headers)
    }

    @Test func `is answered in the structure in which Langflow answers, key by key`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let reference = try #require(try LangflowText.reference()["response"])
        for target in [id, "echo", "session/echo", "echo?stream=false"] {
            let response = try await run(
                fixture, target, #"{"input_value": "hello", "session_id": "s1"}"#)
            #expect(response.status == .ok)
            let answer = try response.json
            #expect(answer.differences(from: reference) == [])
            #expect(answer["session_id"] == .text("s1"))
            #expect(try response.langflowText == "hello")
            let block = try #require(answer["outputs"]?.list.first)
            #expect(block["inputs"]?["input_value"] == .text("hello"))
            let output = try #require(block["outputs"]?.list.first)
            #expect(output["outputs"]?["message"]?["message"] == .text("hello"))
            #expect(output["component_id"] == .text("ChatOutput-out"))
            #expect(output["component_display_name"] == .text("Chat Output"))
            let message = try #require(output["results"]?["message"])
            #expect(message["sender"] == .text("Machine"))
            #expect(message["sender_name"] == .text("AI"))
            #expect(message["flow_id"] == .text(id))
            let time = try #require(message["timestamp"]?.text)
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC/) != nil)
        }
    }

    @Test func `takes no body, and the flow's own text then`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let response = try await fixture.respond(.post, "/api/v1/run/\(id)", headers: .ada)
        #expect(try response.langflowText == "Hello.")
        // Without a name the conversation is the flow's own.
        #expect(try response.json["session_id"] == .text(id))
    }

    @Test(arguments: [
        (#""ChatInput-in": {"input_value": "changed"}"#, "changed"),
        (#""Chat Input": {"input_value": "changed"}"#, "changed"), (#""input_value": "changed""#, "changed"),
        ("", "Hello."),
    ])
    func `takes tweaks by id, by name and for all`(tweaks: String, text: String) async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let response = try await run(fixture, id, #"{"input_value": "", "tweaks": {\#(tweaks)}}"#)
        #expect(try response.langflowText == text, "\(response.text)")
        // The flow itself stays as it was.
        #expect(try await run(fixture, id, "{}").langflowText == "Hello.")
    }

    @Test(arguments: [
        (#"{"input_value": 1}"#, "input_value"), (#"{"input_type": "voice"}"#, "input_type"),
        (#"{"output_type": "voice"}"#, "output_type"), (#"{"tweaks": []}"#, "tweaks"),
        (#"{"tweaks": {"NoSuch-1": {"a": 1}}}"#, "tweaks"), (#"{"stream": "yes"}"#, "stream"),
        (#"{"session_id": 5}"#, "session_id"),
    ])
    func `refuses what is wrong, and names the field`(body: String, field: String) async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let response = try await run(fixture, id, body)
        #expect(response.status == .unprocessableContent)
        #expect(try response.json["field"]?.text?.hasPrefix(field) == true, "\(response.text)")
    }

    @Test func `gives the outputs that are wanted`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        for (more, count) in [
            (#""output_type": "any""#, 1), (#""output_type": "text""#, 0),
            (#""output_component": "ChatOutput-out""#, 1), (#""output_component": "Chat Output""#, 1),
            (#""output_component": "ChatOutput""#, 1), (#""output_component": "Other""#, 0),
        ] {
            let response = try await run(fixture, id, #"{"input_value": "x", \#(more)}"#)
            let outputs = try response.json["outputs"]?.list.first?["outputs"]?.list
            #expect(outputs?.count == count, "\(more)")
        }
    }

    @Test func `gives a text to chat inputs, to text inputs, or to single ones`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let silent = try await run(fixture, id, #"{"input_value": "x", "input_type": "text"}"#)
        #expect(try silent.langflowText == "Hello.")
        let advanced = try await run(
            fixture, "advanced/\(id)",
            #"{"inputs": [{"components": ["ChatInput-in"], "input_value": "given"}], "session_id": "s"}"#)
        #expect(try advanced.langflowText == "given")
        #expect(try advanced.json["session_id"] == .text("s"))
        let common = try await run(fixture, "advanced/\(id)", #"{"inputs": [{"input_value": "all"}]}"#)
        #expect(try common.langflowText == "all")
        let odd = try await run(
            fixture, "advanced/\(id)", #"{"inputs": [{"components": ["X-1"], "input_value": "a"}]}"#)
        #expect(odd.status == .unprocessableContent)
        #expect(odd.text.contains("X-1"))
    }

    @Test func `streams messages, tokens and the whole response in Langflow's events`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let id = try await fixture.keep(FlowText.model)
        let reference = try LangflowText.reference()
        for (target, body) in [
            ("\(id)?stream=true", #"{"input_value": "hello", "session_id": "s"}"#),
            (id, #"{"input_value": "hello", "session_id": "s", "stream": true}"#),
        ] {
            let response = try await run(fixture, target, body)
            #expect(response.headers[.contentType] == "text/event-stream")
            let events = try await response.langflowEvents()
            #expect(
                events.map(\.event) == [
                    "add_message", "add_message", "token", "token", "token", "add_message", "end",
                ])
            let wanted = reference["events"]?.list.first { $0["event"] == .text("add_message") }?["data"]
            for event in events where event.event == "add_message" {
                #expect(event.data.differences(from: try #require(wanted)) == [])
            }
            #expect(events.first?.data["text"] == .text("hello"))
            #expect(events.first?.data["sender"] == .text("User"))
            let tokens = events.filter { $0.event == "token" }
            #expect(tokens.allSatisfy { $0.data.keys == ["chunk", "id", "timestamp"] })
            #expect(tokens.compactMap { $0.data["chunk"]?.text }.joined() == "One two three.")
            // A message has the id that its tokens had.
            let spoken = try #require(events.dropLast().last)
            #expect(spoken.data["text"] == .text("One two three."))
            #expect(Set(tokens.map { $0.data["id"] }) == [spoken.data["id"]])
            let result = try #require(events.last?.data["result"])
            #expect(result.differences(from: try #require(reference["response"])) == [])
        }
    }

    @Test func `tells a failure as an event once it streams`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator(isRetryable: false))
        let id = try await fixture.keep(FlowText.model)
        let events = try await run(
            fixture, id, #"{"input_value": "hello", "stream": true}"#
        ).langflowEvents()
        #expect(events.last?.event == "error")
        #expect(events.last?.data["error"]?.text?.contains("“model”") == true)
        #expect(!events.contains { $0.event == "end" })
        let absent = try await run(fixture, "no-such-flow", #"{"stream": true}"#)
        #expect(try absent.problem == "unknown-flow")
    }

    @Test func `begins by a webhook, whose body may be empty, and is one for each key`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        var headers = HTTPFields.ada
        headers[.idempotencyKey] = "delivery-1"
        var runs: [String] = []
        for body in [nil, #"{}"#, #"{"order": 7}"#] as [String?] {
            let fields = body == nil ? HTTPFields.ada : headers
            let response = try await fixture.respond(
                .post, "/api/v1/webhook/echo", json: body, headers: fields)
            if body == #"{"order": 7}"# {
                #expect(try response.problem == "key-reused")
            } else {
                #expect(response.status == .accepted)
                #expect(try response.json["status"] == .text("in progress"))
                runs.append(try #require(try response.json["run_id"]?.text))
            }
        }
        await fixture.carryOutRuns()
        for run in runs {
            let ended = try await fixture.respond(.get, "/v1/runs/\(run)", headers: .ada).json
            #expect(ended["state"] == .text("finished"))
            #expect(ended["flow"] == .text(id))
        }
    }

    @Test func `of another caller's flow is refused as one that is not there`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.importEcho()
        let absent = "00000000-0000-4000-8000-000000000000"
        for path in ["run/", "run/session/", "run/advanced/", "webhook/"] {
            try await fixture.expectSameRefusal(
                .post, { "/api/v1/\(path)\($0)" }, of: id, absent: absent, json: "{}")
        }
    }

    @Test func `keeps sessions of one name apart, by caller`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo, #""shared": true"#)
        for (headers, text) in [(HTTPFields.ada, "of ada"), (.bob, "of bob")] {
            _ = try await run(
                fixture, id, #"{"input_value": "\#(text)", "session_id": "s"}"#, headers: headers)
        }
        for (headers, text) in [(HTTPFields.ada, "of ada"), (.bob, "of bob")] {
            let messages = try await fixture.respond(
                .get, "/api/v1/monitor/messages?session_id=s", headers: headers
            ).json.list
            #expect(messages.compactMap { $0["text"]?.text } == [text, text])
        }
    }

    @Test func `finds a server that is alive, with the version of the API`() async throws {
        let fixture = try await ServerFixture()
        #expect(try await fixture.respond(.get, "/health").json["status"] == .text("ok"))
        let version = try await fixture.respond(.get, "/api/v1/version").json
        #expect(version["version"] == .text("1.13.0"))
        #expect(version["package"] == .text("Millrace 1.2.3"))
    }
}
