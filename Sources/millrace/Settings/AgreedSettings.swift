/// Which settings processes that share a database must have in common.
///
/// What is not here is each process's own: where it listens, how much it takes in memory, how many threads it has, where
/// its folders are, how it logs.
enum AgreedSettings {
    /// Those that bear on what a question finds and how it is answered.
    static let resultGroups = [embeddingGroup, modelGroup, searchGroup, answerGroup, indexGroup]
    static let accessGroup = "access"
    static let embeddingGroup = "embedding"
    static let modelGroup = "models"
    static let ingestGroup = "ingest"
    static let searchGroup = "search"
    static let answerGroup = "answers"
    static let indexGroup = "index"
    static let sourceGroup = "sources"
    static let storageGroup = "storage"

    /// By group; none is a secret.
    static let groups: [String: [SettingFacts]] = {
        let keys = Keys()
        let all: [String: [SettingFacts]] = [
            accessGroup: Keys.facts(in: keys.auth) + [keys.server.defaultPrincipals.facts],
            embeddingGroup: Keys.facts(in: keys.embedding),
            modelGroup: [keys.bedrock, keys.openai, keys.sagemaker, keys.comprehend].flatMap {
                Keys.facts(in: $0)
            },
            ingestGroup: Keys.facts(in: keys.ingest),
            searchGroup: [keys.search, keys.rerank, keys.kendra].flatMap { Keys.facts(in: $0) },
            answerGroup: [keys.answers.provider.facts, keys.answers.sources.facts],
            storageGroup: [
                keys.tenants.facts, keys.vectors.provider.facts, keys.vectors.openSearchIndex.facts,
                keys.words.provider.facts,
                keys.blobs.s3.facts, keys.runs.queue.facts, keys.runs.sqsQueueURL.facts,
                keys.cache.redisPrefix.facts,
            ],
        ]
        return all.mapValues { shared($0) }
    }()

    /// Of the site that the settings name, where they name one: a process need not follow it.
    static let confluence = shared(Keys.facts(in: Keys().confluence))

    private static func shared(_ facts: [SettingFacts]) -> [SettingFacts] {
        facts.filter { !$0.isSecret && !own.contains($0.key) }
    }

    /// What stands among those and may differ: pace, places on the machine, and who reads what when.
    private static let own: Set<String> = [
        Settings.name(\.embedding.threads), Settings.name(\.embedding.modelDirectory),
        // Each may have it in another folder; what it is called in the database is compared instead.
        Settings.name(\.embedding.model),
        Settings.name(\.embedding.prices), Settings.name(\.rerank.prices),
        Settings.name(\.comprehend.unitPrice), Settings.name(\.bedrock.guardrailPrices),
        Settings.name(\.bedrock.endpoint), Settings.name(\.bedrock.region),
        Settings.name(\.bedrock.embeddingConcurrency), Settings.name(\.bedrock.embeddingCalls),
        Settings.name(\.bedrock.embeddingTokens), Settings.name(\.sagemaker.region),
        Settings.name(\.comprehend.region), Settings.name(\.kendra.region),
        Settings.name(\.ingest.pdftotext), Settings.name(\.ingest.pageCache),
        Settings.name(\.ingest.pageCacheMiB), Settings.name(\.ingest.uploadLimitMiB),
        Settings.name(\.confluence.tokenFile), Settings.name(\.confluence.concurrency),
        Settings.name(\.confluence.pageSize), Settings.name(\.confluence.syncMinutes),
    ]
}
