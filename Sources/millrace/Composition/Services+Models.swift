import Foundation
import Models
import Text
import Transport

/// The models that run in this process.
extension Services {
    /// Where models come from that are named by the hub's names.
    func hub() throws -> ModelHub {
        ModelHub(
            endpoint: settings[\.hub.endpoint], token: settings[\.hub.token],
            http: RetryingHTTPClient(try plainClient()), root: settings.fetchedModels)
    }

    /// What `embedding.model` and `rerank.model` name of the hub, with its pinned hash.
    func hubModels() throws -> [(setting: String, model: HubModel)] {
        try [
            (Settings.name(\.embedding.model), settings[\.embedding.model], settings[\.embedding.modelHash]),
            (Settings.name(\.rerank.model), settings[\.rerank.model], settings[\.rerank.modelHash]),
        ].compactMap { setting, place, hash in
            guard case .hub(let model)? = place else { return nil }
            return (
                setting,
                try HubModel(repository: model.repository, revision: model.revision, sha256: hash)
            )
        }
    }

    /// The folder of a model that was fetched, or is one; its files are compared with what was fetched.
    private func folder(
        _ place: ModelPlace, hash: String?
    ) throws -> (folder: URL, name: String) {
        switch place {
        case .folder(let folder): return (folder, folder.lastPathComponent)
        case .hub(let model):
            let pinned = try HubModel(
                repository: model.repository, revision: model.revision, sha256: hash)
            return (try ModelHub.fetched(pinned, in: settings.fetchedModels), model.name)
        }
    }

    /// The embedder of `embedding.model`; `nil` if none is named.
    func familyEmbedder() throws -> LocalEmbedder? {
        guard let place = settings[\.embedding.model] else { return nil }
        let (folder, name) = try folder(place, hash: settings[\.embedding.modelHash])
        var embedding = try SentenceEmbedding(folder: folder)
        if let pooling = SentenceEmbedding.Pooling(rawValue: settings[\.embedding.pooling].rawValue) {
            embedding.pooling = pooling
        }
        embedding.queryPrefix = settings[\.embedding.queryPrefix] ?? embedding.queryPrefix
        embedding.passagePrefix = settings[\.embedding.passagePrefix] ?? embedding.passagePrefix
        return try LocalEmbedder(
            folder: folder, name: name, embedding: embedding, threads: settings.embeddingThreads,
            meter: useMeter)
    }

    /// The cross-encoder of `rerank.model`; `nil` if none is named.
    func crossEncoder() throws -> (any Reranker)? {
        guard let place = settings[\.rerank.model] else { return nil }
        let (folder, name) = try folder(place, hash: settings[\.rerank.modelHash])
        return try CrossEncoderReranker(
            modelDirectory: folder, name: name, maxTokens: settings[\.rerank.maxTokens],
            threads: settings.embeddingThreads, meter: useMeter)
    }
}

extension Settings {
    /// The folder of models that were fetched from the hub.
    var fetchedModels: URL {
        if let folder = self[\.hub.directory] {
            return URL(fileURLWithPath: (folder as NSString).expandingTildeInPath)
        }
        let environment = ProcessInfo.processInfo.environment
        let cache =
            environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
        return cache.appendingPathComponent("millrace/models")
    }
}
