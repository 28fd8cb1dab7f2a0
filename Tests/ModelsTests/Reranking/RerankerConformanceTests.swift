import Models
import TestSupport
import Testing

/// A reranker as the suite makes it.
struct RerankerUnderTest: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var make: @Sendable () throws -> any Reranker

    static let all =
        [
            RerankerUnderTest(testDescription: "embeddings") { EmbeddingReranker(HashingEmbedder()) },
            RerankerUnderTest(testDescription: "Bedrock") {
                BedrockReranker(
                    try AWSDouble().bedrockAgents(),
                    modelARN: "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0")
            },
            RerankerUnderTest(testDescription: "OpenAI") {
                try OpenAIReranker(try OpenAIServer().endpoint(), .init(model: "m"))
            },
        ]
        + ["bert-cross", "xlm-roberta-cross", "mpnet-cross"].map { name in
            RerankerUnderTest(testDescription: name) {
                try CrossEncoderReranker(modelDirectory: Fixtures.url("models/\(name)"), threads: 2)
            }
        }
}

/// What every ``Reranker`` keeps to.
@Suite struct `Every reranker` {
    private let query = "How long does a failover take?"
    private let passages = [
        "Lunch is at noon.", "A failover take: how long does it take? Ten minutes.", "Ferries need tickets.",
    ]

    @Test(arguments: RerankerUnderTest.all)
    func `scores each passage in its place, the one that answers highest`(
        _ tested: RerankerUnderTest
    ) async throws {
        let reranker = try tested.make()
        #expect(!reranker.name.isEmpty)
        let scores = try await reranker.scores(query, passages)
        #expect(scores.count == passages.count)
        #expect(scores.filter { !$0.isFinite }.isEmpty)
        #expect(scores.max() == scores[1])
    }

    @Test(arguments: RerankerUnderTest.all)
    func `judges passages alike in any order and company`(_ tested: RerankerUnderTest) async throws {
        let reranker = try tested.make()
        let scores = try await reranker.scores(query, passages + [passages[1]])
        #expect(scores[1] == scores[3])
        #expect(try await reranker.scores(query, passages.reversed()) == scores.prefix(3).reversed())
    }

    @Test(arguments: RerankerUnderTest.all)
    func `has no scores for no passages`(_ tested: RerankerUnderTest) async throws {
        #expect(try await tested.make().scores(query, []) == [])
    }

    @Test(arguments: RerankerUnderTest.all)
    func `ends with an error when it is cancelled`(_ tested: RerankerUnderTest) async throws {
        let reranker = try tested.make()
        let scoring = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await reranker.scores(query, passages)
        }
        let result = await scoring.result
        #expect(throws: (any Error).self) { try result.get() }
    }
}

@Suite struct `Reranking by embeddings` {
    @Test func `an embedder's failure is the call's`() async {
        let reranker = EmbeddingReranker(HashingEmbedder(failingOn: { $0 == "bad" }))
        await #expect(throws: HashingEmbedder.Refusal.self) {
            try await reranker.scores("q", ["good", "bad"])
        }
    }
}
