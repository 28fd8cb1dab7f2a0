import Foundation
import Models
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Refusals of servers of OpenAI's interface` {
    private func error(
        _ answer: OpenAIReplay.Answer, headers: [(name: String, value: String)] = [], streamed: Bool = false
    ) async throws -> OpenAIError? {
        if streamed {
            let replay = try OpenAIReplay("chat/completions", [answer], headers: headers)
            let generator = OpenAIGenerator(replay.endpoint, .init(model: "m"))
            return await #expect(throws: OpenAIError.self) {
                try await generator.generate(GenerationRequest(messages: [Message(.user, "Hi.")])).collected()
            }
        }
        let replay = try OpenAIReplay("embeddings", [answer], headers: headers)
        let embedder = try OpenAIEmbedder(replay.endpoint, .init(model: "m", dimension: 2))
        return await #expect(throws: OpenAIError.self) { try await embedder.embed(["a"], purpose: .passage) }
    }

    @Test(arguments: KnownRefusal.all, [false, true])
    func `mean what their code, words or status say`(_ known: KnownRefusal, streamed: Bool) async throws {
        let answer = OpenAIReplay.Answer(
            known.body, status: known.status,
            headers: [("X-Request-Id", "req-7"), ("Content-Type", "application/json")])
        let told = try #require(try await error(answer, streamed: streamed))
        #expect(told.kind == known.kind, "\(told)")
        let details = try #require(told.details)
        #expect(details.operation == (streamed ? "chat/completions" : "embeddings"))
        #expect(details.model == "m")
        #expect(details.status == known.status)
        #expect(details.code == known.code)
        #expect(details.requestID == "req-7")
        #expect(known.message.isEmpty || details.message.contains(known.message))
        #expect("\(told)".contains("req-7"))
        #expect("\(told)".contains(details.message) || details.message.isEmpty)
        #expect(!"\(told)".contains("secret"))
    }

    @Test func `can be retried where waiting helps, and only there`() async throws {
        for known in KnownRefusal.all {
            let told = try #require(try await error(.init(known.body, status: known.status)))
            #expect(
                told.isRetryable == ["rateLimited", "unavailable"].contains(known.kind),
                "\(known.testDescription)")
        }
    }

    @Test func `say how long the server wants to be left alone`() async throws {
        let answer = OpenAIReplay.Answer("{}", status: 429, headers: [("Retry-After", "90")])
        let told = try #require(try await error(answer))
        guard case .rateLimited(_, retryAfter: .seconds(90)) = told else {
            Issue.record("\(told)")
            return
        }
        #expect("\(told)".contains("90.0 s"))
    }

    /// Places where a server, or what stands before it, may repeat what it was sent.
    static let echoes: [@Sendable (String) -> OpenAIReplay.Answer] = [
        {
            .init(
                #"{"error":{"message":"Incorrect API key provided: \#($0)","code":"invalid_api_key"}}"#,
                status: 401)
        },
        { .init(#"{"error":{"message":"x","code":"\#($0)"}}"#, status: 403) },
        { .init(#"{"error":{"message":"x","type":"no \#($0)"}}"#, status: 400) },
        { .init(#"{"error":"Bearer \#($0) is unknown"}"#, status: 401) },
        { .init(#"{"detail":[{"msg":"Bearer \#($0)"}]}"#, status: 422) },
        { .init(#"{"message":"Bearer \#($0)"}"#, status: 500) },
        { .init("<title>Bearer \($0)</title>", status: 502) },
        { .init("Authorization: Bearer \($0)", status: 400) },
        { .init(String(repeating: "x", count: 290) + $0, status: 400) },
        { .init("no", status: 400, headers: [("x-request-id", $0)]) },
        { .init(#"{"error":{"message":"\#($0)"}}"#) },
        { .init(#"{"data":"\#($0)"}"#) },
        { .init($0) },
        { .init(#"{"error":{"message":"the model's maximum context length, \#($0)"}}"#, status: 413) },
    ]

    @Test(arguments: echoes.indices, [false, true])
    func `never show the key or a header that the server repeats`(echo: Int, streamed: Bool) async throws {
        let header = "tenant-secret-88"
        for secret in [OpenAIReplay.key, header] {
            let told = try #require(
                try await error(
                    Self.echoes[echo](secret), headers: [("X-Tenant", header)], streamed: streamed))
            // Not even its beginning, where a long message is cut off.
            #expect(!told.everything.contains(secret.prefix(8)), "\(told.everything)")
        }
    }

    @Test func `show at most 300 characters of a message, on one line`() async throws {
        let answer = OpenAIReplay.Answer(
            #"{"error":{"message":"first line\nsecond\#(String(repeating: " word", count: 200))"}}"#,
            status: 400)
        let details = try #require(try await error(answer)?.details)
        #expect(details.message.count == 300)
        #expect(details.message.hasPrefix("first line second word"))
    }

    @Test func `read as what is wrong, what was asked, what was said and what to do`() async throws {
        let answer = OpenAIReplay.Answer(
            #"{"error":{"message":"No `x` here","code":"model_not_found"}}"#, status: 404,
            headers: [("x-request-id", "r1")])
        let told = try #require(try await error(answer))
        #expect(
            "\(told)" == """
                The server has no such model (embeddings m, status 404 model_not_found, request id r1): \
                No `x` here. Check its name against the server's list (GET /models below the base URL), or \
                load it there.
                """)
        let bare = try #require(try await error(.init("", status: 403)))
        #expect(
            "\(bare)" == """
                The key may not do this (embeddings m, status 403). Give it the right to, or take a key that may \
                use the model.
                """)
    }
}
