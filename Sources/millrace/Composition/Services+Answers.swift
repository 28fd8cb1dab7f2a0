import Models
import Transport

extension Services {
    /// What writes answers.
    func generator(_ embedder: any Embedder) async throws -> any Generator {
        switch settings[\.answers.provider] {
        case .extractive: ExtractiveGenerator(embedder: embedder, reader: try await reader())
        case .bedrock: ConverseGenerator(try await bedrock(), settings.converse)
        case .openai: try openAIGenerator()
        case .sagemaker: try await sageMakerGenerator()
        }
    }

    /// What orders passages once they are found; `nil` for nothing.
    func reranker() async throws -> (any Reranker)? {
        // One for all tenants: it holds a model.
        try await (root ?? self).rerankerPart { try await self.configuredReranker() }
    }

    private func configuredReranker() async throws -> (any Reranker)? {
        switch settings[\.rerank.provider] {
        case .local: try crossEncoder()
        case .bedrock: try await bedrockReranker()
        case .openai: try openAIReranker()
        case .sagemaker: try await sageMakerReranker()
        }
    }

    /// What reads question and passage together; it shares the local embedding model's words.
    private func reader() async throws -> (any PassageReading)? {
        try await (root ?? self).readerPart { try await self.configuredReader() }
    }

    /// Begins to make what answers need, all of it side by side: each part takes its time, and none waits for another.
    ///
    /// Whoever asks for a part later gets the one that is begun here, or its error.
    func beginAnswering() {
        Task { try await embedder() }
        Task { try await searchedIndex() }
        Task { try await words() }
        guard settings[\.answers.provider] == .extractive else { return }
        Task { try await reader() }
    }

    private func configuredReader() async throws -> (any PassageReading)? {
        guard settings[\.embedding.provider] == .local else { return nil }
        return try PassageReader(
            directory: ReaderModel.directory(modelDirectory: settings.modelFolder),
            modelDirectory: settings.modelFolder, tokenizer: try await wordPieces(),
            threads: settings.embeddingThreads)
    }

    private func bedrockReranker() async throws -> any Reranker {
        let agents = try await bedrockAgents()
        let model = settings[\.bedrock.rerankModel]
        let partition = AWSPartition.of(region: agents.region)?.id ?? "aws"
        let arn =
            model.hasPrefix("arn:")
            ? model : "arn:\(partition):bedrock:\(agents.region)::foundation-model/\(model)"
        return BedrockReranker(agents, modelARN: arn)
    }
}

extension Settings {
    fileprivate var converse: ConverseGenerator.Configuration {
        var converse = ConverseGenerator.Configuration(modelID: self[\.bedrock.answerModel])
        converse.guardrail = self[\.bedrock.guardrail].map {
            ConverseRequest.Guardrail(identifier: $0, version: self[\.bedrock.guardrailVersion])
        }
        converse.cachesPrompt = self[\.bedrock.promptCache]
        converse.knowsSchemas = self[\.bedrock.nativeSchemas]
        converse.thinkingTokens = self[\.bedrock.thinkingTokens]
        converse.modelFields = self[\.bedrock.modelFields]
        return converse
    }
}
