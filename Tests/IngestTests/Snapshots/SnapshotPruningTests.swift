import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing

@testable import Ingest

/// A store of which some blobs have been damaged, as it finds out itself.
private struct DamagedStore: ConditionalBlobStore {
    let store: any ConditionalBlobStore
    let damaged: Set<String>

    func blob(at key: String) async throws -> Data? {
        guard !damaged.contains(key) else {
            throw DamagedBlob(
                place: "s3://bucket/\(key)", setting: "index.snapshots", reason: "its CRC32 differs")
        }
        return try await store.blob(at: key)
    }

    func put(_ data: Data, at key: String) async throws { try await store.put(data, at: key) }
    func remove(_ key: String) async throws { try await store.remove(key) }
    func taggedBlob(at key: String) async throws -> TaggedBlob? { try await store.taggedBlob(at: key) }

    func list(under prefix: String) async throws -> [BlobEntry] { try await store.list(under: prefix) }

    func put(_ data: Data, at key: String, ifTag tag: String?) async throws -> Bool {
        try await store.put(data, at: key, ifTag: tag)
    }
}

@Suite(.timeLimit(.minutes(3))) struct `Pruning of snapshots` {
    /// Six snapshots of one corpus that are two days old, and one by a model of before.
    private struct Bench {
        let folder: TemporaryDirectory
        let store: any ConditionalBlobStore
        let corpus: SQLiteCorpus
        let repository: SnapshotRepository
        let other: SnapshotRepository

        init() async throws {
            (store, folder) = try await SnapshotPlace.folder.store()
            corpus = try SQLiteCorpus.inMemory()
            let writer = try JobBench(store: corpus)
            let now: @Sendable () -> Date = { Date() + 2 * SnapshotRepository.keptSeconds }
            repository = SnapshotPlace.repository(store, now: now)
            other = SnapshotPlace.repository(store, model: "of before", now: now)
            for round in 1...6 {
                try await writer.take(
                    (0..<30).map {
                        TestPage(id: "\($0)", version: round, body: "<p>Page \($0) of round \(round).</p>")
                    })
                if round == 1 {
                    // Without its pruning, which this is about.
                    try await SnapshotNode(corpus, SnapshotPlace.repository(store, model: "of before"))
                        .publish()
                }
                try await SnapshotNode(corpus, SnapshotPlace.repository(store)).publish()
            }
        }

        func manifests(of repository: SnapshotRepository) async throws -> Set<String> {
            let entries = try await store.list(under: "indexes/c0ffee/\(repository.fingerprint)")
            return Set(entries.map(\.key).filter { $0.contains("/manifest-") })
        }

        /// Puts a manifest there that is no one's newest.
        func put(_ text: String, in repository: SnapshotRepository, name: String? = nil) async throws
            -> String
        {
            let data = Data(text.utf8)
            let name = name ?? "manifest-0-\(SnapshotObject.name(of: data).prefix(8))"
            let key = "indexes/c0ffee/\(repository.fingerprint)/\(name)"
            try await store.put(data, at: key)
            return key
        }
    }

    @Test func `passes over what is damaged, tells it, and removes it once it is old and nobody's newest`()
        async throws
    {
        let bench = try await Bench()
        let named = try #require(try await bench.manifests(of: bench.other).first)
        try await bench.store.put(Data("{".utf8), at: named)
        let cut = try await bench.put("{\"format\":1", in: bench.other)
        let renamed = try await bench.put("{}", in: bench.repository, name: "manifest-9-01234567")
        // It is as new as those that stay.
        #expect(try await bench.manifests(of: bench.repository).count == 7)
        let pruned = try await bench.repository.prune()
        #expect(pruned.manifestCount == 5 && pruned.objectCount > 0)
        let told = pruned.unreadable.compactMap { error in
            if case .damaged(let object, _) = error { object } else { nil }
        }
        #expect(told.sorted() == [named, cut, renamed].sorted())
        #expect(try await bench.manifests(of: bench.other) == [named])
        #expect(try await bench.manifests(of: bench.repository).count == 3)
        #expect(try await SnapshotNode(bench.corpus, bench.repository).begin())
        let again = try await bench.repository.prune()
        #expect(again.unreadable.count == 1 && again.manifestCount == 0 && again.objectCount == 0)
    }

    @Test func `removes no block while it cannot tell what a newer version needs`() async throws {
        let bench = try await Bench()
        let newer = try await bench.put("{\"format\":99}", in: bench.other)
        let pruned = try await bench.repository.prune()
        #expect(pruned.unreadable == [.newerFormat(object: newer, found: 99, known: 1)])
        #expect(pruned.manifestCount == 3 && pruned.objectCount == 0)
        #expect(try await bench.manifests(of: bench.other).contains(newer))
        try await bench.store.remove(newer)
        #expect(try await bench.repository.prune().objectCount > 0)
    }

    @Test func `passes over what its store finds damaged`() async throws {
        let bench = try await Bench()
        let named = try #require(try await bench.manifests(of: bench.other).first)
        let damaged = SnapshotPlace.repository(
            DamagedStore(store: bench.store, damaged: [named]), now: bench.repository.now)
        let pruned = try await damaged.prune()
        #expect(
            pruned.unreadable == [.damaged(object: "s3://bucket/\(named)", reason: "its CRC32 differs")])
        #expect(pruned.manifestCount == 3 && pruned.objectCount > 0)
        #expect(try await bench.manifests(of: bench.other) == [named])
    }

    @Test func `is part of a publishing, which goes on beside a damaged snapshot of other settings`()
        async throws
    {
        let bench = try await Bench()
        let named = try #require(try await bench.manifests(of: bench.other).first)
        try await bench.store.put(Data("{".utf8), at: named)
        try await JobBench(store: bench.corpus).take(JobBench.mill(20))
        guard
            case .published = try await SnapshotNode(bench.corpus, bench.repository).publish()
        else {
            Issue.record("nothing was published")
            return
        }
        #expect(try await bench.manifests(of: bench.repository).count == 3)
    }
}
