import Backends
import Corpus
import CorpusSQLite
import Foundation
import TestSupport
import Testing

@testable import Ingest

@Suite(.timeLimit(.minutes(3))) struct `A snapshot that cannot be used` {
    /// A published snapshot in a folder.
    private struct Bench {
        let folder: TemporaryDirectory
        let store: any ConditionalBlobStore
        let corpus: SQLiteCorpus
        let writer: JobBench
        let repository: SnapshotRepository
        let first: SnapshotNode

        init(_ pages: [TestPage] = JobBench.mill(40)) async throws {
            (store, folder) = try await SnapshotPlace.folder.store()
            corpus = try SQLiteCorpus.inMemory()
            writer = try JobBench(store: corpus)
            try await writer.take(pages)
            repository = SnapshotPlace.repository(store)
            first = try SnapshotNode(corpus, repository)
            try await first.publish()
        }

        /// Files under a folder of the corpus, by name.
        func files(_ name: String) throws -> [URL] {
            let place = folder.url.appendingPathComponent("indexes/c0ffee/\(name)")
            return try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil)
                .filter { !$0.lastPathComponent.hasPrefix(".") }.sorted { $0.path < $1.path }
        }

        func reason(_ node: SnapshotNode) async throws -> IndexSnapshotError? {
            do {
                let manifest = try await node.fetcher.find()
                for part in SnapshotManifest.Part.allCases {
                    _ = try await node.fetcher.fetch(part, of: manifest, reusing: node.vectorFolder)
                }
                return nil
            } catch let error as IndexSnapshotError {
                return error
            }
        }
    }

    @Test func `for a flipped bit is refused by the object's name, and the index is made of the database`()
        async throws
    {
        let bench = try await Bench()
        for file in try bench.files("objects") {
            let bytes = try Data(contentsOf: file)
            var flipped = bytes
            flipped[flipped.count / 2] ^= 4
            try flipped.write(to: file)
            let node = try SnapshotNode(bench.corpus, bench.repository)
            let object = "indexes/c0ffee/objects/\(file.lastPathComponent)"
            #expect(
                try await bench.reason(node)
                    == .damaged(object: object, reason: "its SHA-256 is another one"))
            try bytes.write(to: file)
        }
        let file = try #require(try bench.files("objects").first)
        try Data("x".utf8).write(to: file)
        let node = try SnapshotNode(bench.corpus, bench.repository)
        #expect(try await !node.begin())
        #expect(try await node.isLevel)
        #expect(try node.found("wheel").count == 40)
    }

    @Test func `for a missing object or manifest is refused by name`() async throws {
        let bench = try await Bench()
        let object = try #require(try bench.files("objects").last)
        let bytes = try Data(contentsOf: object)
        try FileManager.default.removeItem(at: object)
        let node = try SnapshotNode(bench.corpus, bench.repository)
        let key = "indexes/c0ffee/objects/\(object.lastPathComponent)"
        #expect(try await bench.reason(node) == .missing(object: key))
        try bytes.write(to: object)
        let home = bench.repository.fingerprint.text
        let manifest = try #require(
            try bench.files(home).first { $0.lastPathComponent.hasPrefix("manifest-") })
        try FileManager.default.removeItem(at: manifest)
        #expect(
            try await bench.reason(node)
                == .missing(object: "indexes/c0ffee/\(home)/\(manifest.lastPathComponent)"))
    }

    @Test func `for a database that was put back is refused, and the next one takes its place`() async throws
    {
        let bench = try await Bench()
        let earlier = try SQLiteCorpus.inMemory()
        try await JobBench(store: earlier).take(JobBench.mill(4))
        let node = try SnapshotNode(earlier, bench.repository)
        let error = try #require(try await bench.reason(node))
        guard case .ahead(_, let snapshot, let database) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(snapshot > database)
        #expect("\(error)".contains("change \(database)"))
        #expect(try await !node.begin())
        #expect(try await node.isLevel)
        guard case .published(let replaced, _) = try await node.publish() else {
            Issue.record("it was not replaced")
            return
        }
        #expect(try await bench.repository.current() == replaced)
        let other = try SnapshotNode(earlier, bench.repository)
        #expect(try await other.begin())
    }

    @Test func `for a history of other passages under the same numbers is refused`() async throws {
        let bench = try await Bench()
        let shared = try SQLiteCorpus.inMemory()
        try await JobBench(store: shared).take(
            (0..<120).map { TestPage(id: "\($0)", body: "<p>Nothing but grain \($0).</p>") })
        let node = try SnapshotNode(shared, bench.repository)
        let error = try #require(try await bench.reason(node))
        guard case .otherHistory = error else {
            Issue.record("\(error)")
            return
        }
        #expect(try await !node.begin())
        #expect(try await node.isLevel)
        #expect(try node.found("wheel").isEmpty)
    }

    @Test func `for another model or corpus is not found`() async throws {
        let bench = try await Bench()
        let model = try SnapshotNode(
            bench.corpus, SnapshotPlace.repository(bench.store, model: "another"))
        #expect(try await bench.reason(model) == .none(place: "test", others: 1))
        let corpus = try SnapshotNode(
            bench.corpus, SnapshotPlace.repository(bench.store, corpus: "decaf"))
        #expect(try await bench.reason(corpus) == .none(place: "test", others: 0))
        #expect(try await !corpus.begin())
        #expect(try await corpus.isLevel)
    }

    @Test func `for lying under another corpus' name is refused`() async throws {
        let bench = try await Bench()
        let root = bench.folder.url.appendingPathComponent("indexes")
        try FileManager.default.copyItem(
            at: root.appendingPathComponent("c0ffee"), to: root.appendingPathComponent("decaf"))
        let node = try SnapshotNode(bench.corpus, SnapshotPlace.repository(bench.store, corpus: "decaf"))
        let error = try #require(try await bench.reason(node))
        guard case .otherCorpus(_, "c0ffee", "decaf") = error else {
            Issue.record("\(error)")
            return
        }
        #expect("\(error)".contains("index.snapshots"))
    }

    // MARK: Manifests

    private static func parse(_ text: String) -> IndexSnapshotError? {
        do throws(IndexSnapshotError) {
            _ = try SnapshotManifest(parsing: Data(text.utf8), object: "m")
            return nil
        } catch {
            return error
        }
    }

    @Test func `for a newer format is refused by both numbers`() {
        #expect(Self.parse(#"{"format": 7}"#) == .newerFormat(object: "m", found: 7, known: 1))
    }

    @Test(arguments: ["", "[]", "{}", #"{"format": 1}"#, #"{"format": "1"}"#])
    func `for being no manifest is refused`(text: String) {
        guard case .damaged(object: "m", _) = Self.parse(text) else {
            Issue.record("“\(text)” was taken")
            return
        }
    }

    @Test(arguments: ["../index.hnsw", "index.log", "index.hnsw/x", "segment-1.text"])
    func `for a file that is none of the index is refused`(name: String) throws {
        var manifest = SnapshotManifest(
            corpus: "c", fingerprint: "f", model: "m", product: "p", generation: 1, sequence: 1, level: 1,
            publishedAt: 1, vectorCount: 1, wordCount: 1, blockByteCount: 10, files: [], probes: [])
        let block = String(repeating: "a", count: 64)
        manifest.files = [.init(part: .vectors, name: "index.hnsw", byteCount: 11, blocks: [block, block])]
        #expect(try Self.parse(String(decoding: manifest.encoded(), as: UTF8.self)) == nil)
        manifest.files[0].blocks = [block]
        #expect(try Self.parse(String(decoding: manifest.encoded(), as: UTF8.self)) != nil)
        manifest.files = [.init(part: .vectors, name: name, byteCount: 0, blocks: [])]
        #expect(try Self.parse(String(decoding: manifest.encoded(), as: UTF8.self)) != nil)
    }
}
