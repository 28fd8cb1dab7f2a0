import Foundation
import VectorIndex

/// How fast, how exact and how large is our index on the vectors the peers were given?
///
///     index --work DIR --out FILE.json [--format F] [--efs 10,16,…] [--save DIR] [--two-threads]
///           [--M M] [--ef-construction E]
///
/// DIR is the folder `Benchmarks/index_peers.py` prepared; see ``IndexWork``. One process measures one
/// format, so that memory is nobody else's. `--two-threads` also searches and builds with two threads;
/// `--save` keeps the index for `index-open`.
enum IndexBenchmark {
    private static let widths = [
        10, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 192, 256, 384, 512, 768,
    ]
    /// A sweep ends here: wider searches are slower and find nothing more.
    private static let enoughRecall = 0.998

    static func run(arguments: [String]) throws {
        let options = try BenchmarkArguments(
            arguments, names: ContenderStore.options.union(["work", "out", "efs", "save"]),
            flags: ["two-threads"])
        let out = try options.required("out")
        var contender = try ContenderStore(options)
        let work = try IndexWork(directory: URL(filePath: try options.required("work")))
        let directory = options.text("save").map { URL(filePath: $0) }
        let processors = try Processors()
        try processors.pinToOne()

        var result = ContenderResult(
            name: "millrace \(contender.format)",
            parameters: "M \(contender.M), efConstruction \(contender.efConstruction)")
        let store = try build(contender, work, into: &result)
        let twoThreads = options.has("two-threads") ? processors : nil
        for ef in try options.integers("efs", or: widths) where ef >= IndexWork.k {
            let point = try measure(store, ef: ef, work, twoThreads: twoThreads)
            result.points.append(point)
            print(line(point))
            if point.recall >= enoughRecall { break }
        }
        if let directory { try save(contender, work, in: directory, into: &result) }
        if let twoThreads, ContenderStore.threadsAllowed.contains(2) {
            try twoThreads.release()
            contender.threads = 2
            result.buildSeconds["2"] = try secondsToBuild(contender, work)
        }
        try result.write(to: out)
    }

    /// In memory, as the peers build: without a log.
    private static func build(
        _ contender: ContenderStore, _ work: IndexWork, into result: inout ContenderResult
    ) throws -> LocalVectorStore {
        let entries = work.entries()
        let store = try contender.make(dimension: work.dimension)
        let before = try ResidentMemory.now()
        let elapsed = try seconds { try store.upsert(entries) }
        let grown = try ResidentMemory.now() - before
        result.buildSeconds["1"] = elapsed
        result.bytesPerVector = .init(
            resident: Double(grown.total) / Double(entries.count), stated: Double(store.bytesPerVector))
        print("\(result.name): built in \(rounded(elapsed)) s")
        return store
    }

    private static func secondsToBuild(_ contender: ContenderStore, _ work: IndexWork) throws -> Double {
        let entries = work.entries()
        let store = try contender.make(dimension: work.dimension)
        return try seconds { try store.upsert(entries) }
    }

    /// One width: recall, speed by one thread, and by two if their processors are given.
    private static func measure(
        _ store: LocalVectorStore, ef: Int, _ work: IndexWork, twoThreads: Processors?
    ) throws -> ContenderResult.Point {
        let search: @Sendable ([Float]) throws -> [Neighbor] = {
            try store.search($0, k: IndexWork.k, efSearch: ef)
        }
        let (timing, results) = try SearchTiming.oneThread(work.queries, search: search)
        var concurrent: Double?
        if let twoThreads {
            try twoThreads.release()
            concurrent = try SearchTiming.concurrent(work.queries, threads: 2, search: search)
            try twoThreads.pinToOne()
        }
        return ContenderResult.Point(
            ef: ef, recall: work.recall(results), queriesPerSecond: timing.queriesPerSecond,
            queriesPerSecond2: concurrent, p50Microseconds: timing.percentile(0.5),
            p99Microseconds: timing.percentile(0.99))
    }

    /// Builds the index once more, in `directory`, for `index-open`. What is timed is the writing of the
    /// snapshot.
    private static func save(
        _ contender: ContenderStore, _ work: IndexWork, in directory: URL, into result: inout ContenderResult
    ) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try LocalVectorStore.reset(directory: directory)
        let store = try contender.make(dimension: work.dimension, directory: directory)
        try store.upsert(work.entries())
        let elapsed = try seconds { try store.compact() }
        let bytes = store.statistics().snapshotByteCount
        result.disk = .init(saveSeconds: elapsed, fileBytes: bytes)
        result.bytesPerVector?.serialized = Double(bytes) / Double(max(store.count, 1))
    }

    private static func line(_ point: ContenderResult.Point) -> String {
        let two = point.queriesPerSecond2.map { ", \(rounded($0, 0))/s by two threads" } ?? ""
        let speed = rounded(point.queriesPerSecond, 0)
        return "  \(point.ef): recall \(rounded(point.recall, 4)), \(speed)/s\(two)"
    }
}

/// A number as a person reads it.
func rounded(_ value: Double, _ places: Int = 1) -> String { String(format: "%.\(places)f", value) }
