import Foundation
import VectorIndex

/// What does a saved index cost a process that only opens and searches it?
///
///     index-open --directory DIR --work DIR --out FILE.json [--format F] [--ef 64]
///
/// Opening is timed three times, the file being in the system's cache; the best stands. Memory is this
/// process's growth by opening, and by answering the queries of `--work`.
enum IndexOpenBenchmark {
    private struct Report: Codable {
        var openMilliseconds: Double
        var residentAfterOpen: ResidentMemory
        var residentAfterSearching: ResidentMemory
        var bytesPerVectorAfterSearching: Double
    }

    static func run(arguments: [String]) throws {
        let options = try BenchmarkArguments(
            arguments, names: ContenderStore.options.union(["directory", "work", "out", "ef"]))
        let contender = try ContenderStore(options)
        let directory = URL(filePath: try options.required("directory"))
        let queries = try IndexWork.queries(directory: URL(filePath: try options.required("work")))
        let ef = try options.integer("ef", or: 64)
        guard let dimension = queries.first?.count else { throw BenchmarkError("there are no queries.") }

        let before = try ResidentMemory.now()
        var fastest = Double.infinity
        for _ in 0..<2 {
            fastest = min(
                fastest, try seconds { _ = try contender.make(dimension: dimension, directory: directory) })
        }
        let clock = ContinuousClock()
        let start = clock.now
        let store = try contender.make(dimension: dimension, directory: directory)
        fastest = min(fastest, start.duration(to: clock.now) / .seconds(1))
        guard store.count > 0 else { throw BenchmarkError("there is no saved index in \(directory.path()).") }
        let opened = try ResidentMemory.now() - before
        for query in queries { _ = try store.search(query, k: IndexWork.k, efSearch: ef) }
        let searched = try ResidentMemory.now() - before

        let report = Report(
            openMilliseconds: fastest * 1000, residentAfterOpen: opened, residentAfterSearching: searched,
            bytesPerVectorAfterSearching: Double(searched.total) / Double(store.count))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(report).write(to: URL(filePath: try options.required("out")), options: .atomic)
        let bytes = rounded(report.bytesPerVectorAfterSearching)
        print("opened in \(rounded(fastest * 1000)) ms; \(bytes) bytes a vector resident after searching")
    }
}
