import Foundation
import Models
import TestSupport
import Testing

@testable import millrace

/// Models that settings name: of a folder, or of a hub on loopback.
@Suite(.timeLimit(.minutes(2))) struct `Settings of models` {
    private func services(_ overrides: [String]) throws -> Services {
        Services(try Settings(file: nil, environment: [:], overrides: overrides + ["http.proxy=none"]))
    }

    private func override<Value>(_ path: KeyPath<Keys, Setting<Value>>, _ value: String) -> String {
        "\(Settings.name(path))=\(value)"
    }

    @Test func `a model is named as on the hub, or by a path`() throws {
        #expect(try ModelPlace("BAAI/bge-small-en-v1.5@abc") == .hub(HubModel("BAAI/bge-small-en-v1.5@abc")))
        #expect(try ModelPlace("/models/x") == .folder(URL(fileURLWithPath: "/models/x")))
        for path in ["./x", "../x", "~/x"] {
            guard case .folder = try ModelPlace(path) else {
                Issue.record("\(path) is no path")
                continue
            }
        }
        #expect(throws: ModelsError.self) { try ModelPlace("a b") }
        #expect(throws: ConfigurationError.self) { try services([override(\.embedding.model, "a//b")]) }
        #expect(throws: ConfigurationError.self) { try services([override(\.hub.endpoint, "ftp://x")]) }
    }

    @Test func `a folder's models embed, count and rerank by one setting each`() async throws {
        let services = try services([
            override(\.embedding.model, Fixtures.url("models/bert-cls").path),
            override(\.rerank.model, Fixtures.url("models/bert-cross").path),
        ])
        let embedder = try await services.embedder()
        #expect(embedder.model.name.hasPrefix("bert-cls#"))
        #expect(try await embedder.embed(["noon"], purpose: .query)[0].count == 32)
        let counter = try #require(try await services.tokenCounter() as? any PieceTokenizer)
        #expect(counter.encode("lunch at noon", maxTokens: 9).count == 5)
        let reranker = try #require(try await services.reranker())
        #expect(try await reranker.scores("noon", ["lunch", "ferry"]).count == 2)
        #expect(try await self.services([]).reranker() == nil)
    }

    @Test func `prefixes and pooling of settings come before the folder's`() async throws {
        func name(_ more: [String]) async throws -> String {
            try await services([override(\.embedding.model, Fixtures.url("models/bert-mean").path)] + more)
                .embedder().model.name
        }
        var names: [String] = []
        for more in [
            [], [override(\.embedding.pooling, "cls")], [override(\.embedding.queryPrefix, "query: ")],
            [override(\.embedding.passagePrefix, "passage: ")],
        ] {
            names.append(try await name(more))
        }
        #expect(Set(names).count == 4)
        #expect(try await name([override(\.embedding.pooling, "mean")]) == names[0])
    }

    @Test func `prices are of models by name, each kind in its own form`() throws {
        let settings = try services([
            override(\.embedding.prices, "amazon.titan-embed-text-v2:0=0.02, text-embedding-3-small = 0.03"),
            override(\.rerank.prices, "cohere.rerank-v3-5:0=2,jina=0/0.05"),
            override(\.comprehend.unitPrice, "0.1"),
            override(\.bedrock.guardrailPrices, "topic=0.15, sensitive_information = 0.1"),
        ]).settings
        #expect(
            settings.usePrices
                == UsePrices(
                    embedding: [
                        "amazon.titan-embed-text-v2:0": UsePrice(tokens: 0.02),
                        "text-embedding-3-small": UsePrice(tokens: 0.03),
                    ],
                    rerank: [
                        "cohere.rerank-v3-5:0": UsePrice(units: 2), "jina": UsePrice(tokens: 0.05, units: 0),
                    ], analysis: UsePrice(units: 0.1),
                    guardrail: [.topic: 0.15, .sensitiveInformation: 0.1]))
        let without = try services([]).settings
        #expect(without.usePrices == UsePrices())
        // What is paid for a model does not make its vectors others.
        #expect(settings.embeddingEntries == without.embeddingEntries)
        for wrong in ["m", "m=", "=1", "m=x", "m=-1", "m=1/2"] {
            #expect(throws: ConfigurationError.self, "\(wrong)") {
                try services([override(\.embedding.prices, wrong)])
            }
        }
        for wrong in ["topic", "topics=1", "topic=", "topic=-1", "topic=1/2"] {
            #expect(throws: ConfigurationError.self, "\(wrong)") {
                try services([override(\.bedrock.guardrailPrices, wrong)])
            }
        }
        for wrong in ["m", "m=1/2/3", "m=1/", "m=inf"] {
            #expect(throws: ConfigurationError.self, "\(wrong)") {
                try services([override(\.rerank.prices, wrong)])
            }
        }
    }

    @Test func `models elsewhere tell what they used, by those prices`() async throws {
        let server = try OpenAIServer()
        let services = try services([
            override(\.embedding.provider, "openai"), override(\.rerank.provider, "openai"),
            override(\.openai.url, server.baseURL.absoluteString), override(\.openai.key, server.key),
            override(\.openai.embeddingModel, "m"), override(\.openai.embeddingDimension, "384"),
            override(\.openai.rerankModel, "r"), override(\.embedding.prices, "m=1000000"),
            override(\.rerank.prices, "r=500"),
        ])
        let tally = ModelTally()
        try await ModelTally.$current.withValue(tally) {
            _ = try await services.embedder().embed(["how long"], purpose: .query)
        }
        let embedded = tally.totals
        #expect(embedded.requests == 1 && embedded.tokens > 0)
        #expect(embedded.dollars == Double(embedded.tokens))
        try await ModelTally.$current.withValue(tally) {
            _ = try await services.reranker()?.scores("noon", ["lunch", "ferry"])
        }
        #expect(tally.totals.requests == 2 && tally.totals.tokens > embedded.tokens)
        #expect(tally.totals.dollars == Double(embedded.tokens) + 0.5)
    }

    @Test func `a hub's model is fetched once, and then opened without the hub`() async throws {
        let server = try ChildServer(script: "hub_server.py", arguments: [Fixtures.url("models").path])
        let folder = try TemporaryDirectory()
        let settings = [
            override(\.hub.endpoint, server.url), override(\.hub.directory, folder.url.path),
            override(\.embedding.model, "good/mpnet-mean@v1"),
            override(\.rerank.model, "good/mpnet-cross@v1"),
        ]
        let services = try services(settings)
        await #expect {
            _ = try await services.embedder()
        } throws: { error in
            guard case ModelsError.notFetched("good/mpnet-mean@v1", let reason) = error else { return false }
            return reason.contains("fetch-models")
        }
        let models = try services.hubModels()
        #expect(models.map(\.model.name) == ["good/mpnet-mean@v1", "good/mpnet-cross@v1"])
        let hub = try services.hub()
        for (_, model) in models { _ = try await hub.folder(of: model) }
        server.close()
        let later = try self.services(settings)
        #expect(try await later.embedder().embed(["noon"], purpose: .query)[0].count == 32)
        #expect(try await later.reranker()?.scores("noon", ["lunch"]).count == 1)
        let wrong = String(repeating: "0", count: 64)
        await #expect(throws: ModelsError.self) {
            try await self.services(settings + [override(\.embedding.modelHash, wrong)]).embedder()
        }
    }
}
