import Concurrency
import Corpus
import Foundation

/// Finds the newest snapshot that an index can go on from, and fetches its files.
///
/// What is fetched is only a beginning: whoever takes it brings it level with the database before it is searched, so that
/// what was removed since, and what came, is as the database has it.
public struct SnapshotFetcher: Sendable {
    private static let disk = BlockingExecutor(label: "millrace.snapshot.fetch", width: 2)

    public let repository: SnapshotRepository
    let store: any DocumentStore & EmbeddingStore & PassageTextStore
    let staging: URL

    /// What a fetching took.
    public struct Figures: Hashable, Sendable {
        public var byteCount = 0
        /// Bytes that came from the place; the others were here.
        public var fetchedByteCount = 0
    }

    /// - Parameter staging: a folder that belongs to this alone, on the file system of the indexes. What a killed process
    ///   has left there is gone on from.
    public init(
        _ repository: SnapshotRepository, store: any DocumentStore & EmbeddingStore & PassageTextStore,
        staging: URL
    ) {
        self.repository = repository
        self.store = store
        self.staging = staging
    }

    /// The newest snapshot, if this database can bring it level.
    ///
    /// - Throws: ``IndexSnapshotError`` that says why it cannot be used.
    public func find() async throws -> SnapshotManifest {
        guard let current = try await repository.current() else {
            let others = try await repository.otherCount()
            throw IndexSnapshotError.none(place: repository.place, others: others)
        }
        let manifest = try await repository.manifest(of: current)
        let object = repository.manifestKey(current.manifest)
        guard manifest.corpus == repository.corpus else {
            throw IndexSnapshotError.otherCorpus(
                object: object, found: manifest.corpus, expected: repository.corpus)
        }
        guard manifest.fingerprint == repository.fingerprint.text else {
            throw IndexSnapshotError.otherFingerprint(object: object)
        }
        let (sequence, generation) = (try await store.changeSequence(), try await store.generation)
        guard manifest.sequence <= sequence, manifest.generation <= generation else {
            throw IndexSnapshotError.ahead(
                object: object, snapshot: manifest.sequence, database: sequence)
        }
        let model = repository.fingerprint.model
        guard try await SnapshotProbes.hold(manifest.probes, store: store, model: model) else {
            throw IndexSnapshotError.otherHistory(object: object)
        }
        return manifest
    }

    /// Fetches the files of an index, each block checked, into a folder of the staging folder.
    ///
    /// Blocks that are there already are not fetched: in what a killed process has left, or in the index's own files. At
    /// most ``SnapshotRepository/width`` blocks are in memory.
    ///
    /// - Parameter own: the folder of the index that is to be replaced.
    /// - Returns: the folder, and what it took; `nil` when the snapshot has no such index.
    public func fetch(
        _ part: SnapshotManifest.Part, of manifest: SnapshotManifest, reusing own: URL
    ) async throws -> (folder: URL, figures: Figures)? {
        let files = manifest.files(of: part)
        guard !files.isEmpty else { return nil }
        let folder = staging.appendingPathComponent(part.rawValue)
        let known = try await Self.disk.run {
            try Self.make(folder)
            return LocalBlocks(of: [folder, own], blockByteCount: manifest.blockByteCount)
        }
        var figures = Figures()
        for file in files {
            let fetched = try await fetch(file, manifest.blockByteCount, into: folder, known)
            figures.byteCount += file.byteCount
            figures.fetchedByteCount += fetched
        }
        return (folder, figures)
    }

    /// Removes what was fetched of an index and not taken.
    public func discard(_ part: SnapshotManifest.Part) async throws {
        try await Self.disk.run { [staging] in
            let folder = staging.appendingPathComponent(part.rawValue)
            guard FileManager.default.fileExists(atPath: folder.path) else { return }
            try FileManager.default.removeItem(at: folder)
            // It stays while it holds the other index.
            rmdir(staging.path)
        }
    }

    private static func make(_ folder: URL) throws(IndexSnapshotError) {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw .disk(path: folder.path, reason: "it cannot be made")
        }
    }

    /// - Returns: bytes that came from the place.
    private func fetch(
        _ file: SnapshotManifest.File, _ blockByteCount: Int, into folder: URL, _ known: LocalBlocks
    ) async throws -> Int {
        let target = folder.appendingPathComponent(file.name).path
        let staged = try await Self.disk.run {
            try StagedFile(target + ".part", byteCount: file.byteCount)
        }
        let fetched = try await Array(file.blocks.enumerated()).boundedMap(width: SnapshotRepository.width) {
            let (position, name) = ($0.offset, $0.element)
            let offset = position * blockByteCount
            let count = min(blockByteCount, file.byteCount - offset)
            let isHere = try await Self.disk.run {
                let own = LocalBlocks.Place(path: staged.path, offset: offset, byteCount: count)
                if known.place(of: name) == own { return true }
                guard let data = known.block(name, byteCount: count) else { return false }
                try staged.write(data, at: offset)
                return true
            }
            if isHere { return 0 }
            let data = try await repository.block(name, byteCount: count)
            try await Self.disk.run { try staged.write(data, at: offset) }
            return count
        }
        try await Self.disk.run { try staged.finish(as: target) }
        return fetched.reduce(0, +)
    }
}
