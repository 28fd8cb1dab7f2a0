import Corpus
import CorpusSQLite
import Foundation
import Models
import TestSupport
import Testing
import VectorIndex

@testable import Ingest

@Suite(.timeLimit(.minutes(3))) struct `An index that others may take the place of` {
    @Test func `gives way to no snapshot whose files are older`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        try await writer.take(JobBench.mill(10))
        let first = try SnapshotNode(corpus, SnapshotPlace.repository(store))
        try await first.publish()
        try await writer.take(JobBench.mill(60))
        // All words are in files. Of the vectors those that came since are in the log alone, which is not published.
        try await first.publish()
        let manifest = try #require(await first.snapshots.newest())
        #expect(manifest.vectorCount == 10 && manifest.wordCount == 60)
        #expect(manifest.level == manifest.sequence)
        let second = try SnapshotNode(corpus, first.repository)
        try await second.level()
        func catchUp(from since: Int64) async -> Bool {
            await second.snapshots.catchUp(
                from: since, vectors: second.vectors, searched: second.vectors,
                vectorFolder: second.vectorFolder, words: second.words, wordFolder: second.wordFolder)
        }
        let since = manifest.sequence - IndexSnapshots.switchAdvance
        #expect(await catchUp(from: since))
        #expect(second.vectors.count == 60)
        // Its files were as old as that when they were read, whatever had happened in the database by then.
        var old = manifest
        (old.level, old.publishedAt) = (1, 0)
        _ = try await first.repository.store.remove(first.repository.currentKey)
        _ = try await first.repository.advance(to: try await first.repository.put(old)) { manifest.sequence }
        #expect(await !catchUp(from: since))
    }

    @Test func `is compared with the database until that has succeeded once`() async throws {
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let node = try SnapshotNode(corpus, SnapshotPlace.repository(store))
        let silent = SilentVectors(node.vectors)
        let follower = IndexFollower(
            store: corpus, vectors: silent, words: node.words, model: node.model, logger: JobBench.logger,
            behindLimit: 5,
            catchUp: { _ in
                // Another index, which lacks what this one had; and then nothing more can be stored for a while.
                guard !silent.wasSilent else { return false }
                try? node.vectors.remove(node.vectors.ids())
                silent.fallSilent()
                return true
            })
        try await writer.take(JobBench.mill(10))
        try await follower.follow()
        try await writer.take(JobBench.mill(30))
        await #expect(throws: VectorIndexError.self) { try await follower.follow() }
        silent.answer()
        try await follower.follow()
        #expect(try await node.isLevel)
    }

    @Test func `is not taken for empty where an index does not answer`() async throws {
        let corpus = try SQLiteCorpus.inMemory()
        try await JobBench(store: corpus).take(JobBench.mill(4))
        let vectors = try FlatIndex(dimension: 64, metric: .cosine)
        let silent = SilentVectors(vectors)
        silent.fallSilent()
        #expect(silent.ids().isEmpty)
        await #expect(throws: VectorIndexError.self) {
            try await VectorIndexSync.level(store: corpus, index: silent, model: HashingEmbedder().model.name)
        }
        #expect(vectors.count == 0 && silent.upsertCount == 0)
    }
}
