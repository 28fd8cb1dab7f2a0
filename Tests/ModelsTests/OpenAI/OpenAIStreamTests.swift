import Concurrency
import Foundation
import JSONValue
import Models
import TestSupport
import Testing
import Transport

/// Streams as servers write them that the double is not.
@Suite(.timeLimit(.minutes(2))) struct `Streams of servers like OpenAI's` {
    private static let finish = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#

    private func events(
        _ answer: OpenAIReplay.Answer, _ request: GenerationRequest? = nil,
        change: (inout OpenAIGenerator.Configuration) -> Void = { _ in }
    ) async throws -> [GenerationEvent] {
        var configuration = OpenAIGenerator.Configuration(model: "m")
        change(&configuration)
        let replay = try OpenAIReplay("chat/completions", [answer])
        return try await OpenAIGenerator(replay.endpoint, configuration).generate(
            request ?? GenerationRequest(messages: [Message(.user, "Hi.")])
        ).collected()
    }

    private func delta(_ delta: String) -> String { #"{"choices":[{"index":0,"delta":\#(delta)}]}"# }

    private func error(_ answer: OpenAIReplay.Answer) async -> OpenAIError? {
        await #expect(throws: OpenAIError.self) { try await events(answer) }
    }

    // MARK: The end

    @Test(arguments: [
        ("stop", StopReason.complete), ("length", .maxTokens), ("content_filter", .filtered),
        ("eos_token", .complete),
        ("max_tokens", .maxTokens), ("end_turn", .complete),
    ])
    func `end for the reason that they tell`(reason: String, expected: StopReason) async throws {
        let told = try await events(
            .events(
                delta(#"{"content":"a"}"#),
                #"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#, "[DONE]"))
        #expect(told == [.text("a"), .finished(expected)])
    }

    @Test func `are whole with a reason or with [DONE], whichever comes`() async throws {
        let text = delta(#"{"content":"a"}"#)
        let whole: [GenerationEvent] = [.text("a"), .finished(.complete)]
        #expect(try await events(.events(text, Self.finish)) == whole)
        #expect(try await events(.events(text, "[DONE]")) == whole)
        #expect(try await events(.events(text, Self.finish, "[DONE]", "what follows is not read")) == whole)
    }

    @Test(arguments: [
        [], ["[DONE]"], [#"{"choices":[{"index":0,"delta":{"content":"a"}}]}"#],
        [#"{"choices":[]}"#, "[DONE]"],
        [#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}"#],
        [#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"abort"}]}"#],
    ])
    func `are broken without either`(data: [String]) async throws {
        let text = data.map { "data: \($0)\n\n" }.joined()
        guard case .brokenStream = await error(.init(text)) else {
            Issue.record("\(data)")
            return
        }
    }

    @Test func `are whole although the connection breaks behind their end, and only then`() async throws {
        let text = delta(#"{"content":"a"}"#)
        let whole: [GenerationEvent] = [.text("a"), .finished(.complete)]
        func events(_ data: String..., failure: TransportError) async throws -> [GenerationEvent] {
            let client = BreakingHTTPClient(
                pieces: data.map { Data("data: \($0)\n\n".utf8) }, failure: failure)
            let base = try #require(URL(string: OpenAIReplay.base))
            return try await OpenAIGenerator(OpenAIEndpoint(base, http: client), .init(model: "m")).generate(
                GenerationRequest(messages: [Message(.user, "Hi.")])
            ).collected()
        }
        let failure = TransportError.protocolError(host: "models.example", reason: "reset")
        #expect(try await events(text, Self.finish, failure: failure) == whole)
        for (data, failure) in [([text], failure), ([text, Self.finish], .cancelled)] {
            await #expect(throws: OpenAIError.transport(failure, operation: "chat/completions", model: "m")) {
                try await events(data[0], data.count > 1 ? data[1] : "", failure: failure)
            }
        }
    }

    @Test(arguments: [
        (#"{"error":{"message":"later","code":429}}"#, "rateLimited"),
        (#"{"error":"out of memory"}"#, "unavailable"),
        (#"{"object":"error","message":"no more","type":"InternalServerError","code":500}"#, "unavailable"),
        (#"{"error":{"message":"used up","type":"insufficient_quota"}}"#, "quotaExceeded"),
        (#"{"choices":[{"finish_reason":"error","error":{"message":"gone","code":502}}]}"#, "unavailable"),
        (
            #"{"choices":[],"error":{"message":"maximum context length is 5 tokens","code":400}}"#,
            "contextTooLong"
        ),
    ])
    func `that tell of a failure end with it`(data: String, kind: String) async throws {
        let told = try #require(await error(.events(delta(#"{"content":"a"}"#), data)))
        #expect(told.kind.hasPrefix(kind), "\(told)")
        #expect(told.details?.status == 200)
    }

    @Test func `that tell of a failure in an event of that name end with it`() async throws {
        let told = try #require(await error(.init("event: error\ndata: {\"message\":\"sorry\"}\n\n")))
        #expect(told.details?.message == "sorry")
        #expect(told.isRetryable)
    }

    @Test(arguments: [
        "nonsense", #"{"choices":7}"#, #"{"choices":[{"delta":{"content":"a"}"#, "[]", "<html>",
    ])
    func `of events that are no chunks are refused`(data: String) async throws {
        guard case .unexpectedResponse = await error(.events(data, Self.finish)) else {
            Issue.record("\(data)")
            return
        }
    }

    @Test func `of an endless event are refused`() async throws {
        let long = OpenAIReplay.Answer("data: \(String(repeating: "x", count: 9 << 20))")
        guard case .unexpectedResponse(let details) = await error(long) else {
            Issue.record("it was taken")
            return
        }
        #expect(details.message.contains("8388608 bytes"))
    }

    // MARK: Usage

    @Test(arguments: [
        (#"{"prompt_tokens":9,"completion_tokens":2}"#, TokenUsage(inputTokens: 9, outputTokens: 2)),
        (
            #"{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}"#,
            TokenUsage(inputTokens: 5, outputTokens: 2, cacheReadTokens: 4)
        ),
        (
            #"{"prompt_tokens":9,"completion_tokens":2,"prompt_cache_hit_tokens":9}"#,
            TokenUsage(inputTokens: 0, outputTokens: 2, cacheReadTokens: 9)
        ),
        (
            #"{"prompt_tokens":9,"completion_tokens":null,"prompt_tokens_details":{"cached_tokens":90}}"#,
            TokenUsage(inputTokens: 0, outputTokens: 0, cacheReadTokens: 9)
        ),
        (#"{"total_tokens":9}"#, nil), ("null", nil),
    ])
    func `count tokens behind their end, with or without choices`(usage: String, expected: TokenUsage?)
        async throws
    {
        for choices in ["[]", "null", #"[{"index":0,"delta":{}}]"#] {
            let told = try await events(
                .events(
                    #"{"choices":[{"delta":{"content":"a"}}],"usage":null}"#, Self.finish,
                    #"{"choices":\#(choices),"usage":\#(usage)}"#, "[DONE]"))
            #expect(told.usage == expected)
            #expect(told.last == .finished(.complete))
        }
    }

    @Test func `that count on the way tell the last count`() async throws {
        let told = try await events(
            .events(
                #"{"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}"#,
                #"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}"#,
                "[DONE]"))
        #expect(told.usage == TokenUsage(inputTokens: 9, outputTokens: 2))
        #expect(told.count == 3)
    }

    // MARK: Thoughts

    @Test func `tell thoughts in whichever field the server has for them`() async throws {
        for field in ["reasoning_content", "reasoning"] {
            let told = try await events(
                .events(
                    delta(#"{"\#(field)":"\nI "}"#), delta(#"{"\#(field)":"think."}"#),
                    delta(#"{"content":"a"}"#),
                    Self.finish))
            #expect(told == [.reasoning(Reasoning(text: "I think.")), .text("a"), .finished(.complete)])
        }
        let both = try await events(
            .events(delta(#"{"reasoning_content":"x","reasoning":"x","content":null}"#), Self.finish))
        #expect(both.thoughts == ["x"])
        let parts = try await events(
            .events(
                delta(#"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"x"}]}]}"#),
                delta(#"{"content":[{"type":"text","text":"a"}]}"#), Self.finish))
        #expect(parts == [.reasoning(Reasoning(text: "x")), .text("a"), .finished(.complete)])
    }

    @Test func `that begin within a thought answer behind it`() async throws {
        let stream = OpenAIReplay.Answer.events(
            delta(#"{"content":"Hm. </th"}"#), delta(#"{"content":"ink>\n\na </think>"}"#), Self.finish)
        let told = try await events(stream) { $0.beginsInThought = true }
        #expect(told == [.reasoning(Reasoning(text: "Hm.")), .text("a </think>"), .finished(.complete)])
        #expect(try await events(stream).text == "Hm. </think>\n\na </think>")
    }

    @Test func `of endless thoughts are refused`() async throws {
        let piece = delta(#"{"reasoning":"\#(String(repeating: "x", count: 600_000))"}"#)
        guard case .unexpectedResponse = await error(.events(piece, piece, Self.finish)) else {
            Issue.record("it was taken")
            return
        }
    }

    @Test func `that end for a stop sequence say so where the server tells`() async throws {
        let request = GenerationRequest(messages: [Message(.user, "Hi.")], stopSequences: ["END"])
        for (stop, expected) in [
            (#""END""#, StopReason.stopSequence), (#""<eos>""#, .complete), ("128009", .complete),
        ] {
            let chunk =
                #"{"choices":[{"delta":{"content":"a"},"finish_reason":"stop","stop_reason":\#(stop)}]}"#
            #expect(try await events(.events(chunk), request) == [.text("a"), .finished(expected)])
        }
    }

    // MARK: No stream

    @Test func `that a server does not write are read as its whole answer`() async throws {
        let json = [(name: "Content-Type", value: "application/json")]
        let told = try await events(
            .init(
                #"{"object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"<think>x</think>a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#,
                headers: json))
        #expect(
            told == [
                .reasoning(Reasoning(text: "x")), .text("a"),
                .toolCall(ToolCall(id: "c", name: "f", arguments: [:])),
                .usage(TokenUsage(inputTokens: 1, outputTokens: 2)), .finished(.toolCalls),
            ])
        for body in ["{}", "[]", #"{"status":"ok"}"#, "<html>", "", String(repeating: " ", count: 9 << 20)] {
            guard case .unexpectedResponse = await error(.init(body, headers: json)) else {
                Issue.record("\(body.prefix(20))")
                return
            }
        }
    }
}

/// A body that breaks off behind its last piece.
private struct BreakingHTTPClient: HTTPClient {
    var pieces: [Data]
    var failure: TransportError

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse { throw failure }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        HTTPStreamedResponse(
            head: HTTPResponseHead(status: 200, headers: []),
            body: PulledSequence { [pieces, failure] in
                var rest = pieces.makeIterator()
                return {
                    guard let piece = rest.next() else { throw failure }
                    return piece
                }
            })
    }
}
