import Foundation
import VectorIndex

/// How much slower does search get as the index grows, at the same recall?
///
///     index-growth --data FILE.npy [--sizes 10000,100000,1000000] [--recall-percent 95] [--queries 1000]
///                  [--format F] [--M M] [--ef-construction E]
///
/// For each size a new index of the file's first rows; the smallest `efSearch` that reaches the recall is
/// found by bisection, and searches are timed there, one thread on one processor. Prints a Markdown table;
/// "slower by" is the first size's queries/s over this size's.
enum IndexGrowthBenchmark {
    /// Bisection ends here at the latest: a wider search is hardly an index any more.
    private static let widest = 4096

    static func run(arguments: [String]) throws {
        let options = try BenchmarkArguments(
            arguments, names: ContenderStore.options.union(["data", "sizes", "recall-percent", "queries"]))
        let contender = try ContenderStore(options)
        let sizes = try options.integers("sizes", or: [10_000, 100_000, 1_000_000])
        let wanted = Double(try options.integer("recall-percent", or: 95)) / 100
        let queries = try options.integer("queries", or: 1000)
        try Processors().pinToOne()

        print("| vectors | build s | efSearch | recall@10 | queries/s | p50 µs | p99 µs | slower by |")
        print("|---|---|---|---|---|---|---|---|")
        var first: Double?
        for size in sizes {
            let data = try IndexData(path: try options.required("data"), count: size, queries: queries)
            let row = try measure(contender, data, recall: wanted)
            let ratio = (first ?? row.timing.queriesPerSecond) / row.timing.queriesPerSecond
            first = first ?? row.timing.queriesPerSecond
            print(
                """
                | \(size) | \(rounded(row.build)) | \(row.ef) | \(rounded(row.recall, 4)) \
                | \(rounded(row.timing.queriesPerSecond, 0)) | \(rounded(row.timing.percentile(0.5), 0)) \
                | \(rounded(row.timing.percentile(0.99), 0)) | \(rounded(ratio, 2))× |
                """)
        }
    }

    private struct Row {
        var build: Double
        var ef: Int
        var recall: Double
        var timing: SearchTiming
    }

    private static func measure(
        _ contender: ContenderStore, _ data: IndexData, recall wanted: Double
    ) throws -> Row {
        let entries = data.vectors.enumerated().map { VectorEntry(id: UInt64($0), vector: $1) }
        let truth = try data.exactIndex(entries).searchBatch(data.queries, k: IndexWork.k)
        let store = try contender.make(dimension: data.dimension)
        let build = try seconds { try store.upsert(entries) }
        let ef = try smallestWidth(reaching: wanted) { ef in
            meanRecall(
                try data.queries.map { try store.search($0, k: IndexWork.k, efSearch: ef) }, against: truth)
        }
        let (timing, results) = try SearchTiming.oneThread(data.queries) {
            try store.search($0, k: IndexWork.k, efSearch: ef)
        }
        return Row(build: build, ef: ef, recall: meanRecall(results, against: truth), timing: timing)
    }

    /// The smallest width whose recall is `wanted` or more, by doubling and then halving the gap; recall
    /// grows with the width but for noise.
    private static func smallestWidth(reaching wanted: Double, recall: (Int) throws -> Double) throws -> Int {
        var (low, high) = (IndexWork.k - 1, IndexWork.k)
        while try recall(high) < wanted {
            guard high < widest else {
                throw BenchmarkError("recall@10 stays below \(wanted) up to efSearch \(high).")
            }
            (low, high) = (high, high * 2)
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if try recall(middle) < wanted { low = middle } else { high = middle }
        }
        return high
    }
}
