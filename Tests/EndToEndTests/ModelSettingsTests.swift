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
