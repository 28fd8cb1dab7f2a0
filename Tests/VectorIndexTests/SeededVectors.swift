import Foundation
import VectorIndex

/// SplitMix64: small, and the same numbers everywhere for the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }

    /// Normally distributed (Box and Muller), so that directions are uniform on the sphere: no axis is
    /// favoured.
    mutating func normal() -> Float {
        let radius = (-2 * Foundation.log(Float.random(in: Float.leastNormalMagnitude..<1, using: &self)))
            .squareRoot()
        return radius * Foundation.cos(Float.random(in: 0..<2 * .pi, using: &self))
    }

    mutating func vector(_ dimension: Int) -> [Float] {
        (0..<dimension).map { _ in normal() }
    }
}

/// Vectors around `clusters` centres of uneven size, which is fairer to a graph than uniform noise:
/// embeddings of text lie in clusters, and links between clusters are what a bad graph lacks.
struct ClusteredVectors {
    var numbers: SeededNumbers
    let dimension: Int
    let centres: [[Float]]

    init(seed: UInt64, dimension: Int, clusters: Int = 40) {
        numbers = SeededNumbers(seed: seed)
        self.dimension = dimension
        var made: [[Float]] = []
        for _ in 0..<clusters { made.append(numbers.vector(dimension)) }
        centres = made
    }

    mutating func next() -> [Float] {
        let share = Double.random(in: 0..<1, using: &numbers)
        return near(centres[Int(share * share * Double(centres.count))])
    }

    mutating func near(_ centre: [Float]) -> [Float] {
        centre.map { $0 + 0.5 * numbers.normal() }
    }

    mutating func entries(_ ids: Range<UInt64>) -> [VectorEntry] {
        ids.map { VectorEntry(id: $0, vector: next()) }
    }

    mutating func queries(_ count: Int) -> [[Float]] {
        (0..<count).map { _ in next() }
    }
}

/// Mean recall@10 of a store against exact search.
func meanRecall(
    of store: some VectorStore, against truth: FlatIndex, queries: [[Float]], efSearch: Int? = nil,
    filter: VectorFilter? = nil
) throws -> Double {
    let exact = try truth.searchBatch(queries, k: 10, filter: filter)
    var sum = 0.0
    for (query, exact) in zip(queries, exact) {
        let found = try store.search(query, k: 10, efSearch: efSearch, filter: filter)
        sum += recall(of: found, against: exact, k: 10)
    }
    return sum / Double(queries.count)
}

/// A folder that is deleted when `body` is done.
func withTemporaryDirectory<R>(_ body: (URL) throws -> R) throws -> R {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url)
}
