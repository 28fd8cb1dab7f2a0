import Components
import Corpus
import Flow
import FlowService
import Foundation
import HTTPTypes
import QA
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `Chat completions` {
    private static let path = "/v1/chat/completions"

    private func asking(_ text: String, of model: String = "question-answering", _ more: String = "")
        -> String
    {
        #"{"model": "\#(model)", "messages": [{"role": "user", "content": "\#(text)"}]\#(more)}"#
    }

    @Test func `answer from the corpus, with each marker annotated`() async throws {
        let fixture = try await ServerFixture()
        let answer = try await fixture.post(Self.path, asking("When do deploys happen?"))
        let text = try #require(answer.content)
        #expect(text.contains("Deploys happen on Tuesdays."))
        #expect(answer["object"]?.text == "chat.completion")
        #expect(answer["model"]?.text == "question-answering")
        #expect(answer["choices"]?[0]?["finish_reason"]?.text == "stop")
        #expect(answer["usage"]?["total_tokens"]?.number == 3)
        let annotations = answer["choices"]?[0]?["message"]?["annotations"]?.list ?? []
        let first = try #require(
            annotations.first { $0["url_citation"]?["url"]?.text == "https://wiki.example/1" })
        let place = first["url_citation"]
        #expect(place?["title"]?.text == "Deploy guide")
        #expect(
            slice(text, from: place?["start_index"]?.number, to: place?["end_index"]?.number)
                .wholeMatch(of: /\[\d+\]/) != nil)
    }

    @Test func `stream the same text, the annotations and the usage at its end`() async throws {
        let fixture = try await ServerFixture()
        let whole = try await fixture.post(Self.path, asking("When do deploys happen?"))
        let response = try await fixture.respond(
            .post, Self.path,
            json: asking(
                "When do deploys happen?", of: "question-answering",
                #", "stream": true, "stream_options": {"include_usage": true}"#))
        #expect(response.headers[.contentType] == "text/event-stream")
        let chunks = try await response.frameData()
        let deltas = chunks.compactMap { $0["choices"]?[0]?["delta"] }
        #expect(deltas.first?["role"]?.text == "assistant")
        let text = deltas.compactMap { $0["content"]?.text }.joined()
        #expect(text.filter { !$0.isWhitespace } == whole.content?.filter { !$0.isWhitespace })
        let ended = try #require(chunks.last { !($0["choices"]?.list.isEmpty ?? true) })
        #expect(ended["choices"]?[0]?["finish_reason"]?.text == "stop")
        let annotation = ended["choices"]?[0]?["delta"]?["annotations"]?[0]?["url_citation"]
        #expect(
            slice(text, from: annotation?["start_index"]?.number, to: annotation?["end_index"]?.number)
                .wholeMatch(of: /\[\d+\]/) != nil)
        let usage = try #require(chunks.last)
        #expect(usage["choices"]?.list.isEmpty == true)
        #expect(usage["usage"]?["completion_tokens"]?.number == 2)
        #expect(chunks.dropLast().allSatisfy { $0["usage"] == .null })
        let again = try await fixture.respond(
            .post, Self.path,
            json: asking("When do deploys happen?", of: "question-answering", #", "stream": true"#))
        #expect(try await again.frames().last == "data: [DONE]\n\n")
        let unasked = try await fixture.respond(
            .post, Self.path,
            json: asking("When do deploys happen?", of: "question-answering", #", "stream": true"#)
        ).frameData()
        #expect(!unasked.isEmpty && unasked.allSatisfy { !$0.keys.contains("usage") })
    }

    @Test func `give a flow's memory what the client says was said, and keep nothing`() async throws {
        let fixture = try await ServerFixture()
        try await fixture.keep(TestFlow.memory, at: "memory")
        let body = """
            {"model": "memory", "messages": [
              {"role": "system", "content": "Be brief."}, {"role": "user", "content": [
                {"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
              {"role": "assistant", "content": "three"}, {"role": "user", "content": "now"}]}
            """
        for _ in 1...2 {
            let answer = try await fixture.post(Self.path, body)
            #expect(answer.content == "Before: system: Be brief.\nuser: one\ntwo\nassistant: three")
        }
        let kept = try await fixture.respond(.get, "/v1/conversations").json
        #expect(kept["conversations"]?.list.isEmpty == true)
    }

    @Test func `make a follow-up stand alone from the messages before it`() async throws {
        let fixture = try await ServerFixture()
        let reader = Reader([])
        let caller = FlowCaller(
            owner: Owner(reader), reader: reader, scope: fixture.corpus.scope(for: reader), requestID: "test",
            timeLimit: .seconds(30))
        func isJoined(_ history: [ChatMessage]) async throws -> Bool {
            let request = FlowRequest(
                ChatMessage("How long does it last?"), history: history, isKept: false)
            let response = try await fixture.flows.service.run(
                request, of: QuestionAnswering.defaultFlow, as: caller)
            return response.steps.contains { $0.type == "CondenseQuestion" && $0.notes["joined"] == 1 }
        }
        let before = [
            ChatMessage("How do I rotate the certificate?"),
            ChatMessage("Rotate the certificate with vault renew.", role: .assistant),
        ]
        #expect(try await isJoined(before))
        #expect(try await isJoined([]) == false)
    }

    @Test func `stream what a model writes as it writes it, and end at a stop sequence`() async throws {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        try await fixture.keep(TestFlow.model, at: "model")
        let chunks = try await fixture.respond(
            .post, Self.path, json: asking("Hello", of: "model", #", "stream": true"#)
        ).frameData()
        let pieces = chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.text }
        #expect(pieces == ["", "This is ", "the ", "answer."])
        let stopped = try await fixture.respond(
            .post, Self.path, json: asking("Hello", of: "model", #", "stream": true, "stop": "the a""#)
        ).frameData()
        #expect(stopped.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.text }.joined() == "This is ")
        #expect(stopped.last?["choices"]?[0]?["finish_reason"]?.text == "stop")
        let whole = try await fixture.post(Self.path, asking("Hello", of: "model", #", "stop": ["the a"]"#))
        #expect(whole.content == "This is ")
    }

    @Test func `keep apart what an agent says before it calls a tool`() async throws {
        let fixture = try await ServerFixture(generator: WritingGenerator())
        try await fixture.keep(TestFlow.agent, at: "agent")
        let chunks = try await fixture.respond(
            .post, Self.path, json: asking("Six times seven?", of: "agent", #", "stream": true"#)
        ).frameData()
        let text = chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.text }.joined()
        #expect(text == "Let me see.\n\nThis is the answer.")
        let whole = try await fixture.post(Self.path, asking("Six times seven?", of: "agent"))
        #expect(whole.content == "This is the answer.")
    }

    @Test func `tell in OpenAI's form that there is no such model`() async throws {
        let response = try await ServerFixture().respond(.post, Self.path, json: asking("Hi", of: "none"))
        #expect(response.status == .notFound)
        let error = try response.json["error"]
        #expect(error?["code"]?.text == "model_not_found")
        #expect(error?["param"]?.text == "model")
        #expect(error?["type"]?.text == "invalid_request_error")
    }

    @Test(arguments: [
        (#""messages": []"#, "messages"),
        (#""messages": [{"role": "robot", "content": "x"}]"#, "messages[0].role"),
        (#""messages": [{"role": "assistant", "content": "x"}]"#, "messages"),
        (
            #""messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]"#,
            "messages[0].content[0].type"
        ),
        (#""messages": [{"role": "user", "content": "x"}], "n": 2"#, "n"),
        (#""messages": [{"role": "user", "content": "x"}], "temperature": 3"#, "temperature"),
        (#""messages": [{"role": "user", "content": "x"}], "stop": ["a", ""]"#, "stop"),
        (
            #""messages": [{"role": "user", "content": "x"}], "stop": "\#(String(repeating: "x", count: 65))""#,
            "stop"
        ),
        (#""messages": [{"role": "user", "content": "x"}], "tool_choice": "required""#, "tool_choice"),
        (
            #""messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json_object"}"#,
            "response_format"
        ),
        (#""messages": [{"role": "user", "content": "x"}], "stream": "yes""#, "stream"),
    ])
    func `refuse a wrong field by its name`(fields: String, name: String) async throws {
        let response = try await ServerFixture().respond(
            .post, Self.path, json: #"{"model": "question-answering", \#(fields)}"#)
        #expect(response.status == .badRequest)
        #expect(try response.json["error"]?["param"]?.text == name)
        #expect(response.headers[try #require(HTTPField.Name("x-should-retry"))] == "false")
    }

    @Test func `read no page that the caller may not read`() async throws {
        let fixture = try await ServerFixture()
        let hidden = try await fixture.post(Self.path, asking("When are salary bands reviewed?"))
        #expect(ServerFixture.secrets.allSatisfy { hidden.content?.contains($0) != true })
        let shown = try await fixture.post(
            Self.path, asking("When are salary bands reviewed?"), headers: .principals("group:hr"))
        #expect(shown.content?.contains("Salary bands") == true)
    }
}
