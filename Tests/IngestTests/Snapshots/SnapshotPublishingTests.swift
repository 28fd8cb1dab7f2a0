import Backends
import Corpus
import CorpusSQLite
import Foundation
import Synchronization
import TestSupport
import Testing
import VectorIndex

@testable import Ingest

/// A time that a test sets.
private final class SetTime: Sendable {
    private let seconds = Mutex(0.0)

    var now: Date { Date().addingTimeInterval(seconds.withLock { $0 }) }
    func advance(by step: Double) { seconds.withLock { $0 += step } }
}

/// A publishing in the midst of something else.
private final class PublishingAttempt: Sendable {
    private let state = Mutex<(publisher: SnapshotPublisher?, error: IndexSnapshotError?)>((nil, nil))

    var error: IndexSnapshotError? { state.withLock { $0.error } }

    func begin(_ publisher: SnapshotPublisher) { state.withLock { $0.publisher = publisher } }

    func make() async {
        do {
            _ = try await state.withLock({ $0.publisher })?.publish()
        } catch {
            state.withLock { $0.error = error as? IndexSnapshotError }
        }
    }
}

@Suite(.timeLimit(.minutes(3))) struct `Publishing snapshots` {
    private static func snapshot(_ sequence: Int64) -> PublishedSnapshot {
        PublishedSnapshot(
            manifest: "manifest-\(sequence)", sha256: String(repeating: "0", count: 64), generation: sequence,
            sequence: sequence, level: sequence, publishedAt: 1)
    }

    @Test(arguments: SnapshotPlace.allCases)
    func `never goes backwards, whoever comes last`(place: SnapshotPlace) async throws {
        let (store, folder) = try await place.store()
        defer { withExtendedLifetime(folder) {} }
        let repository = SnapshotPlace.repository(store)
        for sequence: Int64 in [5, 3, 9, 7] {
            _ = try await repository.advance(to: Self.snapshot(sequence)) { 10 }
        }
        #expect(try await repository.current() == Self.snapshot(9))
        #expect(try await repository.advance(to: Self.snapshot(8)) { 10 } == Self.snapshot(9))
        // The database lost what came after change 6.
        #expect(try await repository.advance(to: Self.snapshot(6)) { 6 } == Self.snapshot(6))
        #expect(try await repository.current() == Self.snapshot(6))
    }

    @Test func `ends with the newest of those that come at once`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let repository = SnapshotPlace.repository(store)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sequence: Int64 in 1...6 {
                group.addTask {
                    _ = try await repository.advance(to: Self.snapshot(sequence)) { 10 }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await repository.current() == Self.snapshot(6))
    }

    @Test func `is due after its pause, once enough has changed`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        let time = SetTime()
        let node = try SnapshotNode(corpus, SnapshotPlace.repository(store, now: { time.now }))
        let schedule = SnapshotSchedule(
            node.publisher(), every: .seconds(600), leastChanges: 3, logger: JobBench.logger)
        // There is nothing yet.
        #expect(try await schedule.publishIfDue() == nil)
        try await writer.take(JobBench.mill(10))
        try await schedule.publisher.follower.follow()
        #expect(try await schedule.publishIfDue() != nil)
        try await writer.take(JobBench.mill(20))
        #expect(try await schedule.publishIfDue() == nil)
        time.advance(by: 700)
        let next = try #require(try await schedule.publishIfDue())
        #expect(next.sequence == (try await corpus.changeSequence()))
        time.advance(by: 700)
        #expect(try await schedule.publishIfDue() == nil)
    }

    @Test func `removes what is a day old and beyond the newest three, and nothing that they need`()
        async throws
    {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        let time = SetTime()
        let repository = SnapshotPlace.repository(store, now: { time.now })
        let node = try SnapshotNode(corpus, repository)
        for round in 1...6 {
            try await writer.take(
                (0..<30).map {
                    TestPage(id: "\($0)", version: round, body: "<p>Page \($0) of round \(round).</p>")
                })
            try await node.publish()
        }
        func manifests() async throws -> [BlobEntry] {
            try await store.list(under: "indexes/c0ffee").filter { $0.key.contains("/manifest-") }
        }
        #expect(try await manifests().count == 6)
        let before = try await repository.objects().count
        // None is old yet.
        #expect(try await repository.prune() == SnapshotPruning())
        time.advance(by: 2 * SnapshotRepository.keptSeconds)
        let pruned = try await repository.prune()
        #expect(pruned.manifestCount == 3 && pruned.objectCount > 0)
        let left = try await repository.objects()
        #expect(left.count == before - pruned.objectCount)
        for entry in try await manifests() {
            let data = try #require(try await store.blob(at: entry.key))
            let manifest = try SnapshotManifest(parsing: data, object: entry.key)
            #expect(manifest.objects.isSubset(of: Set(left.keys)))
        }
        let other = try SnapshotNode(corpus, repository)
        #expect(try await other.begin())
        #expect(try await repository.prune() == SnapshotPruning())
    }

    @Test func `removes what other settings left after a month, unless a process is there that uses it`()
        async throws
    {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        try await JobBench(store: corpus).take(JobBench.mill(30))
        let time = SetTime()
        let old = SnapshotPlace.repository(store, model: "of before", now: { time.now })
        let now = SnapshotPlace.repository(store, now: { time.now })
        try await SnapshotNode(corpus, old).publish()
        try await SnapshotNode(corpus, now).publish()
        time.advance(by: SnapshotRepository.unusedSeconds - 3_600)
        #expect(try await now.prune().fingerprintCount == 0)
        time.advance(by: 7_200)
        let used = try await now.prune { $0 == old.fingerprint.text }
        #expect(used == SnapshotPruning())
        #expect(try await old.current() != nil)
        let pruned = try await now.prune()
        #expect(pruned.fingerprintCount == 1 && pruned.manifestCount == 1)
        let left = try await store.list(under: "indexes/c0ffee").map(\.key)
        #expect(!left.contains { $0.contains(old.fingerprint.text) })
        // One's own stays, however old it is.
        let other = try SnapshotNode(corpus, now)
        #expect(try await other.begin())
    }

    @Test func `removes no snapshot that is the newest by name, though others were written after it`()
        async throws
    {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        try await JobBench(store: corpus).take(JobBench.mill(30))
        let time = SetTime()
        let repository = SnapshotPlace.repository(store, now: { time.now })
        let node = try SnapshotNode(corpus, repository)
        try await node.publish()
        let newest = try await node.fetcher.find()
        // Written by those who came too late with what they had.
        for round in 1...4 {
            var late = newest
            (late.level, late.publishedAt, late.files) = (0, Int64(round), [])
            _ = try await repository.put(late)
        }
        time.advance(by: 2 * SnapshotRepository.keptSeconds)
        let pruned = try await repository.prune()
        #expect(pruned.objectCount == 0)
        #expect(try await node.fetcher.find() == newest)
        let other = try SnapshotNode(corpus, repository)
        #expect(try await other.begin())
    }

    @Test func `is put off while the indexes are being changed`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let corpus = try SQLiteCorpus.inMemory()
        let writer = try JobBench(store: corpus)
        let node = try SnapshotNode(corpus, SnapshotPlace.repository(store))
        let attempt = PublishingAttempt()
        let follower = IndexFollower(
            store: corpus, vectors: node.vectors, words: node.words, model: node.model,
            logger: JobBench.logger, behindLimit: 5,
            catchUp: { _ in
                await attempt.make()
                return false
            })
        attempt.begin(node.publisher(following: follower))
        try await writer.take(JobBench.mill(10))
        try await follower.follow()
        let settled = try #require(try await follower.settle())
        try await writer.take(JobBench.mill(60))
        try await follower.follow()
        #expect(attempt.error == .levelling)
        #expect(try #require(try await follower.settle()) > settled)
    }

    @Test func `says so when there is nothing`() async throws {
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let node = try SnapshotNode(try SQLiteCorpus.inMemory(), SnapshotPlace.repository(store))
        await #expect(throws: IndexSnapshotError.nothingToPublish) { try await node.publish() }
    }
}

@Suite(.timeLimit(.minutes(3))) struct `Processes that share a database and a place for snapshots` {
    @Test func `publish one at a time, and begin from each other's`() async throws {
        let database = try SharedDatabase()
        let (writer, reader) = (try await database.process(), try await database.process())
        try await writer.bench.take(JobBench.mill(30))
        let (store, folder) = try await SnapshotPlace.folder.store()
        defer { withExtendedLifetime(folder) {} }
        let repository = SnapshotPlace.repository(store, corpus: try await writer.corpus.identity())
        let first = try SnapshotNode(writer.corpus, repository)
        let publisher = first.publisher(leases: writer.corpus)
        try await publisher.follower.follow()
        // Whoever publishes with other settings removes objects, too.
        let other = try SnapshotNode(
            reader.corpus,
            SnapshotPlace.repository(store, corpus: repository.corpus, model: "another")
        ).publisher(leases: reader.corpus)
        #expect(publisher.lease?.source == other.lease?.source)
        let held = try #require(
            try await reader.corpus.takeLease(
                ofSource: SnapshotPublisher.leaseName, by: "another", for: .seconds(60)))
        await #expect(throws: IndexSnapshotError.publishedElsewhere) { try await publisher.publish() }
        try await reader.corpus.release(held)
        guard case .published = try await publisher.publish() else {
            Issue.record("nothing was published")
            return
        }
        try await writer.bench.take(JobBench.mill(28))
        let second = try SnapshotNode(reader.corpus, repository)
        #expect(try await second.begin())
        #expect(try await second.isLevel)
        #expect(second.vectors.count == 28)
    }
}
