import AWSServices
import Backends
import Corpus
import Foundation
import Ingest
import Logging
import Models
import ServiceLifecycle
import TextIndex
import VectorIndex

/// Snapshots of the indexes, which spare other machines the building of theirs.
extension Services {
    /// Where snapshots are kept, as the settings name it; `nil` where they name none.
    ///
    /// - Parameter corpus: as it is, or one that locks nothing.
    func snapshotRepository(of corpus: (any CorpusStore)? = nil) async throws -> SnapshotRepository? {
        guard let address = settings[\.index.snapshots], !address.isEmpty else { return nil }
        guard hasOwnIndexes,
            let corpus = try (corpus ?? self.corpus()) as? PostgresCorpus
        else { throw snapshotsNeedSharing }
        let (store, place) = try await snapshotStore(address)
        let model = try await embedder().model
        return SnapshotRepository(
            store: store, place: place, corpus: try await corpus.identity(),
            fingerprint: SnapshotFingerprint(
                model: model.name, dimension: model.dimension, rules: TextDocument.passageRules))
    }

    /// - Throws: where snapshots are named, and there is nothing to share.
    func checkSnapshots() throws {
        guard let address = settings[\.index.snapshots], !address.isEmpty else { return }
        guard hasOwnIndexes, settings[\.database.provider] == .postgres else {
            throw snapshotsNeedSharing
        }
        if address.contains("://"), S3BlobStore.Place(address) == nil { throw notAPlaceOfSnapshots }
    }

    /// Whether this process holds both indexes, of which snapshots are made.
    private var hasOwnIndexes: Bool {
        settings[\.vectors.provider] == .local && settings[\.words.provider] == .local
    }

    private var snapshotsNeedSharing: ConfigurationError {
        settings.bad(
            \.index.snapshots,
            "snapshots are for processes that share a database and have indexes of their own: database.provider postgres, vectors.provider local and words.provider local are expected"
        )
    }

    private var notAPlaceOfSnapshots: ConfigurationError {
        settings.bad(\.index.snapshots, "a folder, s3://BUCKET or s3://BUCKET/PREFIX is expected")
    }

    private func snapshotStore(
        _ address: String
    ) async throws -> (store: any ConditionalBlobStore, place: String) {
        guard address.contains("://") else {
            let path = (address as NSString).expandingTildeInPath
            let folder = URL(fileURLWithPath: path).standardizedFileURL
            return (FolderBlobStore(folder: folder), folder.path)
        }
        guard let place = S3BlobStore.Place(address) else {
            throw notAPlaceOfSnapshots
        }
        let key = settings[\.blobs.kmsKey]
        let s3 = try S3(try await awsAccount())
        let store = S3BlobStore(
            s3, place, setting: Settings.name(\.index.snapshots), encryption: key.map { .kms(keyID: $0) })
        return (store, address)
    }

    /// What takes snapshots in place of indexes; `nil` where the settings name none.
    func indexSnapshots() async throws -> IndexSnapshots? {
        try await snapshotsPart {
            guard let repository = try await self.snapshotRepository() else { return nil }
            let staging = try await self.derivedFolder().appendingPathComponent("snapshot")
            let fetcher = SnapshotFetcher(repository, store: try self.corpus(), staging: staging)
            return IndexSnapshots(fetcher, logger: self.snapshotLogger)
        }
    }

    // MARK: Start

    /// The newest snapshot as it was when this process first looked, which both indexes begin from.
    private func newestSnapshot(_ snapshots: IndexSnapshots) async throws -> SnapshotManifest? {
        try await newestSnapshotPart { await snapshots.newest() }
    }

    /// Takes a snapshot in place of an index that is empty or far behind. It is brought level afterwards, like any other.
    func beginFromSnapshot(_ index: LocalVectorStore, in folder: URL) async throws {
        guard let snapshots = try await indexSnapshots(),
            let manifest = try await newestSnapshot(snapshots),
            IndexSnapshots.isWorthFetching(manifest, .vectors, over: index.count)
        else { return }
        _ = await snapshots.take(.vectors, of: manifest, over: folder) { fetched in
            try await VectorWriter.waiting { () throws(VectorIndexError) in
                try index.adopt(snapshotIn: fetched)
            }
        }
    }

    /// The same of the index of words.
    func beginFromSnapshot(_ index: WordIndex, in folder: URL) async throws {
        guard let snapshots = try await indexSnapshots(),
            let manifest = try await newestSnapshot(snapshots),
            IndexSnapshots.isWorthFetching(manifest, .words, over: index.store.count)
        else { return }
        _ = await snapshots.take(.words, of: manifest, over: folder) { try await index.adopt(filesIn: $0) }
    }

    // MARK: While it serves

    /// Exchanges both indexes for a snapshot when they are far behind.
    func snapshotCatchUp() async throws -> @Sendable (_ since: Int64) async -> Bool {
        guard let snapshots = try await indexSnapshots(), case .local(let vectors) = try await index() else {
            return { _ in false }
        }
        let (searched, words) = (try await searchedIndex(), try await words())
        let (vectorFolder, wordFolder) = (try await indexFolder(), try await wordsFolder())
        return { since in
            await snapshots.catchUp(
                from: since, vectors: vectors, searched: searched, vectorFolder: vectorFolder, words: words,
                wordFolder: wordFolder)
        }
    }

    /// What publishes the indexes of this process; `nil` where the settings name no place.
    func snapshotPublisher(_ follower: IndexFollower) async throws -> SnapshotPublisher? {
        guard let repository = try await snapshotRepository(), case .local(let vectors) = try await index()
        else {
            return nil
        }
        let corpus = try corpus()
        let isUsed = try await fingerprintUse()
        return SnapshotPublisher(
            repository, store: corpus, follower: follower, vectors: vectors, words: try await words(),
            model: try await embedder().model.name, leases: corpus as? any SourceLeases,
            worker: "index/\(try nodeID())", product: "millrace \(Millrace.version)", logger: logger,
            isUsed: isUsed)
    }

    /// What publishes them every so often; `nil` where nothing is to be published by itself.
    func snapshotSchedule(_ follower: IndexFollower) async throws -> SnapshotSchedule? {
        let minutes = settings[\.index.snapshotMinutes]
        guard minutes > 0, let publisher = try await snapshotPublisher(follower) else { return nil }
        return SnapshotSchedule(
            publisher, every: .seconds(60 * minutes), leastChanges: settings[\.index.snapshotChanges],
            logger: snapshotLogger)
    }

    /// Says with every line which setting it is about.
    private var snapshotLogger: Logger {
        var named = logger
        named[metadataKey: "millrace.setting"] = .string(Settings.name(\.index.snapshots))
        return named
    }
}

/// Publishes snapshots of the indexes until the process ends.
struct SnapshotService: Service {
    let schedule: SnapshotSchedule

    func run() async {
        await cancelWhenGracefulShutdown { await schedule.run() }
    }
}
