import Foundation
import VectorIndex

/// What is left of recall after half of the vectors were replaced?
///
///     index-updates --data FILE.npy [--count 100000] [--percent 50] [--efs 16,32,64,128] [--queries 1000]
///                   [--seed S] [--format F] [--M M] [--ef-construction E]
///
/// Vectors chosen at random are replaced in batches of random size: every other batch stores new vectors
/// under the old ids, the others remove the old ids and store under new ones. Then the same contents are
/// built afresh in random order, and both are searched at the same widths. The file must hold what is stored
/// first, what replaces it, and the queries. Prints a Markdown table.
enum IndexUpdatesBenchmark {
    static func run(arguments: [String]) throws {
        let options = try BenchmarkArguments(
            arguments,
            names: ContenderStore.options.union(["data", "count", "percent", "efs", "queries", "seed"]))
        let contender = try ContenderStore(options)
        let count = try options.integer("count", or: 100_000)
        let replaced = count * (try options.integer("percent", or: 50)) / 100
        let data = try IndexData(
            path: try options.required("data"), count: count + replaced,
            queries: try options.integer("queries", or: 1000))
        guard replaced <= count else { throw BenchmarkError("--percent is at most 100.") }
        try Processors().pinToOne()
        var random = SeededRandom(seed: UInt64(try options.integer("seed", or: 1)))

        let updated = try contender.make(dimension: data.dimension)
        let initial = data.vectors.prefix(count).enumerated().map { VectorEntry(id: UInt64($0), vector: $1) }
        let build = try seconds { try updated.upsert(initial) }
        var contents = Dictionary(uniqueKeysWithValues: initial.map { ($0.id, $0.vector) })
        let update = try seconds {
            try replace(replaced, with: data.vectors[count...], in: updated, &contents, &random)
        }
        // Sorted first: a dictionary's order differs from run to run.
        let entries = contents.sorted { $0.key < $1.key }.map { VectorEntry(id: $0.key, vector: $0.value) }
            .shuffled(using: &random)
        let fresh = try contender.make(dimension: data.dimension)
        try fresh.upsert(entries)
        print(
            "\(count) vectors built in \(rounded(build)) s, \(replaced) replaced in \(rounded(update)) s: "
                + "\(rounded(Double(replaced) / update, 0)) a second\n")
        try compare(
            updated, fresh, truth: try data.exactIndex(entries).searchBatch(data.queries, k: IndexWork.k),
            queries: data.queries, widths: try options.integers("efs", or: [16, 32, 64, 128]))
    }

    /// Replaces `total` of the first vectors, and does the same to `contents`.
    private static func replace(
        _ total: Int, with replacements: ArraySlice<[Float]>, in store: LocalVectorStore,
        _ contents: inout [UInt64: [Float]], _ random: inout SeededRandom
    ) throws {
        var old = contents.keys.sorted().shuffled(using: &random).prefix(total)
        var new = replacements
        var nextID = UInt64(contents.count)
        var keepsIDs = true
        while !old.isEmpty {
            let size = min(Int.random(in: 1...2000, using: &random), old.count)
            let batch = Array(old.prefix(size))
            var ids = batch
            if !keepsIDs {
                try store.remove(batch)
                for id in batch { contents[id] = nil }
                ids = (0..<UInt64(size)).map { nextID + $0 }
                nextID += UInt64(size)
            }
            let entries = zip(ids, new.prefix(size)).map { VectorEntry(id: $0, vector: $1) }
            try store.upsert(entries)
            for entry in entries { contents[entry.id] = entry.vector }
            (old, new) = (old.dropFirst(size), new.dropFirst(size))
            keepsIDs.toggle()
        }
    }

    private static func compare(
        _ updated: LocalVectorStore, _ fresh: LocalVectorStore, truth: [[Neighbor]], queries: [[Float]],
        widths: [Int]
    ) throws {
        print("| efSearch | recall@10 updated | fresh | points lost | queries/s updated | fresh |")
        print("|---|---|---|---|---|---|")
        for ef in widths {
            let after = try SearchTiming.oneThread(queries) {
                try updated.search($0, k: IndexWork.k, efSearch: ef)
            }
            let anew = try SearchTiming.oneThread(queries) {
                try fresh.search($0, k: IndexWork.k, efSearch: ef)
            }
            let recalls = [after.results, anew.results].map { meanRecall($0, against: truth) }
            print(
                """
                | \(ef) | \(rounded(recalls[0], 4)) | \(rounded(recalls[1], 4)) \
                | \(rounded(100 * (recalls[1] - recalls[0]), 2)) \
                | \(rounded(after.timing.queriesPerSecond, 0)) | \(rounded(anew.timing.queriesPerSecond, 0)) |
                """)
        }
    }
}
