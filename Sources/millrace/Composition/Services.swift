import AWSServices
import Backends
import Corpus
import CorpusSQLite
import Flow
import Foundation
import Ingest
import Logging
import Models
import QA
import Server
import Synchronization
import Text
import Transport
import VectorIndex
import Workspace

/// The graph of one process: every part that the settings name, made once, when a command first asks for it.
///
/// The one place that picks concrete types. Commands take from it and make none themselves, so a command that
/// needs no database opens none.
final class Services: Sendable {
    let settings: Settings
    let logger: Logger

    /// What the runs of this process take.
    let runMetrics = RunMetrics()
    private let corpusPart: Once<any CorpusStore>
    let awsAccountPart = OnceAwaited<AWSAccount>()
    let resolverPart = OnceAwaited<AWSValueResolver>()
    let bedrockPart = OnceAwaited<BedrockRuntime>()
    let personalDataMaskPart = OnceAwaited<PersonalDataMask>()
    private let embedderPart: OnceAwaited<any Embedder>
    private let indexPart: OnceAwaited<ConfiguredVectors>
    private let searchedIndexPart: OnceAwaited<RevisedVectorStore>
    private let wordsPart: OnceAwaited<WordIndex>
    private let answeringPart = OnceAwaited<QuestionAnswering>()
    let wordPiecesPart = OnceAwaited<WordPieceTokenizer>()
    let readerPart = OnceAwaited<LateReader?>()
    /// Whether what reads passages is opened once everything else is there (``beginReading()``).
    let opensReaderLate = Atomic(false)
    let rerankerPart = OnceAwaited<(any Reranker)?>()
    let derivedPart = OnceAwaited<URL>()
    let workspacePart = Once<any WorkspaceDatabase>()
    let postgresPart = Once<PostgresPool>()
    let replicaPart = Once<PostgresReplica?>()
    let nodePart = Once<String>()
    let nodeWatchPart = OnceAwaited<NodeWatch?>()
    let indexLevelsPart = OnceAwaited<IndexLevels?>()
    private let folderPart = Once<DataFolder>()
    let redisPart = Once<RedisMemory?>()
    let noticesPart = Once<RedisNotices?>()
    let runQueueingPart = Once<RunQueueing?>()
    let snapshotsPart = OnceAwaited<IndexSnapshots?>()
    let newestSnapshotPart = OnceAwaited<SnapshotManifest?>()
    let tracerPart = Once<RequestTracer>()
    let evaluationsPart = OnceAwaited<EvaluationJobs>()
    let flowsPart = OnceAwaited<ServedFlows>()
    let jobsPart = Once<IngestJobs>()
    let schedulePart = Once<SyncSchedule>()
    let usagePart = Once<UsageMeter>()
    let sealPart = OnceAwaited<OpenedSeal>()
    let runtimeSourcesPart = Once<RuntimeSources>()
    /// Asks sources before documents are shown.
    let readVerifier: ReadVerifier
    /// The graph of the default tenant, in that of another one; `nil` in its own.
    let root: Services?
    /// The tenant, unless it is the default one.
    let tenant: String?

    init(_ settings: Settings) {
        (root, tenant) = (nil, nil)
        self.settings = settings
        readVerifier = ReadVerifier()
        logger = Logging.logger(settings)
        corpusPart = Once()
        embedderPart = OnceAwaited()
        indexPart = OnceAwaited()
        wordsPart = OnceAwaited()
        searchedIndexPart = OnceAwaited()
    }

    /// Other settings over the data of `other`, whose lock only one can hold.
    ///
    /// - Throws: ``CommandError`` when they name another embedding: the index of one would be levelled to the other's.
    init(_ settings: Settings, overDataOf other: Services) throws {
        let isSameEmbedding = settings.embeddingEntries == other.settings.embeddingEntries
        guard isSameEmbedding else {
            throw CommandError(
                """
                The two settings embed with different models over one data folder. Ingest into a folder for each, name it \
                in each file under data, write one report with --json and give it to --against.
                """)
        }
        (root, tenant) = (other.root, other.tenant)
        self.settings = settings
        logger = Logging.logger(settings)
        readVerifier = other.readVerifier
        corpusPart = other.corpusPart
        embedderPart = other.embedderPart
        indexPart = other.indexPart
        wordsPart = other.wordsPart
        searchedIndexPart = other.searchedIndexPart
    }

    /// The graph of a tenant beside that of the default one, which has the models.
    init(tenant: String, of root: Services) {
        (self.root, self.tenant) = (root, tenant)
        settings = root.settings.ofTenant(tenant)
        readVerifier = ReadVerifier()
        var logger = Logging.logger(settings)
        logger[metadataKey: "millrace.tenant"] = "\(tenant)"
        self.logger = logger
        corpusPart = Once()
        embedderPart = root.embedderPart
        indexPart = OnceAwaited()
        wordsPart = OnceAwaited()
        searchedIndexPart = OnceAwaited()
    }

    // MARK: Network

    /// How connections are made, as the settings under `http` say.
    func httpSettings() -> HTTPClientConfiguration {
        var http = HTTPClientConfiguration()
        http.userAgent = "millrace/\(Millrace.version)"
        http.tls.authoritiesFile = settings[\.http.authorities]
        http.tls.certificateFile = settings[\.http.certificate]
        http.tls.keyFile = settings[\.http.key]
        http.tls.keyPassword = settings[\.http.keyPassword]
        if let proxy = settings[\.http.proxy] {
            http.proxy = proxy == "none" ? .none : .url(proxy)
        }
        return http
    }

    /// A client that tries once.
    func plainClient() throws -> any HTTPClient {
        try CurlHTTPClient(configuration: httpSettings())
    }

    // MARK: Models

    /// What embeds passages and questions.
    func embedder() async throws -> any Embedder {
        try await embedderPart { try await self.configuredEmbedder() }
    }

    // MARK: Data

    /// The corpus of the data folder, whose lock is held from then on.
    func corpus() throws -> any CorpusStore {
        try corpusPart {
            // Held with the indexes in it, wherever the documents are.
            let folder = try self.folderPart { try DataFolder(self.settings[\.data]) }
            switch self.settings[\.database.provider] {
            case .sqlite: return try SQLiteCorpus.open(at: folder)
            case .postgres:
                return PostgresCorpus(
                    try self.postgresPool(), replica: try self.postgresReplica(),
                    onContentChange: try self.telling(.corpus))
            }
        }
    }

    /// Refuses a data folder that is not there: for commands that make none, so that a mistyped name leaves nothing.
    ///
    /// Beside a database on a server a folder holds what is made anew, and any may be named.
    func requireDataFolder() throws {
        guard settings[\.database.provider] == .sqlite else { return }
        let folder = settings[\.data]
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw CommandError(
                "There is no data folder \(folder.path). Begin with `millrace ingest`, or check --data.")
        }
    }

    /// The corpus of the data folder, for a command that only reads: it makes none.
    func corpusThatIsThere() throws -> any CorpusStore {
        try requireDataFolder()
        guard settings[\.database.provider] == .sqlite else { return try corpus() }
        let folder = settings[\.data]
        let file = folder.appendingPathComponent(SQLiteCorpus.fileName).path
        guard FileManager.default.fileExists(atPath: file) else {
            throw CommandError(
                "The folder \(folder.path) holds no documents yet. Begin with `millrace ingest`, or check --data."
            )
        }
        return try corpus()
    }

    /// The corpus of the data folder where there is one, else an empty one that ends with the process.
    func corpusForDryRun() throws -> any CorpusStore {
        guard settings[\.database.provider] == .sqlite else { return try corpus() }
        let file = settings[\.data].appendingPathComponent(SQLiteCorpus.fileName).path
        return FileManager.default.fileExists(atPath: file) ? try corpus() : try trialCorpus()
    }

    /// An empty corpus that ends with the process.
    func trialCorpus() throws -> any CorpusStore {
        try SQLiteCorpus.inMemory()
    }

    /// The vector index, level with the database: that of the data folder, or one in PostgreSQL or OpenSearch.
    func index() async throws -> ConfiguredVectors {
        try await indexPart {
            let model = try await self.embeddingModel()
            switch self.settings[\.vectors.provider] {
            case .local: return .local(try await self.levelIndex(self.corpus(), model: model))
            case .pgvector: return .shared(try await self.levelSharedVectors(self.corpus(), model: model))
            case .openSearch:
                return .openSearch(try await self.levelOpenSearchVectors(self.corpus(), model: model))
            }
        }
    }

    /// The same index, counting its changes: whoever keeps what searches found knows by them what is stale. Whatever
    /// is added or removed goes through this one.
    func searchedIndex() async throws -> RevisedVectorStore {
        try await searchedIndexPart {
            let index = try await self.index()
            guard index.isShared else { return RevisedVectorStore(index.store) }
            try self.follow(.corpus) { index.lookAgain() }
            return RevisedVectorStore(
                index.store, changesElsewhere: index.changesElsewhere, onChange: try self.telling(.corpus))
        }
    }

    /// The index of words, level with the database: that of the data folder, or one in PostgreSQL.
    func words() async throws -> WordIndex {
        try await wordsPart {
            let model = try await self.embeddingModel()
            switch self.settings[\.words.provider] {
            case .local: return try await self.levelWords(self.corpus(), model: model)
            case .postgres: return try await self.levelSharedWords(self.corpus(), model: model)
            }
        }
    }

    // MARK: Answers

    /// Searches and answers over corpus and index.
    func questionAnswering() async throws -> QuestionAnswering {
        try await answeringPart {
            self.beginAnswering()
            let corpus = try self.shownCorpus()
            let embedder = try await self.embedder()
            let index = try await self.searchedIndex()
            let generator = try await self.generator(embedder)
            let metered = self.runMetrics.metering(
                generator, price: self.settings[\.answers.prices][generator.name])
            return try QuestionAnswering(
                corpus: corpus, index: index, words: try await self.words().store, embedder: embedder,
                generator: metered, reranker: try await self.reranker(),
                external: try await self.externalRetrievers(), asksExternal: self.settings[\.answers.sources],
                configuration: self.settings.qa, customFlows: try self.settingsFlows(),
                observer: self.runMetrics, sharedVectors: try self.redis()?.vectors,
                sharing: try await self.resultSharing())
        }
    }

    func settingsFlows() throws -> [FlowDefinition] {
        guard let path = settings[\.answers.flowsDirectory] else { return [] }
        let folder = URL(fileURLWithPath: path)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw settings.bad(\.answers.flowsDirectory, "a folder that can be read is expected")
        }
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let file = folder.appendingPathComponent(name)
            return try QuestionAnswering.decodeFlow(try Data(contentsOf: file), file: file.path)
        }
    }
}
