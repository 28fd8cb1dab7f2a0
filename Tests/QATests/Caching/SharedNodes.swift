import Backends
import Corpus
import EngineSupport
import Foundation
import Models
import TestSupport
import Testing
import TextIndex
import VectorIndex

@testable import QA

/// Processes over one corpus that share a Redis, each with caches, indexes and connections of its own.
struct SharedNodes {
    let corpus: TestCorpus
    private let server: RedisServer
    private let prefix = RedisServer.freshPrefix()

    init(_ server: RedisServer, _ engine: StorageEngine = .sqlite) async throws {
        self.server = server
        corpus = try await TestCorpus.cacheable(engine)
    }

    /// What one process has.
    struct Node {
        let qa: QuestionAnswering
        let results: RedisResults
        let levels: IndexLevels
        let generator: CountingGenerator

        /// Notes that the indexes are level with the database as it is.
        func level(with corpus: TestCorpus) async throws {
            guard let mark = levels.mark() else { return }
            levels.note(mark, isLevelWith: try await corpus.corpus.changeSequence())
        }
    }

    /// - Parameters:
    ///   - isEmpty: whether its indexes find nothing by themselves: whatever such a node finds, another has told it.
    ///   - scope: names corpus and settings.
    func node(
        _ generator: CountingGenerator = CountingGenerator(), isEmpty: Bool = false, scope: String = "one",
        secret: String = "a secret of all processes", claim: Duration = .seconds(30)
    ) async throws -> Node {
        let vectors =
            isEmpty
            ? RevisedVectorStore(
                try FlatIndex(dimension: corpus.embedder.model.dimension, metric: .cosine))
            : corpus.index
        let words = isEmpty ? RevisedTextStore(try LocalTextStore(directory: nil)) : corpus.words
        let levels = IndexLevels(
            vectors: try #require(vectors as? any RevisedIndex),
            words: try #require(words as? any RevisedIndex))
        let pool = RedisPool(
            RedisSettings(
                host: server.host, port: server.port, password: { [server] in server.password },
                connectTimeout: .seconds(10), commandTimeout: .seconds(10)),
            size: 2, pauses: .milliseconds(10)...(.milliseconds(40)))
        let results = RedisResults(
            pool, prefix: prefix, secret: Data(secret.utf8), lifetime: .seconds(600), patience: .seconds(10))
        let qa = try QuestionAnswering(
            corpus: corpus.corpus, index: vectors, words: words, embedder: corpus.embedder,
            generator: generator, configuration: QAConfiguration(timeout: .seconds(30)),
            sharing: ResultSharing(
                results: RedisSharedResults(results), levels: levels, scope: scope, claim: claim,
                patience: .seconds(30)))
        let node = Node(qa: qa, results: results, levels: levels, generator: generator)
        try await node.level(with: corpus)
        return node
    }

    /// Every key and value of these processes in the Redis, as another client sees them.
    func seen() -> String {
        let keys = server.command("KEYS", "\(prefix):*")
        return keys
            + keys.split(whereSeparator: \.isWhitespace).map { server.command("GET", String($0)) }.joined()
    }
}
