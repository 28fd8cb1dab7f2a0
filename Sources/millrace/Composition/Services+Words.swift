import Corpus
import Foundation
import Ingest
import Logging
import Models
import QA
import TextIndex

extension Services {
    /// Indexes up to this many bytes are read and checked at every start.
    private static let verifiedAtStart = 1 << 29

    /// One folder for each way of cutting texts into terms: what another Millrace left is of no use to this one.
    func wordsFolder() async throws -> URL {
        try await derivedFolder().appendingPathComponent("words")
            .appendingPathComponent(TextDocument.passageRules)
    }

    /// The index of words of the data folder, level with the database.
    ///
    /// It is derived data: when it is missing, damaged, behind or of other rules, it is made again from the
    /// database.
    func levelWords(
        _ corpus: any DocumentStore & EmbeddingStore & PassageTextStore, model: EmbeddingModel
    ) async throws -> WordIndex {
        let folder = try await wordsFolder()
        let parent = folder.deletingLastPathComponent()
        let store = try await WordIndex.waiting {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let store = try self.openWords(in: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: parent.path)
            where name != folder.lastPathComponent {
                try FileManager.default.removeItem(at: parent.appendingPathComponent(name))
            }
            return store
        }
        // Searches keep what they found by the index's changes, which this counts.
        let index = WordIndex(
            RevisedTextStore(store), isLevelUpTo: Int64(clamping: store.generation), files: store
        ) { sequence in
            do throws(TextIndexError) {
                try store.save(generation: sequence)
            } catch .noDirectory {
                // There is nothing to open again.
            }
        }
        try await beginFromSnapshot(index, in: folder)
        try await level(index, with: corpus, model: model, "index of words brought level with the database")
        return index
    }

    /// - Parameter note: what is logged where anything had to be done.
    func level(
        _ index: WordIndex, with corpus: any DocumentStore & EmbeddingStore & PassageTextStore,
        model: EmbeddingModel, _ note: Logger.Message
    ) async throws {
        let change = try await TextIndexSync.level(store: corpus, index: index, model: model.name)
        if change.added + change.removed + change.renewed > 0 {
            logger.info(
                note,
                metadata: [
                    "millrace.added": "\(change.added)", "millrace.removed": "\(change.removed)",
                    "millrace.renewed": "\(change.renewed)",
                ])
        }
    }

    private func openWords(in folder: URL) throws(TextIndexError) -> LocalTextStore {
        do throws(TextIndexError) {
            let store = try LocalTextStore(directory: folder)
            // Damage would show when a search meets it; an index of usual size is read in no time, and made again
            // before anybody asks.
            let figures = store.statistics()
            if figures.diskByteCount + figures.logByteCount <= Self.verifiedAtStart { try store.verify() }
            return store
        } catch {
            guard error.isCuredByRebuilding else { throw error }
            logger.warning(
                "index of words cannot be used and is built anew from the database",
                metadata: ["millrace.reason": "\(error)"])
            try LocalTextStore.reset(directory: folder)
            return try LocalTextStore(directory: folder)
        }
    }
}
