import Foundation
import VectorIndex

/// How fast is exact search when a batch of queries comes at once? The peer is numpy: sgemm and argpartition.
///
///     index-exact --work DIR --out FILE.json --threads 1|2
///
/// `--threads` only names what OPENBLAS_NUM_THREADS was set to before this process began; with 1 the process
/// stays on one processor.
enum IndexExactBenchmark {
    static func run(arguments: [String]) throws {
        let options = try BenchmarkArguments(arguments, names: ["work", "out", "threads"])
        let threads = try options.integer("threads", or: 1)
        let work = try IndexWork(directory: URL(filePath: try options.required("work")))
        if threads == 1 { try Processors().pinToOne() }
        let index = try FlatIndex(dimension: work.dimension, metric: .cosine)
        let build = try seconds { try index.upsert(work.entries()) }

        var fastest = Double.infinity
        try SearchTiming.repeatedly {
            var results: [[Neighbor]] = []
            let elapsed = try seconds { results = try index.searchBatch(work.queries, k: IndexWork.k) }
            guard work.recall(results) > 0.9999 else {
                throw BenchmarkError("exact search is not exact: recall@10 \(work.recall(results)).")
            }
            fastest = min(fastest, elapsed)
        }
        var result = ContenderResult(
            name: "millrace exact", parameters: "FlatIndex, one batch of \(work.queries.count)")
        result.buildSeconds["1"] = build
        result.exactQueriesPerSecond = ["\(threads)": Double(work.queries.count) / fastest]
        try result.write(to: try options.required("out"))
        let speed = rounded(Double(work.queries.count) / fastest)
        print("millrace exact, \(threads) threads: \(speed) queries/s")
    }
}
