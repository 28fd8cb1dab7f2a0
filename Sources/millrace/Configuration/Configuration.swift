import Corpus
import Foundation
import Logging
import QA

enum EmbeddingProvider: String, CaseIterable { case local, bedrock }
enum AnswerProvider: String, CaseIterable { case extractive, bedrock }
enum LogFormat: String, CaseIterable { case auto, text, json }

/// The settings, checked and typed.
struct Configuration: Sendable {
    struct Bedrock: Sendable {
        var region: String
        var endpoint: URL?
        var embeddingModel: String
        var embeddingDimension: Int
        var answerModel: String
    }

    let settings: Settings
    let dataFolder: URL
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let embeddingProvider: EmbeddingProvider
    let modelFolder: URL
    let embeddingThreads: Int
    let answerProvider: AnswerProvider
    let flowsFolder: URL?
    let qa: QAConfiguration
    let defaultReader: Reader
    let bedrock: Bedrock

    init(_ settings: Settings) throws(ConfigurationError) {
        self.settings = settings
        guard let data = settings.optionalText("data") else {
            throw settings.bad("data", "a folder is expected")
        }
        dataFolder = URL(fileURLWithPath: (data as NSString).expandingTildeInPath)
        guard let level = Logger.Level(rawValue: settings.text("log.level")) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw settings.bad("log.level", "one of \(levels) is expected")
        }
        logLevel = level
        logFormat = try settings.choice("log.format", LogFormat.self)
        embeddingProvider = try settings.choice("embedding.provider", EmbeddingProvider.self)
        answerProvider = try settings.choice("answers.provider", AnswerProvider.self)
        modelFolder = Self.modelFolder(settings)
        let threads = try settings.integer("embedding.threads", in: 0...256)
        embeddingThreads = threads == 0 ? ProcessInfo.processInfo.activeProcessorCount : threads
        flowsFolder = settings.optionalText("answers.flows_dir").map { URL(fileURLWithPath: $0) }
        qa = try Self.qa(settings)
        defaultReader = try Self.reader(settings)
        bedrock = try Self.bedrock(settings)
    }

    private static func modelFolder(_ settings: Settings) -> URL {
        let environment = ProcessInfo.processInfo.environment
        if let folder = settings.optionalText("embedding.model_dir") ?? environment["MILLRACE_MODEL_DIR"] {
            return URL(fileURLWithPath: (folder as NSString).expandingTildeInPath)
        }
        let cache =
            environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
        return cache.appendingPathComponent("millrace/all-MiniLM-L6-v2")
    }

    private static func qa(_ settings: Settings) throws(ConfigurationError) -> QAConfiguration {
        QAConfiguration(
            efSearch: try settings.integer("search.ef_search", in: 1...10_000),
            fusion: FusionParameters(
                k: try settings.number("search.rrf_k", in: 1...1_000),
                vectorWeight: try settings.number("search.vector_weight", in: 0...10),
                keywordWeight: try settings.number("search.keyword_weight", in: 0...10)),
            timeout: .seconds(try settings.number("answers.timeout_seconds", in: 0.1...3_600)))
    }

    private static func reader(_ settings: Settings) throws(ConfigurationError) -> Reader {
        var principals: [Principal] = []
        for name in settings.list("server.default_principals") {
            guard let principal = Principal(name) else {
                throw settings.bad(
                    "server.default_principals", "user:ID, group:NAME, anyone or signed-in are expected")
            }
            principals.append(principal)
        }
        return Reader(principals)
    }

    private static func bedrock(_ settings: Settings) throws(ConfigurationError) -> Bedrock {
        let dimension = try settings.integer("bedrock.embedding_dimension", in: 256...1_024)
        guard [256, 512, 1_024].contains(dimension) else {
            throw settings.bad("bedrock.embedding_dimension", "256, 512 or 1024 is expected")
        }
        var endpoint: URL?
        if let text = settings.optionalText("bedrock.endpoint") {
            guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme)
            else {
                throw settings.bad("bedrock.endpoint", "an http or https URL is expected")
            }
            endpoint = url
        }
        return Bedrock(
            region: settings.text("bedrock.region"), endpoint: endpoint,
            embeddingModel: settings.text("bedrock.embedding_model"), embeddingDimension: dimension,
            answerModel: settings.text("bedrock.answer_model"))
    }
}
