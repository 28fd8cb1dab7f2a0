import Concurrency
import Corpus
import Foundation
import Synchronization
import VectorIndex

/// What a snapshot is of.
public struct SnapshotState: Sendable, Hashable {
    public var model: String
    /// The program and its version, for people.
    public var product: String
    /// Of the database once the files were open: nothing in them is newer.
    public var generation: Int64 = 0
    public var sequence: Int64 = 0
    /// The last change that the indexes were level with before the files were opened.
    public var level: Int64 = 0
    public var vectorCount = 0
    public var wordCount = 0
    var probes: [SnapshotManifest.Probe] = []

    public init(model: String, product: String) {
        self.model = model
        self.product = product
    }
}

/// Writes files of indexes into a place for snapshots, block by block, and none that is there.
///
/// At most ``SnapshotRepository/width`` blocks are in memory.
public struct SnapshotUpload: Sendable {
    /// A file of one of the indexes.
    public struct Source: Sendable {
        var part: SnapshotManifest.Part
        var file: IndexFile

        public init(part: SnapshotManifest.Part, file: IndexFile) {
            self.part = part
            self.file = file
        }
    }

    public struct Figures: Hashable, Sendable {
        public var byteCount = 0
        /// Objects that were not there before.
        public var newObjectCount = 0
        public var newByteCount = 0
    }

    private static let disk = BlockingExecutor(label: "millrace.snapshot.publish", width: 2)

    private let repository: SnapshotRepository
    private let blockByteCount: Int

    /// - Parameter blockByteCount: 1 to 8 MiB. Whoever changes it uploads everything anew.
    public init(
        _ repository: SnapshotRepository, blockByteCount: Int = SnapshotManifest.standardBlockByteCount
    ) {
        precondition(
            (1...SnapshotManifest.blockByteLimit).contains(blockByteCount),
            "blocks of \(blockByteCount) bytes")
        self.repository = repository
        self.blockByteCount = blockByteCount
    }

    /// Writes the files and the manifest, which nobody looks at before it is the newest
    /// (``SnapshotRepository/advance(to:change:)``).
    public func upload(
        _ sources: [Source], of state: SnapshotState
    ) async throws -> (snapshot: PublishedSnapshot, figures: Figures) {
        let (files, figures) = try await upload(sources)
        let manifest = SnapshotManifest(
            corpus: repository.corpus, fingerprint: repository.fingerprint.text, model: state.model,
            product: state.product, generation: state.generation, sequence: state.sequence,
            level: state.level, publishedAt: Int64(repository.now().timeIntervalSince1970),
            vectorCount: state.vectorCount,
            wordCount: state.wordCount, blockByteCount: blockByteCount, files: files, probes: state.probes)
        return (try await repository.put(manifest), figures)
    }

    private func upload(_ sources: [Source]) async throws -> ([SnapshotManifest.File], Figures) {
        let present = try await repository.objects()
        let needed = try await repository.neededObjects()
        let seen = SeenBlocks()
        var figures = Figures()
        var files: [SnapshotManifest.File] = []
        for source in sources {
            let offsets = Array(stride(from: 0, to: source.file.byteCount, by: blockByteCount))
            let blocks = try await offsets.boundedMap(width: SnapshotRepository.width) { offset in
                try await upload(source.file, at: offset) { name, byteCount in
                    // Written once, though two parts of the files be the same: another task is at it, or done.
                    guard seen.isFirst(name) else { return true }
                    // One that may be pruned at any time, or is cut short, is written again.
                    guard let entry = present[name], entry.byteCount == byteCount else { return false }
                    return needed.contains(name) || repository.isFresh(entry)
                }
            }
            for block in blocks {
                figures.byteCount += block.byteCount
                guard block.isNew else { continue }
                figures.newObjectCount += 1
                figures.newByteCount += block.byteCount
            }
            files.append(
                SnapshotManifest.File(
                    part: source.part, name: source.file.name, byteCount: source.file.byteCount,
                    blocks: blocks.map(\.name)))
        }
        return (files, figures)
    }

    private struct Block: Sendable {
        var name: String
        var byteCount: Int
        var isNew: Bool
    }

    private func upload(
        _ file: IndexFile, at offset: Int,
        unless isThere: @Sendable (_ name: String, _ byteCount: Int) -> Bool
    ) async throws -> Block {
        let count = blockByteCount
        let (data, name) = try await Self.disk.run {
            let data = try file.read(at: offset, count: count)
            return (data, SnapshotObject.name(of: data))
        }
        guard data.count == min(count, file.byteCount - offset) else {
            throw IndexSnapshotError.disk(path: file.name, reason: "it became shorter while it was read")
        }
        guard !isThere(name, data.count) else {
            return Block(name: name, byteCount: data.count, isNew: false)
        }
        try await repository.asking { try await repository.store.put(data, at: repository.objectKey(name)) }
        return Block(name: name, byteCount: data.count, isNew: true)
    }
}

/// Blocks that an upload has come to.
private final class SeenBlocks: Sendable {
    private let names = Mutex<Set<String>>([])

    func isFirst(_ name: String) -> Bool { names.withLock { $0.insert(name).inserted } }
}
