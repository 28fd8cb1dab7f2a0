import Corpus
import Foundation
import Logging
import TextIndex
import VectorIndex

/// Publishes the indexes of this process, so that others need not build theirs.
///
/// Files are read while searches and changes go on: they are open, and none of them ever changes in place.
public struct SnapshotPublisher: Sendable {
    /// What came of it.
    public enum Outcome: Hashable, Sendable {
        case published(PublishedSnapshot, SnapshotUpload.Figures)
        /// The newest snapshot is of this state of the database already, or of a later one.
        case isThere(PublishedSnapshot)
    }

    /// Leases of sources and this one are kept side by side; no source has a stroke in its name.
    static let leaseName = "index-snapshots/publish"
    /// How many changes the indexes may be behind the database once their files are open: nobody would exchange serving
    /// indexes for older ones.
    static let lagLimit = IndexSnapshots.switchAdvance

    let repository: SnapshotRepository
    let store: any DocumentStore & EmbeddingStore & PassageTextStore
    let follower: IndexFollower
    let vectors: LocalVectorStore
    let words: WordIndex
    let model: String
    let product: String
    let blockByteCount: Int
    let lease: TurnLease?
    let logger: Logger
    let isUsed: @Sendable (_ fingerprint: String) async throws -> Bool

    /// - Parameters:
    ///   - follower: keeps both indexes level.
    ///   - leases: lets one process at a time publish; `nil` where there are no others.
    ///   - worker: names this process.
    ///   - product: the program and its version, for people.
    ///   - isUsed: whether another process is there that begins from snapshots of a fingerprint, which then stay.
    ///   - blockByteCount: of the blocks that files are cut into, 1 to 8 MiB. Whoever changes it uploads everything anew.
    public init(
        _ repository: SnapshotRepository, store: any DocumentStore & EmbeddingStore & PassageTextStore,
        follower: IndexFollower, vectors: LocalVectorStore, words: WordIndex, model: String,
        leases: (any SourceLeases)?, worker: String, product: String, logger: Logger,
        blockByteCount: Int = SnapshotManifest.standardBlockByteCount,
        isUsed: @escaping @Sendable (_ fingerprint: String) async throws -> Bool = { _ in false }
    ) {
        precondition(
            (1...SnapshotManifest.blockByteLimit).contains(blockByteCount),
            "blocks of \(blockByteCount) bytes")
        self.repository = repository
        self.store = store
        self.follower = follower
        self.vectors = vectors
        self.words = words
        self.model = model
        self.product = product
        self.blockByteCount = blockByteCount
        self.logger = logger
        self.isUsed = isUsed
        // One for all settings: snapshots of one corpus share their objects, which a publisher also removes.
        lease = leases.map {
            TurnLease(source: Self.leaseName, worker: worker, leases: $0, logger: logger)
        }
    }

    /// Publishes what the indexes hold, unless the newest snapshot holds it.
    ///
    /// - Throws: ``IndexSnapshotError``, what the indexes or the database throw, or `CancellationError`. A kill or a
    ///   failure leaves the newest snapshot as it was.
    public func publish() async throws -> Outcome {
        guard let lease else { return try await publishNow() }
        let result = try await lease.within { () async -> Result<Outcome, any Error> in
            do {
                return .success(try await publishNow())
            } catch {
                return .failure(error)
            }
        }
        guard let result else { throw IndexSnapshotError.publishedElsewhere }
        return try result.get()
    }

    private func publishNow() async throws -> Outcome {
        let before = try await repository.current()
        guard let level = try await follower.settle() else { throw IndexSnapshotError.levelling }
        let files = try await open()
        // Asked once the files are open: nothing in them is newer.
        let sequence = try await store.changeSequence()
        let generation = try await store.generation
        guard sequence - level < Self.lagLimit else {
            throw IndexSnapshotError.behind(level: level, database: sequence)
        }
        if let before, before.sequence == sequence, before.generation == generation, before.level >= level {
            return .isThere(before)
        }
        if let before, before.sequence > sequence {
            logger.warning(
                "the newest snapshot of the indexes is ahead of the database, which was put back; it is replaced",
                metadata: ["millrace.place": "\(repository.place)"])
        }
        guard !files.sources.isEmpty, vectors.count > 0 || words.store.count > 0 else {
            throw IndexSnapshotError.nothingToPublish
        }
        let ids = try await VectorWriter(vectors).ids().map { Int64(bitPattern: $0) }.sorted()
        var state = SnapshotState(model: model, product: product)
        // A level that is beyond the database is of a state that it has lost since.
        (state.generation, state.sequence, state.level) = (generation, sequence, min(level, sequence))
        (state.vectorCount, state.wordCount) = (files.vectorCount, words.store.count)
        state.probes = try await SnapshotProbes.take(of: ids, store: store, model: model)
        let upload = SnapshotUpload(repository, blockByteCount: blockByteCount)
        let (snapshot, figures) = try await upload.upload(files.sources, of: state)
        let newest = try await repository.advance(to: snapshot) { try await store.changeSequence() }
        guard newest == snapshot else { return .isThere(newest) }
        do {
            for error in try await repository.prune(isUsed: isUsed).unreadable {
                logger.warning(
                    "a snapshot of the indexes cannot be read; it is passed over while old ones are removed",
                    metadata: ["millrace.place": "\(repository.place)", "millrace.reason": "\(error)"])
            }
        } catch {
            // What is left over costs room; the snapshot is there.
            logger.warning(
                "old snapshots of the indexes could not be removed", metadata: ["millrace.reason": "\(error)"]
            )
        }
        return .published(snapshot, figures)
    }

    // MARK: Files

    private func open() async throws -> (sources: [SnapshotUpload.Source], vectorCount: Int) {
        let snapshot = try await VectorWriter.waiting { [vectors] () throws(VectorIndexError) in
            try vectors.openSnapshot()
        }
        let texts = try await words.openFiles()
        let sources =
            (snapshot.map { [SnapshotUpload.Source(part: .vectors, file: $0.file)] } ?? [])
            + texts.map { SnapshotUpload.Source(part: .words, file: $0) }
        return (sources, snapshot?.count ?? 0)
    }
}
