import Foundation
import VectorIndex

/// Does a filtered search find what it may, and does it cost less than comparing all of it?
///
///     index-filters --data FILE.npy [--count 100000] [--queries 200] [--ef 64] [--seed S]
///                   [--format F] [--M M] [--ef-construction E]
///
/// Each query gets its own allowed set, of 0.01 % to 100 % of the vectors:
///
/// | kind | allowed are |
/// |---|---|
/// | random | any |
/// | correlated | the nearest to a centre: one of the query's hundred nearest, drawn at random |
/// | anti-correlated | the farthest from the query |
///
/// The peer is exact search with the same filter. The floor is exact search of an index that holds the
/// allowed rows alone, side by side, which nobody has at hand for every filter. Making the sets and those
/// indexes is not timed. One thread on one processor, the best of three rounds or more. Prints a Markdown
/// table.
enum IndexFiltersBenchmark {
    private static let shares = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1]

    private enum Kind: String, CaseIterable {
        case random, correlated
        case antiCorrelated = "anti-correlated"
    }

    static func run(arguments: [String]) throws {
        let options = try BenchmarkArguments(
            arguments, names: ContenderStore.options.union(["data", "count", "queries", "ef", "seed"]))
        let contender = try ContenderStore(options)
        let data = try IndexData(
            path: try options.required("data"), count: try options.integer("count", or: 100_000),
            queries: try options.integer("queries", or: 200))
        let ef = try options.integer("ef", or: 64)
        try Processors().pinToOne()
        var random = SeededRandom(seed: UInt64(try options.integer("seed", or: 1)))
        let entries = data.vectors.enumerated().map { VectorEntry(id: UInt64($0), vector: $1) }
        let flat = try data.exactIndex(entries)
        let store = try contender.make(dimension: data.dimension)
        try store.upsert(entries)

        print("| allowed are | share | recall@10 | worst query | µs | exact µs | of exact | floor µs |")
        print("|---|---|---|---|---|---|---|---|")
        for kind in Kind.allCases {
            let orders = try data.queries.map { query in
                try order(kind, query, data: data, flat: flat, random: &random)
            }
            for share in shares {
                let size = max(1, Int((share * Double(data.vectors.count)).rounded()))
                let allowed = orders.map { $0.prefix(size).map(UInt64.init) }
                let floor = try floorMicroseconds(data, allowed)
                let filters = allowed.map { VectorFilter.allowed(IDBitmap($0)) }
                let row = try measure(store, flat, ef: ef, data.queries, filters, floor: floor)
                print("| \(kind.rawValue) | \(share * 100) % \(row)")
            }
        }
    }

    /// The ids from the first to be allowed to the last.
    private static func order(
        _ kind: Kind, _ query: [Float], data: IndexData, flat: FlatIndex, random: inout SeededRandom
    ) throws -> [UInt32] {
        func nearestFirst(_ centre: [Float]) throws -> [UInt32] {
            try flat.search(centre, k: data.vectors.count).map { UInt32($0.id) }
        }
        switch kind {
        case .random:
            return (0..<UInt32(data.vectors.count)).shuffled(using: &random)
        case .correlated:
            let near = try flat.search(query, k: 100).randomElement(using: &random)
            return try nearestFirst(near.map { data.vectors[Int($0.id)] } ?? query)
        case .antiCorrelated:
            return try nearestFirst(query).reversed()
        }
    }

    /// Mean time of exact search over the allowed rows alone, for some of the queries: an index each.
    private static func floorMicroseconds(_ data: IndexData, _ allowed: [[UInt64]]) throws -> Double {
        let sample = Array(zip(data.queries, allowed).prefix(20))
        let total = try sample.reduce(0.0) { sum, pair in
            let rows = try data.exactIndex(
                pair.1.sorted().map { VectorEntry(id: $0, vector: data.vectors[Int($0)]) })
            let times = try (0..<SearchTiming.rounds).map { _ in
                try seconds { _ = try rows.search(pair.0, k: IndexWork.k) }
            }
            return sum + (times.min() ?? 0)
        }
        return total * 1_000_000 / Double(max(sample.count, 1))
    }

    /// The rest of a table's row, behind the share.
    private static func measure(
        _ store: LocalVectorStore, _ flat: FlatIndex, ef: Int, _ queries: [[Float]],
        _ filters: [VectorFilter], floor: Double
    ) throws -> String {
        var (fastest, fastestExact) = (Double.infinity, Double.infinity)
        var (found, truth): ([[Neighbor]], [[Neighbor]]) = ([], [])
        try SearchTiming.repeatedly {
            fastest = min(
                fastest,
                try seconds {
                    found = try zip(queries, filters).map {
                        try store.search($0, k: IndexWork.k, efSearch: ef, filter: $1)
                    }
                })
            fastestExact = min(
                fastestExact,
                try seconds {
                    truth = try zip(queries, filters).map { try flat.search($0, k: IndexWork.k, filter: $1) }
                })
        }
        let recalls = zip(found, truth).map { recall(of: $0, against: $1, k: IndexWork.k) }
        let micros = [fastest, fastestExact].map { $0 * 1_000_000 / Double(queries.count) }
        return "| \(rounded(meanRecall(found, against: truth), 4)) | \(rounded(recalls.min() ?? 1, 2)) "
            + "| \(rounded(micros[0])) | \(rounded(micros[1])) | \(rounded(micros[0] / micros[1], 2))× "
            + "| \(rounded(floor)) |"
    }
}
