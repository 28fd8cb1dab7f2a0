import AWSServices
import Backends
import Corpus
import Foundation
import Models
import Sourcing
import TestSupport
import Testing
import Text
import TextIndex
import Transport
import VectorIndex

@testable import Ingest

/// A process over a database that others share, with indexes of its own in files.
struct SnapshotNode {
    let store: any CorpusStore
    let folder: TemporaryDirectory
    let vectors: LocalVectorStore
    let words: WordIndex
    let repository: SnapshotRepository
    let model = HashingEmbedder().model.name

    init(_ store: any CorpusStore, _ repository: SnapshotRepository) throws {
        self.store = store
        self.repository = repository
        folder = try TemporaryDirectory()
        for name in ["vectors", "words"] {
            try FileManager.default.createDirectory(
                at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        vectors = try LocalVectorStore(
            directory: folder.url.appendingPathComponent("vectors"), dimension: 64, metric: .cosine)
        words = WordIndex(try LocalTextStore(directory: folder.url.appendingPathComponent("words")))
    }

    var vectorFolder: URL { folder.url.appendingPathComponent("vectors") }
    var wordFolder: URL { folder.url.appendingPathComponent("words") }

    var fetcher: SnapshotFetcher {
        SnapshotFetcher(repository, store: store, staging: folder.url.appendingPathComponent("snapshot"))
    }

    var snapshots: IndexSnapshots { IndexSnapshots(fetcher, logger: JobBench.logger) }

    func follower() -> IndexFollower {
        IndexFollower(store: store, vectors: vectors, words: words, model: model, logger: JobBench.logger)
    }

    func publisher(
        through repository: SnapshotRepository? = nil, leases: (any SourceLeases)? = nil,
        following follower: IndexFollower? = nil
    ) -> SnapshotPublisher {
        SnapshotPublisher(
            repository ?? self.repository, store: store, follower: follower ?? self.follower(),
            vectors: vectors,
            words: words, model: model, leases: leases, worker: "test", product: "millrace test",
            logger: JobBench.logger, blockByteCount: 2_048)
    }

    /// Brings both indexes level and publishes them.
    @discardableResult
    func publish(through repository: SnapshotRepository? = nil) async throws -> SnapshotPublisher.Outcome {
        let publisher = publisher(through: repository)
        try await publisher.follower.follow()
        return try await publisher.publish()
    }

    /// What a process does before it answers: takes a snapshot, and brings the indexes level.
    ///
    /// - Returns: whether both indexes were taken from it.
    func begin() async throws -> Bool {
        var isTaken = false
        if let manifest = await snapshots.newest() { isTaken = await take(manifest) }
        try await level()
        return isTaken
    }

    func take(_ manifest: SnapshotManifest) async -> Bool {
        let hasVectors = await snapshots.take(.vectors, of: manifest, over: vectorFolder) { folder in
            try await VectorWriter.waiting { () throws(VectorIndexError) in
                try vectors.adopt(snapshotIn: folder)
            }
        }
        let hasWords = await snapshots.take(.words, of: manifest, over: wordFolder) { folder in
            try await words.adopt(filesIn: folder)
        }
        return hasVectors && hasWords
    }

    func level() async throws {
        try await VectorIndexSync.level(store: store, index: vectors, model: model)
        try await TextIndexSync.level(store: store, index: words, model: model)
    }

    var isLevel: Bool {
        get async throws {
            let stored = Set(try await store.chunkIDs(model: model).map { UInt64(bitPattern: $0) })
            return Set(vectors.ids()) == stored && Set(words.store.ids()) == stored
        }
    }

    /// What some questions find, in both indexes.
    func answers() async throws -> [String] {
        let embedder = HashingEmbedder()
        var lines: [String] = []
        for question in ["wheel of the mill", "page 7", "the race", "words about dams"] {
            let vector = try await embedder.embed([question], purpose: .query)[0]
            lines.append("\(try vectors.search(vector, k: 12))")
            let matches = try words.store.search(TextQuery(QueryAnalysis(question)), limit: 12, filter: nil)
            lines.append("\(matches.map { "\($0.id) \($0.score)" })")
        }
        return lines
    }

    func found(_ word: String) throws -> Set<UInt64> {
        Set(try words.store.search(TextQuery(QueryAnalysis(word)), limit: 100, filter: nil).map(\.id))
    }
}

/// Where the snapshots of a test lie.
enum SnapshotPlace: String, CaseIterable, Sendable {
    case folder, s3

    /// A place of its own, with what it lives in.
    func store() async throws -> (store: any ConditionalBlobStore, folder: TemporaryDirectory) {
        let folder = try TemporaryDirectory()
        guard self == .s3 else { return (FolderBlobStore(folder: folder.url), folder) }
        let moto = try MotoServer()
        let client = try CurlHTTPClient(configuration: HTTPClientConfiguration())
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_ENDPOINT_URL": moto.endpoint]),
            region: "us-east-1", credentials: StaticCredentials(moto.keys(of: "admin")), http: client,
            localHTTP: client)
        let s3 = try S3(account)
        let bucket = "snapshots-\(UInt32.random(in: 0 ... .max))"
        try await s3.create(bucket)
        return (S3BlobStore(s3, .init(bucket: bucket, prefix: "mill")), folder)
    }

    static func repository(
        _ store: any ConditionalBlobStore, corpus: String = "c0ffee", model: String = "hashing",
        now: @escaping @Sendable () -> Date = { Date() }
    ) -> SnapshotRepository {
        SnapshotRepository(
            store: store, place: "test", corpus: corpus,
            fingerprint: SnapshotFingerprint(model: model, dimension: 64, rules: "rules-1"), now: now)
    }
}

extension JobBench {
    /// Stores pages as one whole space; what was there and is not among them goes.
    func take(_ pages: [TestPage]) async throws {
        let events =
            [SourceEvent.space(Space(key: "OPS", name: "Operations"))] + pages.map(\.event)
            + [.listed(spaceKey: "OPS")]
        let source = ScriptedSource { _ in ListedSource(events: events) }
        let jobs = jobs(source)
        try await jobs.submit(source: "wiki", scope: .site)
        #expect(await jobs.runNext(of: source)?.state == .finished)
    }

    static func mill(_ count: Int) -> [TestPage] {
        (0..<count).map {
            TestPage(id: "\($0)", body: "<p>The wheel of page \($0) turns, words \($0 * 7).</p>")
        }
    }
}
