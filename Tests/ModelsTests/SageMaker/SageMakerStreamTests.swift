import AWSServices
import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Streamed answers of SageMaker` {
    private let endpoints: SageMakerEndpoints

    init() throws {
        endpoints = try SageMakerEndpoints()
    }

    private func events(
        _ lines: String, request: String = "tgi", stream: String? = nil, stops: [String] = [],
        partSize: Int = 7, prefix: Int = .max
    ) async throws -> [GenerationEvent] {
        let http = SageMakerEndpoints.streaming(lines.utf8.prefix(prefix), partSize: partSize)
        let generator = SageMakerGenerator(
            try await endpoints.runtime(http: http),
            .init(
                call: SageMakerCall(endpoint: "e"),
                form: try SageMakerAnswerForm(request: request, stream: stream)))
        let request = GenerationRequest(messages: [Message(.user, "Hello.")], stopSequences: stops)
        var events: [GenerationEvent] = []
        for try await event in generator.generate(request) { events.append(event) }
        return events
    }

    private func text(_ events: [GenerationEvent]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    private func tgi(_ finish: String, last: String = "</s>", special: Bool = true) -> String {
        """
        data:{"index":1,"token":{"id":1,"text":"Ä 😀","logprob":-0.5,"special":false},"generated_text":null,\
        "details":null}

        data:{"index":2,"token":{"id":2,"text":" b","special":false},"generated_text":null,"details":null}

        data:{"index":3,"token":{"id":3,"text":"\(last)","special":\(special)},"generated_text":"Ä 😀 b",\
        "details":{"finish_reason":"\(finish)","generated_tokens":3}}


        """
    }

    private let chat = #"""
        data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"content":"Ä 😀"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{"content":" b"},"finish_reason":null}]}

        data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}

        data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2}}

        data: [DONE]


        """#

    @Test(arguments: [
        ("eos_token", StopReason.complete), ("length", .maxTokens), ("stop_sequence", .stopSequence),
    ])
    func `end as TGI says, without its own marks`(finish: String, reason: StopReason) async throws {
        for partSize in [1, 3, 10_000] {
            let events = try await events(tgi(finish), partSize: partSize)
            #expect(events == [.text("Ä 😀"), .text(" b"), .finished(reason)])
        }
    }

    @Test func `end as a chat says, with its usage`() async throws {
        #expect(
            try await events(chat, request: "chat") == [
                .text("Ä 😀"), .text(" b"), .usage(TokenUsage(inputTokens: 7, outputTokens: 2)),
                .finished(.maxTokens),
            ])
    }

    @Test func `that a filter withheld have no text`() async throws {
        let lines =
            "data: {\"choices\": [{\"delta\": {}, \"finish_reason\": \"content_filter\"}], \"error\": null}"
        #expect(try await events(lines, request: "chat") == [.finished(.filtered)])
    }

    @Test func `are lines of JSON as well`() async throws {
        let lines = "{\"outputs\": [\"a\"]}\n{\"outputs\": [\" b\"]}\n{\"outputs\": [\" c\"]}"
        let events = try await events(
            lines, request: #"{"p": "{{prompt}}"}"#, stream: "outputs[0]", partSize: 4)
        #expect(events == [.text("a"), .text(" b"), .text(" c"), .finished(.complete)])
    }

    @Test func `that are cut off anywhere are errors`() async throws {
        for (lines, request, end) in [(tgi("length"), "tgi", "length\""), (chat, "chat", "length\"")] {
            let bytes = Array(lines.utf8)
            let told = try #require(lines.firstRange(of: end)).upperBound
            // The line that tells the end is the first that makes the answer whole.
            let whole = lines[told...].utf8.firstIndex(of: UInt8(ascii: "\n")).map {
                lines.utf8.distance(from: lines.startIndex, to: $0)
            }
            for prefix in stride(from: 0, to: bytes.count, by: 3) where prefix < whole ?? 0 {
                let error = await #expect(throws: SageMakerError.self, "\(request) \(prefix)") {
                    try await events(lines, request: request, partSize: 64, prefix: prefix)
                }
                guard case .brokenStream? = error else {
                    Issue.record("\(request) \(prefix): \(String(describing: error))")
                    continue
                }
                #expect(error?.isRetryable == true)
            }
            #expect(
                try await events(lines, request: request, prefix: whole ?? 0).last == .finished(.maxTokens))
        }
    }

    @Test func `without a word on their end are whole where none is known`() async throws {
        let lines = "data: {\"t\": \"a\"}\n\ndata: {\"t\": \" b\"}"
        let template = #"{"p": "{{prompt}}"}"#
        #expect(text(try await events(lines, request: template, stream: "t")) == "a b")
        for prefix in lines.utf8.count - 3..<lines.utf8.count {
            let error = await #expect(throws: SageMakerError.self) {
                try await events(lines, request: template, stream: "t", prefix: prefix)
            }
            guard case .brokenStream? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test(arguments: [
        (
            #"data:{"error":"Request failed during generation","error_type":"generation"}"#,
            "during generation"
        ),
        (#"data: {"error": {"message": "too long", "code": 400}}"#, "too long"),
        (#"data: {"object": "error", "message": "gone"}"#, "gone"),
        (#"data: {"token": {"text": ""}, "details": {"finish_reason": "error"}}"#, "gave up"),
    ])
    func `that fail on the way are errors in the model's words`(line: String, words: String) async throws {
        let error = await #expect(throws: SageMakerError.self) {
            try await events("data:{\"token\":{\"text\":\"a\"}}\n\n\(line)\n\n")
        }
        #expect(error?.description.contains(words) == true)
    }

    @Test(arguments: [
        ("{\"generated_text\": \"planted\"}\n", "anything at token.text"),
        ("[{\"generated_text\": \"planted\"}]\n", "object at $"),
        ("{\"token\": {\"text\": 7}}\n", "a string at"),
        ("{\"token\": [\"planted\"]}\n", "object at $.token"),
        ("<html>planted</html>\n", "neither JSON"), ("data: [DONE]\n\n", "anything at token.text"),
    ])
    func `of another form are refused, and not shown`(lines: String, words: String) async throws {
        let error = await #expect(throws: SageMakerError.self) {
            try await events(lines, request: SageMakerAnswerForm.Preset.tgi.request, stream: "token.text")
        }
        guard case .unexpectedAnswer(_, let reason, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(words) && !reason.contains("planted"), "\(reason)")
    }

    @Test func `end before a stop sequence, whether the model stops or not`() async throws {
        let stopped = try await events(tgi("stop_sequence", last: "END", special: false), stops: ["END"])
        #expect(text(stopped) == "Ä 😀 b" && stopped.last == .finished(.stopSequence))
        let unstopped = try await events(tgi("length"), stops: ["😀 b"])
        #expect(text(unstopped) == "Ä " && unstopped.last == .finished(.stopSequence))
    }

    @Test func `tell a thought apart from the answer`() async throws {
        let lines = tgi("eos_token").replacing("Ä 😀", with: "<think>So.</think>\\n")
        #expect(
            try await events(lines) == [
                .reasoning(Reasoning(text: "So.")), .text("b"), .finished(.complete),
            ])
    }
}
