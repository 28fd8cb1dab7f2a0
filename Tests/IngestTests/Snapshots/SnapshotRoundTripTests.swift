import Backends
import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing
import VectorIndex

@testable import Ingest

@Suite(.timeLimit(.minutes(3))) struct `A snapshot of the indexes` {
    @Test(arguments: SnapshotPlace.allCases)
    func `gives another process the answers of the one that published it`(place: SnapshotPlace) async throws {
        let (store, folder) = try await place.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        try await JobBench(store: corpus).take(JobBench.mill(60))
        let repository = SnapshotPlace.repository(store)
        let first = try SnapshotNode(corpus, repository)
        guard case .published(let snapshot, let figures) = try await first.publish() else {
            Issue.record("nothing was published")
            return
        }
        // Blocks of zeros are one object.
        #expect(figures.newObjectCount > 10 && figures.newByteCount <= figures.byteCount)
        #expect(try await repository.current() == snapshot)
        let second = try SnapshotNode(corpus, repository)
        #expect(try await second.begin())
        #expect(try await second.isLevel)
        #expect(try await second.answers() == first.answers())
        #expect(try second.found("wheel").count == 60)
        let names = try FileManager.default.contentsOfDirectory(atPath: second.folder.url.path)
        #expect(names.sorted() == ["vectors", "words"])
        // What is published of it again is the same.
        #expect(try await second.publish() == .isThere(snapshot))
    }

    @Test(arguments: SnapshotPlace.allCases)
    func `uploads and downloads only what is new`(place: SnapshotPlace) async throws {
        let (store, folder) = try await place.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        try await writer.take(JobBench.mill(60))
        let watched = WatchedStore(store)
        let repository = SnapshotPlace.repository(watched)
        let first = try SnapshotNode(corpus, repository)
        try await first.publish()
        let before = watched.written.filter { $0.contains("/objects/") }
        let second = try SnapshotNode(corpus, repository)
        #expect(try await second.begin())
        try await writer.take(JobBench.mill(61))
        guard case .published(_, let figures) = try await first.publish() else {
            Issue.record("nothing was published")
            return
        }
        let later = Set(watched.written.filter { $0.contains("/objects/") }.dropFirst(before.count))
        #expect(figures.newObjectCount == later.count && !later.isEmpty)
        #expect(later.isDisjoint(with: before))
        #expect(figures.newByteCount < figures.byteCount / 2)
        let manifest = try #require(await second.snapshots.newest())
        let fetched = try #require(
            try await second.fetcher.fetch(.vectors, of: manifest, reusing: second.vectorFolder))
        #expect(fetched.figures.fetchedByteCount < fetched.figures.byteCount / 2)
    }

    @Test func `never brings back what was removed since`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        let race = TestPage(id: "secret", body: "<p>The race is below the dam.</p>")
        try await writer.take(JobBench.mill(20) + [race])
        let first = try SnapshotNode(corpus, SnapshotPlace.repository(store))
        try await first.publish()
        #expect(try first.found("race").count == 1)
        try await writer.take(
            JobBench.mill(19) + [TestPage(id: "19", version: 2, body: "<p>A sluice.</p>", labels: ["water"])])
        let second = try SnapshotNode(corpus, first.repository)
        #expect(try await second.begin())
        #expect(try await second.isLevel)
        #expect(try second.found("race").isEmpty)
        #expect(try second.found("sluice").count == 1)
        #expect(try second.found("water").count == 1)
    }

    @Test func `is left whole by a publisher that is killed anywhere`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        try await writer.take(JobBench.mill(40))
        let repository = SnapshotPlace.repository(store)
        let first = try SnapshotNode(corpus, repository)
        try await first.publish()
        let old = try await repository.current()
        try await writer.take(JobBench.mill(44))
        var writes = 0
        while true {
            let stopping = SnapshotPlace.repository(WatchedStore(store, writes: writes))
            do {
                guard case .published = try await first.publish(through: stopping) else { break }
                break
            } catch let error as IndexSnapshotError {
                guard case .unreachable = error else { throw error }
            }
            try #require(try await repository.current() == old, "killed at write \(writes)")
            if writes.isMultiple(of: 3) {
                let second = try SnapshotNode(corpus, repository)
                #expect(try await second.begin())
                #expect(try await second.isLevel)
            }
            writes += 1
            try #require(writes < 200)
        }
        #expect(writes >= 2)
        #expect(try await repository.current() != old)
        let second = try SnapshotNode(corpus, repository)
        #expect(try await second.begin())
        #expect(try await second.answers() == first.answers())
    }

    @Test func `is fetched on from where a killed process was`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        try await JobBench(store: corpus).take(JobBench.mill(80))
        let repository = SnapshotPlace.repository(store)
        let first = try SnapshotNode(corpus, repository)
        try await first.publish()
        let second = try SnapshotNode(corpus, repository)
        let manifest = try await second.fetcher.find()
        let broken = SnapshotFetcher(
            SnapshotPlace.repository(WatchedStore(store, objectReads: 12)), store: corpus,
            staging: second.folder.url.appendingPathComponent("snapshot"))
        await #expect(throws: IndexSnapshotError.self) {
            try await broken.fetch(.vectors, of: manifest, reusing: second.vectorFolder)
        }
        let rest = try #require(
            try await second.fetcher.fetch(.vectors, of: manifest, reusing: second.vectorFolder))
        #expect(rest.figures.fetchedByteCount < rest.figures.byteCount)
        #expect(try await second.begin())
        #expect(try await second.answers() == first.answers())
    }

    @Test func `takes the place of serving indexes that are far behind`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        try await writer.take(JobBench.mill(10))
        let first = try SnapshotNode(corpus, SnapshotPlace.repository(store))
        let second = try SnapshotNode(corpus, first.repository)
        let follower = IndexFollower(
            store: corpus, vectors: second.vectors, words: second.words, model: second.model,
            logger: JobBench.logger, behindLimit: 5,
            catchUp: { since in
                // As if it were that far behind.
                await second.snapshots.catchUp(
                    from: since - IndexSnapshots.switchAdvance, vectors: second.vectors,
                    searched: second.vectors, vectorFolder: second.vectorFolder, words: second.words,
                    wordFolder: second.wordFolder)
            })
        try await follower.follow()
        #expect(try await second.isLevel)
        try await writer.take(JobBench.mill(60))
        guard case .published(let snapshot, _) = try await first.publish() else {
            Issue.record("nothing was published")
            return
        }
        let isSwitched = await second.snapshots.catchUp(
            from: snapshot.sequence, vectors: second.vectors, searched: second.vectors,
            vectorFolder: second.vectorFolder, words: second.words, wordFolder: second.wordFolder)
        #expect(!isSwitched)
        try await writer.take(JobBench.mill(61))
        try await follower.follow()
        #expect(try await second.isLevel)
        // It goes on from the snapshot's number, so it was taken.
        #expect(second.vectors.generation == first.vectors.generation)
    }
}
