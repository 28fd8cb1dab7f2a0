import AWSServices
import Backends
import Concurrency
import Corpus
import CorpusSQLite
import Foundation
import Ingest
import Synchronization
import Transport
import VectorIndex

/// What does it cost to publish an index, and to switch to it while another one answers?
///
///     index-snapshot --work DIR --phase build [--vectors 1000000] [--dimension 384]
///     index-snapshot --work DIR --phase publish [--dimension 384] [--s3 PORT]
///     index-snapshot --work DIR --phase switch [--dimension 384] [--readers 2] [--s3 PORT]
///
/// One phase a process, so that the memory of one is not another's. `build` makes an index of seeded vectors in
/// `DIR/source`, and one of a thousandth of them in `DIR/target`. `publish` writes the first as blocks to `DIR/place`, or to
/// the bucket `snapshots` of the S3 on that port of this machine, with the keys of the environment.
/// `switch` opens the second, searches it without a pause, fetches the first and takes it in its place. Heap is this
/// process's growth of memory that is no file's, looked at every 5 ms.
enum IndexSnapshotBenchmark {
    private static let clusters = 2_000
    private static let batch = 10_000

    static func run(arguments: [String]) async throws {
        let options = try BenchmarkArguments(
            arguments, names: ["work", "phase", "vectors", "dimension", "readers", "s3"])
        let work = URL(filePath: try options.required("work"))
        let dimension = try options.integer("dimension", or: 384)
        let port = try options.integer("s3", or: 0)
        func repository() async throws -> SnapshotRepository {
            let place = work.appending(path: "place")
            let store: any ConditionalBlobStore =
                port > 0 ? try await bucket(port) : FolderBlobStore(folder: place)
            return SnapshotRepository(
                store: store, place: port > 0 ? "s3://\(bucketName)" : place.path(), corpus: "bench",
                fingerprint: SnapshotFingerprint(model: "seeded", dimension: dimension, rules: "none"))
        }
        switch try options.required("phase") {
        case "build": try build(work, dimension, count: try options.integer("vectors", or: 1_000_000))
        case "publish": try await publish(work, dimension, try await repository())
        case "switch":
            let readers = try options.integer("readers", or: 2)
            try await exchange(work, dimension, try await repository(), readers: readers)
        case let phase: throw BenchmarkError("--phase is build, publish or switch, not \"\(phase)\".")
        }
    }

    private static func open(_ directory: URL, _ dimension: Int) throws -> LocalVectorStore {
        try LocalVectorStore(directory: directory, dimension: dimension, metric: .cosine)
    }

    private static let bucketName = "snapshots"

    private static func bucket(_ port: Int) async throws -> S3BlobStore {
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        let http = try CurlHTTPClient(configuration: configuration)
        var variables = ProcessInfo.processInfo.environment.filter { $0.key.hasPrefix("AWS_") }
        variables["AWS_ENDPOINT_URL"] = "http://127.0.0.1:\(port)"
        let environment = AWSEnvironment(variables: variables)
        let key = AWSCredentials(
            accessKeyID: variables["AWS_ACCESS_KEY_ID"] ?? "",
            secretAccessKey: variables["AWS_SECRET_ACCESS_KEY"] ?? "")
        let account = try await AWSAccount(
            environment: environment, region: "us-east-1", credentials: StaticCredentials(key), http: http,
            localHTTP: http)
        return S3BlobStore(try S3(account), S3BlobStore.Place(bucket: bucketName))
    }

    // MARK: Build

    private static func build(_ work: URL, _ dimension: Int, count: Int) throws {
        let targets = [("source", count), ("target", max(100, count / 1_000))]
        for (name, count) in targets {
            let store = try open(work.appending(path: name), dimension)
            var random = SeededRandom(seed: 17)
            let centres = (0..<clusters).map { _ in vector(dimension, spread: 1, &random) }
            let took = try seconds {
                for first in stride(from: store.count, to: count, by: batch) {
                    try store.upsert(
                        (first..<min(first + batch, count)).map { id in
                            let centre = centres[id % clusters]
                            let noise = vector(dimension, spread: 0.5, &random)
                            return VectorEntry(id: UInt64(id), vector: zip(centre, noise).map { $0 + $1 })
                        })
                }
                try store.compact()
            }
            print("\(name): \(store.count) vectors in \(rounded(took)) s")
        }
    }

    private static func vector(_ dimension: Int, spread: Float, _ random: inout SeededRandom) -> [Float] {
        (0..<dimension).map { _ in Float.random(in: -spread...spread, using: &random) }
    }

    // MARK: Publish

    private static func publish(
        _ work: URL, _ dimension: Int, _ repository: SnapshotRepository
    ) async throws {
        let store = try open(work.appending(path: "source"), dimension)
        guard let found = try store.openSnapshot() else { throw BenchmarkError("run --phase build first.") }
        var state = SnapshotState(model: "seeded", product: "bench")
        (state.sequence, state.level, state.vectorCount) = (1, 1, found.count)
        let memory = HeapWatch()
        let clock = ContinuousClock()
        let start = clock.now
        let (snapshot, figures) = try await SnapshotUpload(repository).upload(
            [.init(part: .vectors, file: found.file)], of: state)
        _ = try await repository.advance(to: snapshot) { 1 }
        let took = (clock.now - start) / .seconds(1)
        print(
            """
            published \(figures.byteCount >> 20) MB (\(figures.newByteCount >> 20) MB new) in \(rounded(took)) s; \
            heap \(rounded(try await memory.end())) MB
            """)
    }

    // MARK: Switch

    private final class Searching: Sendable {
        private let ended = Atomic(false)
        let count = Atomic(0)
        let failures = Atomic(0)
        let slowest = Mutex(Duration.zero)

        var isOver: Bool { ended.load(ordering: .acquiring) }
        func end() { ended.store(true, ordering: .releasing) }
    }

    private static func exchange(
        _ work: URL, _ dimension: Int, _ repository: SnapshotRepository, readers: Int
    ) async throws {
        let directory = work.appending(path: "target")
        let store = try open(directory, dimension)
        guard let current = try await repository.current() else {
            throw BenchmarkError("run --phase publish first.")
        }
        let manifest = try await repository.manifest(of: current)
        let fetcher = SnapshotFetcher(
            repository, store: try SQLiteCorpus.inMemory(), staging: work.appending(path: "staging"))
        let searching = Searching()
        let threads = (0..<readers).map { number in
            let thread = Thread { search(store, dimension, seed: UInt64(number), searching) }
            thread.start()
            return thread
        }
        let memory = HeapWatch()
        let clock = ContinuousClock()
        let start = clock.now
        guard let fetched = try await fetcher.fetch(.vectors, of: manifest, reusing: directory) else {
            throw BenchmarkError("the snapshot has no vectors.")
        }
        let fetching = (clock.now - start) / .seconds(1)
        let fetchingHeap = memory.most
        let adopting = try seconds { try store.adopt(snapshotIn: fetched.folder) }
        // Searches of what is new now.
        try await Task.sleep(for: .seconds(2))
        let heap = try await memory.end()
        searching.end()
        while threads.contains(where: { !$0.isFinished }) { try await Task.sleep(for: .milliseconds(5)) }
        let slowest = searching.slowest.withLock { $0 } / .milliseconds(1)
        print(
            """
            fetched \(fetched.figures.fetchedByteCount >> 20) MB in \(rounded(fetching)) s, \
            switched to \(store.count) vectors in \(rounded(adopting * 1000)) ms; heap \(rounded(fetchingHeap)) MB while it fetched, \
            \(rounded(heap)) MB at the most; \
            \(searching.count.load(ordering: .relaxed)) searches meanwhile, \
            \(searching.failures.load(ordering: .relaxed)) refused, the slowest \(rounded(slowest)) ms
            """)
    }

    private static func search(
        _ store: LocalVectorStore, _ dimension: Int, seed: UInt64, _ searching: Searching
    ) {
        var random = SeededRandom(seed: seed)
        let clock = ContinuousClock()
        while !searching.isOver {
            let query = vector(dimension, spread: 1, &random)
            let start = clock.now
            do {
                _ = try store.search(query, k: 10)
            } catch {
                searching.failures.add(1, ordering: .relaxed)
            }
            let took = clock.now - start
            searching.slowest.withLock { $0 = max($0, took) }
            searching.count.add(1, ordering: .relaxed)
        }
    }
}

/// Looks again and again at how much memory of this process is no file's.
private struct HeapWatch {
    private final class Peak: Sendable {
        let bytes: Atomic<Int>

        init(_ bytes: Int) {
            self.bytes = Atomic(bytes)
        }
    }

    private let task: Task<Void, any Error>
    private let peak: Peak
    private let before: Int

    init() {
        let before = (try? ResidentMemory.now().anonymous) ?? 0
        let peak = Peak(before)
        self.before = before
        self.peak = peak
        task = Task {
            while !Task.isCancelled {
                peak.bytes.max(try ResidentMemory.now().anonymous, ordering: .relaxed)
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// The greatest growth until now, in MB.
    var most: Double { Double(peak.bytes.load(ordering: .relaxed) - before) / 1_048_576 }

    /// The greatest growth, in MB.
    func end() async throws -> Double {
        task.cancel()
        try await task.value
        return most
    }
}
