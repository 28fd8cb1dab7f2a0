import Corpus
import Foundation
import Ingest
import Logging
import Models
import VectorIndex

extension Services {
    /// Snapshots up to this many bytes are read and checked at every start.
    private static let verifiedAtStart = 1 << 29
    /// In bytes.
    private static let longLog = 2 << 20

    func indexFolder() async throws -> URL {
        try await derivedFolder().appendingPathComponent("index")
    }

    /// The vector index of the data folder, level with the database.
    ///
    /// It is derived data: when it is missing, damaged or behind, it is made again from the database.
    func levelIndex(
        _ corpus: any DocumentStore & EmbeddingStore, model: EmbeddingModel
    ) async throws -> LocalVectorStore {
        let folder = try await indexFolder()
        let index = try await VectorWriter.waiting {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try self.openIndex(in: folder, dimension: model.dimension)
        }
        try await beginFromSnapshot(index, in: folder)
        let change = try await VectorIndexSync.level(store: corpus, index: index, model: model.name)
        // A long log, as an ingest leaves that was killed, would be linked again at each start.
        let isBehind = change.added + change.removed > 0
        if isBehind || index.statistics().logByteCount > Self.longLog {
            if isBehind {
                logger.info(
                    "vector index brought level with the database",
                    metadata: ["millrace.added": "\(change.added)", "millrace.removed": "\(change.removed)"])
            }
            let generation = UInt64(try await corpus.generation)
            try await VectorWriter.waiting { try index.save(generation: generation) }
        }
        return index
    }

    /// Folds the log of the vector index into a new snapshot where it is long enough that the next opening would spend its
    /// time on it. Searches go on meanwhile, writes wait.
    func foldLongLog() async {
        guard case .local(let index)? = try? await index() else { return }
        let figures = index.statistics()
        // A snapshot costs as much as its bytes, so of a large one the log must have grown longer.
        guard figures.logByteCount > max(Self.longLog, figures.snapshotByteCount / 256) else { return }
        do {
            try await VectorWriter.waiting { () throws(VectorIndexError) in try index.compact() }
        } catch {
            logger.warning(
                "the log of the vector index was not folded; the next start takes longer",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    /// The vector index of the data folder as it is: not brought level, and not rebuilt if damaged.
    ///
    /// - Throws: ``CommandError`` where the vectors lie in PostgreSQL or OpenSearch.
    func indexAsItIs() async throws -> LocalVectorStore {
        let provider = settings[\.vectors.provider]
        guard provider == .local else {
            throw CommandError(
                """
                There is no index of vectors in \(settings[\.data].path): with vectors.provider \
                \(provider.rawValue) they lie in \(provider.place), which checks and tidies up what it holds by its \
                own means. `millrace index stats` shows what they take there.
                """)
        }
        try requireDataFolder()
        let folder = try await indexFolder()
        guard FileManager.default.fileExists(atPath: folder.path) else {
            throw CommandError(
                "There is no index in \(settings[\.data].path). Run `millrace ingest` first, or name "
                    + "another folder with --data.")
        }
        return try LocalVectorStore(
            directory: folder, dimension: try await embedder().model.dimension, metric: .cosine)
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
}
