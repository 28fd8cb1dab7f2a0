import Foundation
import Models

/// How a family model's tokens become a vector; `folder` for what its own files say.
enum PoolingChoice: String, CaseIterable { case folder, mean, cls }

enum RerankProvider: String, CaseIterable { case local, bedrock, openai, sagemaker }

extension Keys {
    struct Embedding: Sendable {
        let provider = Setting<EmbeddingProvider>(
            "embedding.provider", .local,
            "what embeds: local is all-MiniLM-L6-v2, or another model of a folder")
        let modelDirectory = Setting<String?>(
            "embedding.model_dir",
            "the folder of the local model; empty for the cache that scripts/setup fills")
        let threads = Setting<Int>(
            "embedding.threads", 0, in: 0...256, "threads of the local model; 0 for one a core")
        let model = Setting<ModelPlace?>(
            "embedding.model",
            "another local model: OWNER/NAME@REVISION of the hub, or a folder; empty for all-MiniLM-L6-v2")
        let modelHash = Setting<String?>(
            "embedding.model_sha256", "what `fetch-models` must find of the hub's files; empty for anything")
        let pooling = Setting<PoolingChoice>(
            "embedding.pooling", .folder, "how that model's tokens become a vector; folder as its files say")
        let queryPrefix = Setting<String?>(
            "embedding.query_prefix", "put before questions for that model; empty for what its files say")
        let passagePrefix = Setting<String?>(
            "embedding.passage_prefix", "put before passages for that model; empty for what its files say")
        let prices = Setting<[String: UsePrice]>(
            tokens: "embedding.prices",
            "what a million tokens of a model that embeds cost, in dollars, as MODEL=DOLLARS, …")
    }

    struct Rerank: Sendable {
        let provider = Setting<RerankProvider>(
            "rerank.provider", .local, "what reranks; local does so where rerank.model names a cross-encoder")
        let model = Setting<ModelPlace?>(
            "rerank.model", "a cross-encoder: OWNER/NAME@REVISION of the hub, or a folder; empty for none")
        let modelHash = Setting<String?>(
            "rerank.model_sha256", "what `fetch-models` must find of the hub's files; empty for anything")
        let maxTokens = Setting<Int>(
            "rerank.max_tokens", 512, in: 8...8_192, "tokens of question and passage together")
        let prices = Setting<[String: UsePrice]>(
            searches: "rerank.prices",
            "what a model that reranks costs, as MODEL=SEARCHES or MODEL=SEARCHES/TOKENS, …: dollars a thousand and a million"
        )
    }

    struct Hub: Sendable {
        let endpoint = Setting<String>(
            "hub.endpoint", standard: ModelHub.standardEndpoint, "the model hub’s address"
        ) { text in
            let isAddress = URL(string: text).map { ["http", "https"].contains($0.scheme) && $0.host != nil }
            return Reading(isAddress == true ? text : nil, expected: "an http or https URL is expected")
        }
        let token = Setting<String?>(
            "hub.token", "the hub’s token; better given as MILLRACE_HUB_TOKEN than in a file", isSecret: true)
        let directory = Setting<String?>(
            "hub.model_dir", "the folder of fetched models; empty for “models” in the user’s cache folder")
    }
}

/// Where a model is: on the hub, or in a folder.
enum ModelPlace: Equatable, Sendable {
    case hub(HubModel)
    case folder(URL)

    /// A path begins with `/`, `.` or `~`; anything else is a name.
    init(_ text: String) throws(ModelsError) {
        if let first = text.first, "/.~".contains(first) {
            self = .folder(URL(fileURLWithPath: (text as NSString).expandingTildeInPath))
        } else {
            self = .hub(try HubModel(text))
        }
    }
}

extension Setting where Value == ModelPlace? {
    /// A model; `nil` when it is empty, which it is unless told.
    init(_ key: String, _ meaning: String) {
        self.init(key, standard: "", meaning) { text in
            if text.isEmpty { return .value(nil) }
            guard let place = try? ModelPlace(text) else {
                return .refused(expected: "OWNER/NAME@REVISION, or a folder's path, is expected")
            }
            return .value(place)
        }
    }
}
