import Foundation
import Models
import TestSupport
import Testing
import Transport

@Suite struct `Reranking through Bedrock` {
    private let server: AWSDouble
    private let arn = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"

    init() throws {
        server = try AWSDouble()
    }

    @Test func `its name is the model's`() throws {
        let reranker = BedrockReranker(try server.bedrockAgents(), modelARN: arn)
        #expect(reranker.name == "cohere.rerank-v3-5:0")
    }

    @Test func `an empty passage is refused with its place before any call`() async throws {
        let reranker = BedrockReranker(try server.bedrockAgents(), modelARN: arn, name: "Cohere")
        await #expect(throws: ModelsError.emptyText(model: "Cohere", offset: 1)) {
            try await reranker.scores("q", ["a", " \n"])
        }
        #expect(try await server.requests().isEmpty)
    }

    @Test func `the end of a text that is too long is left out`() async throws {
        let reranker = BedrockReranker(try server.bedrockAgents(), modelARN: arn)
        let long = String(repeating: "e\u{301} ", count: 11_000)
        #expect(try await reranker.scores(long, [long, "a"]).count == 2)
    }

    @Test func `throttling is told as what a retry can mend`() async throws {
        try await server.fail("throttle")
        let reranker = BedrockReranker(try server.bedrockAgents(), modelARN: arn)
        let error = await #expect(throws: BedrockError.self) { try await reranker.scores("q", ["a"]) }
        #expect(error?.isRetryable == true)
    }

    @Test func `an answer that leaves a passage out is refused with both numbers`() async throws {
        let url = "https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank"
        let answer = #"{"results":[{"index":0,"relevanceScore":0.5},{"index":7,"relevanceScore":0.4}]}"#
        let replay = ReplayHTTPClient([.init(method: "POST", url: url, body: Data(answer.utf8))])
        let runtime = try BedrockAgentRuntime(
            region: "us-east-1", credentials: StaticCredentials(server.credentials), http: replay)
        let reranker = BedrockReranker(runtime, modelARN: arn, name: "Cohere")
        await #expect(throws: ModelsError.wrongCount(model: "Cohere", expected: 2, actual: 1)) {
            try await reranker.scores("q", ["a", "b"])
        }
    }
}
