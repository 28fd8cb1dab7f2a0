import Foundation
import HTTPTypes
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `POST v1 runs` {
    private func run(
        _ fixture: ServerFixture, _ body: String, headers: HTTPFields = .ada
    ) async throws -> APIResponse {
        try await fixture.respond(.post, "/v1/runs", json: body, headers: headers)
    }

    @Test func `gives what the flow made, with its steps`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo)
        let response = try await run(
            fixture, #"{"flow": "\#(id)", "input": "hello", "session": "s"}"#)
        #expect(response.status == .ok)
        let result = try response.json
        #expect(result["session"] == .text("s"))
        #expect(result["flow"]?["id"] == .text(id))
        #expect(result["flow"]?["version"] == .number(1))
        #expect(result["input"]?["text"] == .text("hello"))
        let output = try #require(result["outputs"]?.list.first)
        #expect(output["component"] == .text("out"))
        #expect(output["type"] == .text("ChatOutput"))
        #expect(output["message"]?["text"] == .text("hello"))
        #expect(result["steps"]?.list.compactMap { $0["component"]?.text } == ["in", "out"])
    }

    @Test func `answers over the corpus with citations, within the caller's rights`() async throws {
        let fixture = try await ServerFixture()
        let body = #"{"flow": "question-answering", "input": "what money is reviewed in March"}"#
        for (headers, isTold) in [(HTTPFields.ada, false), (.principals("user:hana, group:hr"), true)] {
            let response = try await run(fixture, body, headers: headers)
            #expect(response.status == .ok)
            let text = response.text
            #expect(text.contains("Salary") == isTold)
        }
    }

    @Test func `takes parameters and inputs of single components`() async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.saying("as written"))
        for (more, text) in [
            ("", "as written"), (#", "parameters": {"text": {"text": "changed"}}"#, "changed"),
            (#", "inputs": {"text": "given"}"#, "given"),
        ] {
            let response = try await run(fixture, #"{"flow": "\#(id)"\#(more)}"#)
            let output = try response.json["outputs"]?.list.first
            #expect(output?["message"]?["text"] == .text(text))
        }
    }

    @Test func `streams numbered events, the pieces before the message and the result last`() async throws {
        let fixture = try await ServerFixture(generator: SpeakingGenerator())
        let id = try await fixture.keep(FlowText.model)
        let response = try await run(
            fixture, #"{"flow": "\#(id)", "input": "hello", "stream": true}"#)
        #expect(response.headers[.contentType] == "text/event-stream")
        let events = try await response.events()
        #expect(events.map { $0.data["position"] } == (0..<events.count).map { .number(Double($0)) })
        #expect(events.last?.name == "finished")
        let pieces = events.filter { $0.name == "text" }.compactMap { $0.data["text"]?.text }
        #expect(pieces == ["One ", "two ", "three."])
        let begin = try #require(try fixture.application().router.operations.first { $0.id == "createRun" })
        for event in events {
            #expect(event.data["event"] == .text(event.name))
            try ContractCheck.check(event: event.name, event.data, of: begin)
        }
    }

    @Test func `tells a failure while it streams as the last event`() async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator(isRetryable: false))
        let id = try await fixture.keep(FlowText.model)
        let events = try await run(
            fixture, #"{"flow": "\#(id)", "input": "hello", "stream": true}"#
        ).events()
        let last = try #require(events.last)
        #expect(last.name == "failed")
        #expect(last.data["failure"]?["component"] == .text("model"))
        #expect(last.data["failure"]?["kind"] == .text("component-failed"))
        let whole = try await run(fixture, #"{"flow": "\#(id)", "input": "hello"}"#)
        #expect(whole.status == .badGateway)
        #expect(try whole.problem == "component-failed")
        let detail = try #require(try whole.json["detail"]?.text)
        #expect(detail.contains("Model"))
        #expect(detail.contains("“model”"))
    }

    @Test(arguments: [
        (#"{}"#, "invalid-field"), (#"{"flow": 1}"#, "invalid-field"),
        (#"{"flow": "no-such-flow"}"#, "unknown-flow"), (#"{"flow": ""}"#, "unknown-flow"),
        (#"{"flow": "ECHO", "version": 9}"#, "no-such-version"),
        (#"{"flow": "ECHO", "version": 0}"#, "invalid-field"),
        (#"{"flow": "ECHO", "session": ""}"#, "invalid-field"),
        (#"{"flow": "ECHO", "session": "a\u0000b"}"#, "invalid-field"),
        (#"{"flow": "ECHO", "parameters": {"nobody": {"text": "x"}}}"#, "invalid-flow"),
        (#"{"flow": "ECHO", "parameters": {"in": {"no_such": "x"}}}"#, "invalid-flow"),
        (#"{"flow": "ECHO", "parameters": {"in": {"text": 1}}}"#, "invalid-flow"),
        (#"{"flow": "ECHO", "parameters": []}"#, "invalid-field"),
        (#"{"flow": "ECHO", "inputs": {"in": 1}}"#, "invalid-field"),
        (#"{"flow": "ECHO", "priority": 101}"#, "invalid-field"),
        (#"{"flow": "ECHO", "definition": {}}"#, "unknown-field"), (#"{"flow": "#, "malformed-json"),
    ])
    func `refuses what it cannot run, now and later alike`(body: String, kind: String) async throws {
        let fixture = try await ServerFixture()
        let id = try await fixture.keep(FlowText.echo)
        let sent = body.replacing("ECHO", with: id)
        var headers = HTTPFields.ada
        for prefer in [nil, "respond-async"] as [String?] {
            headers[.prefer] = prefer
            let response = try await run(fixture, sent, headers: headers)
            #expect(try response.problem == kind, "\(body): \(response.text)")
        }
        #expect(try await fixture.respond(.get, "/v1/runs", headers: .ada).json["runs"]?.list == [])
    }
}
