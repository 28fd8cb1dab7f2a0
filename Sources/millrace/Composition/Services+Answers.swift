import Logging
import Models
import Synchronization
import Transport

extension Services {
    /// What writes answers.
    func generator(_ embedder: any Embedder) async throws -> any Generator {
        let generator: any Generator
        switch settings[\.answers.provider] {
        case .extractive: return ExtractiveGenerator(embedder: embedder, reader: try await reader())
        case .bedrock: generator = ConverseGenerator(try await bedrock(), settings.converse, meter: useMeter)
        case .openai: generator = try openAIGenerator()
        case .sagemaker: generator = try await sageMakerGenerator()
        }
        return try await mask(of: .questions).map { MaskedGenerator(generator, $0) } ?? generator
    }

    /// What orders passages once they are found; `nil` for nothing.
    func reranker() async throws -> (any Reranker)? {
        // One for all tenants: it holds a model.
        try await (root ?? self).rerankerPart { try await self.configuredReranker() }
    }

    private func configuredReranker() async throws -> (any Reranker)? {
        let reranker: (any Reranker)?
        switch settings[\.rerank.provider] {
        case .local: return try crossEncoder()
        case .bedrock: reranker = try await bedrockReranker()
        case .openai: reranker = try openAIReranker()
        case .sagemaker: reranker = try await sageMakerReranker()
        }
        guard let reranker, let mask = try await mask(of: .questions) else { return reranker }
        return MaskedReranker(reranker, mask)
    }

    /// What reads question and passage together; it shares the local embedding model's words.
    private func reader() async throws -> LateReader? {
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
        if (root ?? self).opensReaderLate.load(ordering: .relaxed) {
            Task { try await reader() }
        } else {
            Task { await beginReading() }
        }
    }

    /// Opens what reads passages, which otherwise the first question does; a fault is told, and each question tries anew.
    func beginReading() async {
        guard settings[\.answers.provider] == .extractive else { return }
        do {
            try await reader()?.open()
        } catch {
            logger.warning(
                "what reads passages cannot be opened; the next question tries again",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    private func configuredReader() async throws -> LateReader? {
        guard settings[\.embedding.provider] == .local else { return nil }
        let directory = ReaderModel.directory(modelDirectory: settings.modelFolder)
        let (words, threads, meter) = (try await wordPieces(), settings.embeddingThreads, useMeter)
        let folder = settings.modelFolder
        let reader = try LateReader(directory: directory) {
            try PassageReader(
                directory: directory, modelDirectory: folder, tokenizer: words, threads: threads,
                meter: meter)
        }
        // The embedder looks at the other files that it reads, unless it is of another model.
        if settings[\.embedding.model] != nil { try await reader.open() }
        return reader
    }

    private func bedrockReranker() async throws -> any Reranker {
        let agents = try await bedrockAgents()
        return BedrockReranker(
            agents, modelARN: agents.arn(ofModel: settings[\.bedrock.rerankModel]), meter: useMeter)
    }
}

extension BedrockAgentRuntime {
    /// The ARN of a model of its region, which may be one already.
    func arn(ofModel model: String) -> String {
        guard !model.hasPrefix("arn:") else { return model }
        let partition = AWSPartition.of(region: region)?.id ?? "aws"
        return "arn:\(partition):bedrock:\(region)::foundation-model/\(model)"
    }
}

extension Settings {
    fileprivate var converse: ConverseGenerator.Configuration {
        var converse = ConverseGenerator.Configuration(modelID: self[\.bedrock.answerModel])
        converse.guardrail = guardrail
        converse.cachesPrompt = self[\.bedrock.promptCache]
        converse.knowsSchemas = self[\.bedrock.nativeSchemas]
        converse.thinkingTokens = self[\.bedrock.thinkingTokens]
        converse.modelFields = self[\.bedrock.modelFields]
        return converse
    }
}
