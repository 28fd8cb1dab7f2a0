import Corpus
import CorpusSQLite
import Flow
import Foundation
import Ingest
import Logging
import Models
import QA
import Text
import Transport
import VectorIndex

/// The one place that picks concrete types.
struct Composition: Sendable {
    let configuration: Configuration
    let logger: Logger

    init(_ configuration: Configuration) {
        self.configuration = configuration
        logger = Logging.logger(configuration)
    }

    /// - Parameter policy: which failures are worth another attempt.
    func httpClient(_ policy: RetryPolicy = RetryPolicy()) throws -> any HTTPClient {
        RetryingHTTPClient(try CurlHTTPClient(configuration: httpSettings()), policy: policy)
    }

    /// How connections are made, as the settings under `http` say.
    func httpSettings() -> HTTPClientConfiguration {
        let settings = configuration.settings
        var http = HTTPClientConfiguration()
        http.userAgent = "millrace/\(Millrace.version)"
        http.tls.authoritiesFile = settings.optionalText("http.ca_file")
        http.tls.certificateFile = settings.optionalText("http.client_certificate")
        http.tls.keyFile = settings.optionalText("http.client_key")
        http.tls.keyPassword = settings.optionalText("http.client_key_password")
        if let proxy = settings.optionalText("http.proxy") {
            http.proxy = proxy == "none" ? .none : .url(proxy)
        }
        return http
    }

    /// A client that tries once.
    func plainClient() throws -> any HTTPClient {
        try CurlHTTPClient(configuration: httpSettings())
    }

    func bedrock() throws -> BedrockRuntime {
        try BedrockRuntime(
            region: configuration.bedrock.region, credentials: EnvironmentCredentials(),
            http: RetryingHTTPClient(
                try CurlHTTPClient(configuration: httpSettings()), policy: .computing,
                classification: .aws),
            endpoint: configuration.bedrock.endpoint)
    }

    func embedder() throws -> any Embedder {
        switch configuration.embeddingProvider {
        case .local: return try localEmbedder()
        case .bedrock:
            guard
                let dimension = TitanEmbedder.Configuration.Dimension(
                    rawValue: configuration.bedrock.embeddingDimension)
            else {
                throw configuration.settings.bad(
                    "bedrock.embedding_dimension", "256, 512 or 1024 is expected")
            }
            return TitanEmbedder(
                try bedrock(), .init(modelID: configuration.bedrock.embeddingModel, dimension: dimension))
        }
    }

    /// The local model, its files compared with their published hashes first: a vector of a damaged model
    /// looks like any other, and would stay in the index for good.
    func localEmbedder() throws -> LocalEmbedder {
        try LocalModel.verifyChecksums(modelDirectory: configuration.modelFolder, sha256: FileHash.sha256)
        return try LocalEmbedder(
            modelDirectory: configuration.modelFolder, threads: configuration.embeddingThreads)
    }

    /// The tokenizer of the embedding model; Titan's is not published, so its tokens are estimated.
    func tokenCounter() throws -> any TokenCounter {
        switch configuration.embeddingProvider {
        case .local:
            try WordPieceTokenizer(vocabulary: configuration.modelFolder.appendingPathComponent("vocab.txt"))
        case .bedrock: EstimatedTokenCounter()
        }
    }

    func generator(_ embedder: any Embedder) throws -> any Generator {
        switch configuration.answerProvider {
        case .extractive: ExtractiveGenerator(embedder: embedder)
        case .bedrock: ConverseGenerator(try bedrock(), .init(modelID: configuration.bedrock.answerModel))
        }
    }

    func corpus() throws -> any CorpusStore {
        try SQLiteCorpus.open(at: try DataFolder(configuration.dataFolder))
    }

    /// Snapshots up to this many bytes are read and checked at every start.
    private static let verifiedAtStart = 1 << 29

    /// The vector index of the data folder, level with the database.
    ///
    /// It is derived data: when it is missing, damaged or behind, it is made again from the database.
    func index(
        _ corpus: any DocumentStore & EmbeddingStore, model: EmbeddingModel
    ) async throws -> LocalVectorStore {
        let folder = configuration.dataFolder.appendingPathComponent("index")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let index = try openIndex(in: folder, dimension: model.dimension)
        let change = try await VectorIndexSync.level(store: corpus, index: index, model: model.name)
        if change.added + change.removed > 0 {
            logger.info(
                "vector index brought level with the database",
                metadata: ["millrace.added": "\(change.added)", "millrace.removed": "\(change.removed)"])
            try index.save(generation: UInt64(try await corpus.generation))
        }
        return index
    }

    /// The vector index of the data folder as it is: not brought level, and not rebuilt if damaged.
    func indexAsItIs() throws -> LocalVectorStore {
        let folder = configuration.dataFolder.appendingPathComponent("index")
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw CommandError(
                "There is no index in \(configuration.dataFolder.path). Run `millrace ingest` first, or name "
                    + "another folder with --data.")
        }
        return try LocalVectorStore(
            directory: folder, dimension: try embedder().model.dimension, metric: .cosine)
    }

    private func openIndex(in folder: URL, dimension: Int) throws -> LocalVectorStore {
        do {
            return try soundIndex(in: folder, dimension: dimension)
        } catch let error as VectorIndexError {
            guard error.isCuredByRebuilding else { throw error }
            logger.warning(
                "vector index cannot be used and is built anew from the database",
                metadata: ["millrace.reason": "\(error)"])
            try LocalVectorStore.reset(directory: folder)
            return try LocalVectorStore(directory: folder, dimension: dimension, metric: .cosine)
        }
    }

    private func soundIndex(in folder: URL, dimension: Int) throws -> LocalVectorStore {
        let index = try LocalVectorStore(directory: folder, dimension: dimension, metric: .cosine)
        // Damage would show when a search meets it; an index of usual size is read in no time, and made again
        // before anybody asks.
        if index.statistics().snapshotByteCount <= Self.verifiedAtStart { try index.verify() }
        return index
    }

    func questionAnswering() async throws -> (
        qa: QuestionAnswering, corpus: any CorpusStore, index: LocalVectorStore, embedder: any Embedder
    ) {
        let corpus = try corpus()
        let embedder = try embedder()
        let index = try await index(corpus, model: embedder.model)
        let qa = try QuestionAnswering(
            corpus: corpus, index: index, embedder: embedder, generator: try generator(embedder),
            configuration: configuration.qa, customFlows: try flows())
        return (qa, corpus, index, embedder)
    }

    private func flows() throws -> [FlowDefinition] {
        guard let folder = configuration.flowsFolder else { return [] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw configuration.settings.bad("answers.flows_dir", "a folder that can be read is expected")
        }
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let file = folder.appendingPathComponent(name)
            return try QuestionAnswering.decodeFlow(try Data(contentsOf: file), file: file.path)
        }
    }
}
