import Foundation
import VectorIndex

/// What every contender is asked: the folder that `Benchmarks/index_peers.py` prepared.
///
/// | file | rows × columns | meaning |
/// |---|---|---|
/// | `base.npy` | *n* × dimension, float32 | the vectors to index, of length 1; a row's number is its id |
/// | `queries.npy` | queries × dimension, float32 | held out of the base, of length 1 |
/// | `truth.npy` | queries × 10, int32 | ids of the ten nearest by inner product, nearest first |
struct IndexWork {
    /// Neighbours asked for, everywhere.
    static let k = 10

    let base: [[Float]]
    let queries: [[Float]]
    /// Similarity of each query's tenth neighbour, less a margin for rounding.
    private let thresholds: [Float]

    var dimension: Int { queries.first?.count ?? 0 }

    init(directory: URL) throws {
        func url(_ name: String) -> URL { directory.appending(path: name + ".npy") }
        let baseFile = try NPYFile<Float>(url("base"), type: "<f4")
        let truthFile = try NPYFile<Int32>(url("truth"), type: "<i4")
        let base = try baseFile.read(0..<baseFile.rows)
        let queries = try Self.queries(directory: directory)
        let truth = try truthFile.read(0..<truthFile.rows)
        guard truth.count == queries.count, truthFile.columns == Self.k else {
            throw BenchmarkError(
                "truth.npy is \(truth.count) × \(truthFile.columns); expected \(queries.count) × \(Self.k).")
        }
        self.base = base
        self.queries = queries
        thresholds = try zip(queries, truth).map { query, ids in
            guard let last = ids.last, base.indices.contains(Int(last)) else {
                throw BenchmarkError("truth.npy names a row that base.npy does not have.")
            }
            return dotProduct(query, base[Int(last)]) - 1e-6
        }
    }

    /// The queries alone, for a process that must not hold the base.
    static func queries(directory: URL) throws -> [[Float]] {
        let file = try NPYFile<Float>(directory.appending(path: "queries.npy"), type: "<f4")
        return try file.read(0..<file.rows)
    }

    /// The base as a store takes it.
    func entries() -> [VectorEntry] {
        base.enumerated().map { VectorEntry(id: UInt64($0), vector: $1) }
    }

    /// Mean recall@10: a result counts once, and if it is as near as the true tenth, so that of equal vectors
    /// any may be returned. `index_peers.py` counts alike for the peers.
    func recall(_ found: [[Neighbor]]) -> Double {
        var hits = 0
        for ((neighbors, query), threshold) in zip(zip(found, queries), thresholds) {
            let ids = Set(neighbors.prefix(Self.k).map { Int($0.id) })
            hits += ids.count { base.indices.contains($0) && dotProduct(query, base[$0]) >= threshold }
        }
        return Double(hits) / Double(Self.k * queries.count)
    }
}

/// Σ *aᵢbᵢ* in double precision: the judge must not round as the judged do.
func dotProduct(_ a: [Float], _ b: [Float]) -> Float {
    precondition(a.count == b.count, "\(a.count) and \(b.count) elements")
    var sum = 0.0
    for i in a.indices { sum += Double(a[i]) * Double(b[i]) }
    return Float(sum)
}
