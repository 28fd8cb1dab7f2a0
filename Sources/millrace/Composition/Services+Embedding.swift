import Foundation
import Models
import Server
import Text
import Transport

extension Services {
    /// The embedder that the settings name.
    ///
    /// The local model's files are compared with their published hashes first: a vector of a damaged model
    /// looks like any other, and would stay in the index for good.
    func configuredEmbedder() async throws -> any Embedder {
        switch settings[\.embedding.provider] {
        case .local:
            if let embedder = try familyEmbedder() { return embedder }
            let folder = settings.modelFolder
            // Beside the reading of the same files: nothing is embedded before both are done.
            async let isSound: Void = LocalModel.verifyChecksums(
                modelDirectory: folder, sha256: FileHash.sha256)
            let embedder: Result<LocalEmbedder, any Error>
            do {
                embedder = .success(
                    try LocalEmbedder(
                        modelDirectory: folder, tokenizer: try await wordPieces(),
                        threads: settings.embeddingThreads, meter: useMeter))
            } catch {
                embedder = .failure(error)
            }
            // What is wrong with a file says more than what came of reading it.
            try await isSound
            return try embedder.get()
        case .bedrock:
            return try await masked(
                try BedrockEmbedder(try await bedrock(), settings.bedrockEmbedding, meter: useMeter))
        case .openai: return try await masked(try openAIEmbedder())
        case .sagemaker: return try await masked(try await sageMakerEmbedder())
        }
    }

    /// Takes note of what models use that write nothing: of all tenants' together, as they share the models.
    var useMeter: any ModelUseMeter { (root ?? self).runMetrics.meter(settings.usePrices) }

    /// The same, not shown the personal data in questions where the settings say so.
    private func masked(_ embedder: any Embedder) async throws -> any Embedder {
        try await mask(of: .questions).map { MaskedEmbedder(embedder, $0) } ?? embedder
    }

    /// What the vectors are of. It is known before the weights are read where the model is the one that comes with
    /// Millrace, so that indexes are opened beside that.
    func embeddingModel() async throws -> EmbeddingModel {
        if settings[\.embedding.provider] == .local, settings[\.embedding.model] == nil {
            return LocalModel.model
        }
        return try await embedder().model
    }

    /// The tokenizer of the embedding model; those of managed models are not published, so their tokens are estimated.
    func tokenCounter() async throws -> any TokenCounter {
        guard settings[\.embedding.provider] == .local else { return EstimatedTokenCounter() }
        // A family model is opened whole: its tokenizer is checked against its weights.
        if settings[\.embedding.model] != nil, let embedder = try await embedder() as? LocalEmbedder {
            return embedder.tokenizer
        }
        return try await wordPieces()
    }

    /// The tokenizer of the model that comes with Millrace, which its embedder, the reader and each ingest share.
    func wordPieces() async throws -> WordPieceTokenizer {
        try await (root ?? self).wordPiecesPart {
            try WordPieceTokenizer(vocabulary: self.settings.modelFolder.appendingPathComponent("vocab.txt"))
        }
    }
}

extension Settings {
    fileprivate var bedrockEmbedding: BedrockEmbedder.Configuration {
        BedrockEmbedder.Configuration(
            modelID: self[\.bedrock.embeddingModel],
            family: BedrockEmbeddingFamily(rawValue: self[\.bedrock.embeddingFamily].rawValue),
            dimension: self[\.bedrock.embeddingDimension],
            comesInBytes: self[\.bedrock.embeddingEncoding] == .int8,
            maxConcurrency: self[\.bedrock.embeddingConcurrency],
            quota: EmbeddingQuota(
                callsPerMinute: self[\.bedrock.embeddingCalls],
                tokensPerMinute: self[\.bedrock.embeddingTokens]))
    }
}
