import AWSServices
import Foundation
import TestSupport
import Testing
import Transport

@testable import Models

@Suite(.timeLimit(.minutes(2))) struct `What providers tell of their use` {
    private let uses = NotedUses()

    private func bedrock(_ answer: String, headers: [(name: String, value: String)]) throws -> BedrockRuntime
    {
        let url =
            "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke"
        let replay = ReplayHTTPClient([
            .init(method: "POST", url: url, headers: headers, body: Data(answer.utf8))
        ])
        return try BedrockRuntime(
            region: "us-east-1",
            credentials: StaticCredentials(AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "s")),
            http: replay)
    }

    // MARK: Bedrock

    @Test(arguments: [
        ("amazon.titan-embed-text-v1", 3), ("amazon.titan-embed-text-v2:0", 3),
        ("cohere.embed-english-v3", 1), ("eu.cohere.embed-v4:0", 1),
        ("amazon.nova-2-multimodal-embeddings-v1:0", 3),
    ])
    func `of embeddings by Bedrock are its tokens, one answer for each call`(model: String, calls: Int)
        async throws
    {
        let double = try AWSDouble()
        let embedder = try BedrockEmbedder(
            try double.bedrock(), .init(modelID: model, maxConcurrency: 1), meter: uses)
        _ = try await embedder.embed(["one two", "three", "four five six"], purpose: .passage)
        // The double counts words.
        #expect(uses.all.count == calls)
        #expect(uses.tokens == 6)
        #expect(uses.all.allSatisfy { $0.model == model && $0.purpose == .passage && $0.requests == 1 })
        _ = try await embedder.embed(["what is it"], purpose: .query)
        #expect(uses.all.last == ModelUse(model: model, purpose: .question, tokens: 3))
    }

    @Test func `of Titan stand in its answer, where no header tells them`() async throws {
        let vector = Array(repeating: "0.0625", count: 256).joined(separator: ",")
        let answer = #"{"embedding":[\#(vector)],"inputTextTokenCount":7}"#
        func embed(_ headers: [(name: String, value: String)]) async throws {
            let embedder = try BedrockEmbedder(
                try bedrock(answer, headers: headers), .init(dimension: 256), meter: uses)
            _ = try await embedder.embed(["a"], purpose: .query)
        }
        try await embed([])
        try await embed([(name: "X-Amzn-Bedrock-Input-Token-Count", value: "9")])
        #expect(uses.all.map(\.tokens) == [7, 9])
    }

    @Test func `of a call that failed are nothing`() async throws {
        let double = try AWSDouble()
        let embedder = try BedrockEmbedder(
            try double.bedrock(), .init(modelID: "disabled.model-v1:0", family: .titanV2), meter: uses)
        await #expect(throws: BedrockError.self) { try await embedder.embed(["a"], purpose: .query) }
        #expect(uses.all.isEmpty)
    }

    @Test func `of reranking by Bedrock are searches of up to 100 passages`() async throws {
        let double = try AWSDouble()
        let arn = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
        let reranker = BedrockReranker(try double.bedrockAgents(), modelARN: arn, meter: uses)
        for count in [1, 100, 101, 350] {
            _ = try await reranker.scores("q", (0..<count).map { "passage \($0)" })
        }
        #expect(uses.all.map(\.units) == [1, 1, 2, 4])
        #expect(uses.all.allSatisfy { $0.model == "cohere.rerank-v3-5:0" && $0.purpose == .rerank })
        #expect(uses.tokens == 0)
    }

    // MARK: OpenAI's interface

    @Test func `of embeddings through OpenAI's interface are its prompt's tokens`() async throws {
        let server = try OpenAIServer()
        var configuration = OpenAIEmbedder.Configuration(model: "m", dimension: 384)
        configuration.textsPerCall = 2
        configuration.maxConcurrency = 1
        let embedder = try OpenAIEmbedder(try server.endpoint(), configuration, meter: uses)
        _ = try await embedder.embed(["one two", "three", "four"], purpose: .passage)
        #expect(uses.all.count == 2)
        #expect(uses.tokens > 0)
        #expect(uses.all.allSatisfy { $0.model == "m" && $0.purpose == .passage })
    }

    @Test(arguments: [
        (#""usage":{"prompt_tokens":5,"total_tokens":5}"#, 5), (#""usage":{"total_tokens":6}"#, 6),
        (#""usage":null"#, 0), (#""usage":"many""#, 0), (#""usage":{"prompt_tokens":"5"}"#, 0),
        (#""model":"m""#, 0),
    ])
    func `may be missing or strange beside embeddings that are sound`(told: String, tokens: Int) async throws
    {
        let replay = try OpenAIReplay(
            "embeddings", [.init(#"{"data":[{"index":0,"embedding":[0.6,0.8]}],\#(told)}"#)])
        let embedder = try OpenAIEmbedder(replay.endpoint, .init(model: "m", dimension: 2), meter: uses)
        #expect(try await embedder.embed(["a"], purpose: .query).map(\.count) == [2])
        #expect(uses.all == [ModelUse(model: "m", purpose: .question, tokens: tokens)])
    }

    /// By Cohere, LiteLLM, vLLM or Jina, llama.cpp or Infinity, servers that tell nothing, and by TEI.
    @Test(arguments: [
        (#"{"results":R,"meta":{"billed_units":{"search_units":3.0}}}"#, 0, 3),
        (#"{"results":R,"meta":{"billed_units":{"total_tokens":8},"tokens":{"input_tokens":9}}}"#, 8, 1),
        (#"{"results":R,"meta":{"tokens":{"input_tokens":9}}}"#, 9, 1),
        (#"{"results":R,"usage":{"total_tokens":56}}"#, 56, 1),
        (#"{"results":R,"usage":{"prompt_tokens":11,"total_tokens":12}}"#, 11, 1),
        (#"{"results":R,"meta":null,"usage":[]}"#, 0, 1), (#"{"results":R,"meta":"x"}"#, 0, 1),
        ("R", 0, 1),
    ])
    func `of reranking are tokens, searches or nothing, and never in the way of the scores`(
        answer: String, tokens: Int, searches: Int
    ) async throws {
        let results = #"[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]"#
        let replay = try OpenAIReplay(
            "rerank", [.init(answer.replacingOccurrences(of: "R", with: results))])
        let reranker = try OpenAIReranker(replay.endpoint, .init(model: "m"), meter: uses)
        #expect(try await reranker.scores("q", ["a", "b"]) == [0.1, 0.9])
        #expect(uses.all == [ModelUse(model: "m", purpose: .rerank, tokens: tokens, units: searches)])
    }

    // MARK: SageMaker, Comprehend and Kendra

    @Test func `of SageMaker are requests alone`() async throws {
        let endpoints = try SageMakerEndpoints()
        let reranker = try SageMakerReranker(
            try await endpoints.runtime(),
            .init(call: SageMakerCall(endpoint: "tei-rerank"), form: try SageMakerRerankForm(request: "tei")),
            meter: uses)
        _ = try await reranker.scores("q", ["a", "b"])
        #expect(uses.all == [ModelUse(model: "tei-rerank", purpose: .rerank, units: 1)])
    }

    @Test func `of Comprehend are units of 100 characters, three a text at least`() async throws {
        let double = try AWSDouble()
        let analyzer = ComprehendAnalyzer(
            try Comprehend(try await double.account()), settings: .init(kinds: [.language, .sentiment]),
            meter: uses)
        let long = String(repeating: "The end of the line. ", count: 20)
        #expect(long.count == 420)
        _ = try await analyzer.insights(of: ["The end of the line", "", long])
        // Once for the languages and once for the sentiment.
        #expect(uses.all.map(\.units) == [8, 8])
        #expect(uses.all.allSatisfy { $0.model == "comprehend" && $0.purpose == .analysis })
    }

    @Test func `of Kendra are searches that cost nothing by themselves`() async throws {
        let double = try AWSDouble()
        let retriever = KendraRetriever(
            try Kendra(try await double.account()), indexID: ExternalRetrieverUnderTest.index, meter: uses)
        _ = try await retriever.retrieve(ExternalQuery("a", limit: 5, caller: .anonymous))
        #expect(uses.all == [ModelUse(model: "kendra", purpose: .search)])
        #expect(UsePrices().cost(of: uses.all[0]) == nil)
    }
}

@Suite struct `Prices of use` {
    private let prices = UsePrices(
        embedding: ["amazon.titan-embed-text-v2:0": UsePrice(tokens: 0.02)],
        rerank: ["cohere.rerank-v3-5:0": UsePrice(units: 2), "jina": UsePrice(tokens: 0.05)],
        analysis: UsePrice(units: 0.1))

    @Test func `are for a million tokens and for a thousand searches or units`() {
        let titan = ModelUse(model: "amazon.titan-embed-text-v2:0", purpose: .passage, tokens: 3_000_000)
        #expect(prices.cost(of: titan) == 0.06)
        let search = ModelUse(model: "cohere.rerank-v3-5:0", purpose: .rerank, units: 500)
        #expect(prices.cost(of: search) == 1)
        #expect(
            prices.cost(of: ModelUse(model: "jina", purpose: .rerank, tokens: 2_000_000, units: 9)) == 0.1)
        #expect(prices.cost(of: ModelUse(model: "comprehend", purpose: .analysis, units: 1_000)) == 0.1)
    }

    @Test func `are found by the end of an ARN, and not by what another purpose costs`() {
        let arn = "arn:aws:bedrock:eu-west-1::foundation-model/amazon.titan-embed-text-v2:0"
        #expect(prices.cost(of: ModelUse(model: arn, purpose: .question, tokens: 1_000_000)) == 0.02)
        #expect(prices.cost(of: ModelUse(model: "jina", purpose: .question, tokens: 1)) == nil)
        #expect(prices.cost(of: ModelUse(model: "other", purpose: .rerank, units: 1)) == nil)
    }

    @Test func `take no word of a provider beyond reason`() {
        let use = ModelUse(model: "m", purpose: .rerank, requests: -1, tokens: .max, units: -3).believed
        #expect(use == ModelUse(model: "m", purpose: .rerank, requests: 0, tokens: 1 << 32, units: 0))
    }
}

@Suite struct `A tally of use` {
    @Test func `sums up what the tasks of its work use, and adds to the one around it`() async {
        let (outer, before) = (ModelTally(), ModelTally.current == nil)
        #expect(before)
        await ModelTally.$current.withValue(outer) {
            let inner = ModelTally()
            await ModelTally.$current.withValue(inner) {
                await withTaskGroup(of: Void.self) { group in
                    for _ in 0..<10 {
                        group.addTask {
                            ModelTally.current?.add(
                                ModelUse(model: "m", purpose: .passage, tokens: 3), dollars: 0.5)
                        }
                    }
                }
            }
            #expect(inner.totals.tokens == 30 && inner.totals.dollars == 5 && inner.totals.requests == 10)
        }
        #expect(outer.totals.tokens == 30 && outer.totals.dollars == 5)
        let unpriced = ModelTally()
        unpriced.add(ModelUse(model: "m", purpose: .passage, tokens: 3), dollars: nil)
        #expect(unpriced.totals.dollars == nil)
    }
}
