import Foundation
import VectorIndex

/// Vectors of one file for the benchmarks that need no peers. The file's last rows are the queries and are
/// never stored.
struct IndexData {
    /// Rows to store from.
    let vectors: [[Float]]
    let queries: [[Float]]

    var dimension: Int { queries.first?.count ?? 0 }

    /// - Parameters:
    ///   - path: a float32 matrix, as `scripts/make-vectors` writes them.
    ///   - count: rows wanted, from the file's beginning.
    init(path: String, count: Int, queries: Int) throws {
        let file = try NPYFile<Float>(URL(filePath: path), type: "<f4")
        guard count + queries <= file.rows else {
            throw BenchmarkError(
                """
                \(count) vectors and \(queries) queries are needed; the file has \(file.rows) rows. Give a \
                smaller --count, or make more with scripts/make-vectors.
                """)
        }
        vectors = try file.read(0..<count)
        self.queries = try file.read((file.rows - queries)..<file.rows)
    }

    /// Exact search over `entries`, with no second copy of them but the index's own.
    func exactIndex(_ entries: [VectorEntry]) throws -> FlatIndex {
        let flat = try FlatIndex(dimension: dimension, metric: .cosine)
        try flat.upsert(entries)
        return flat
    }
}

/// Mean recall@10 over queries, by ``recall(of:against:k:)``.
func meanRecall(_ found: [[Neighbor]], against truth: [[Neighbor]]) -> Double {
    let sum = zip(found, truth).reduce(0) { $0 + recall(of: $1.0, against: $1.1, k: IndexWork.k) }
    return sum / Double(max(found.count, 1))
}

/// Vigna's splitmix64, so that runs repeat.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
