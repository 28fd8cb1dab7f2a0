import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `A store in a directory` {
    private func open(
        _ directory: URL, dimension: Int = 6, metric: Metric = .cosine, M: Int = 16,
        format: VectorFormat = .int8
    ) throws -> LocalVectorStore {
        let parameters = try HNSWParameters(
            M: M, efConstruction: 60, efSearch: 20, seed: 8, format: format)
        return try LocalVectorStore(
            directory: directory, dimension: dimension, metric: metric, parameters: parameters)
    }

    @Test(arguments: VectorFormat.allCases, Metric.allCases)
    func `gives back what was stored, from the log, from the snapshot and from both`(
        format: VectorFormat, metric: Metric
    ) throws {
        try withTemporaryDirectory { directory in
            var vectors = ClusteredVectors(seed: 81, dimension: 6)
            var expected = Set<UInt64>(0..<1500)
            let flat = try FlatIndex(dimension: 6, metric: metric)
            func change(_ body: (any VectorStore) throws -> Void) throws {
                let store = try open(directory, metric: metric, format: format)
                #expect(Set(store.ids()) == expected)
                try body(store)
                try body(flat)
                expected = Set(flat.ids())
                #expect(Set(store.ids()) == expected)
                #expect(store.violations() == [])
            }
            let (first, more) = (vectors.entries(0..<1500), vectors.entries(1400..<1700))
            expected = []
            try change { try $0.upsert(first) }
            try change { try $0.remove([0, 3, 50]) }
            try open(directory, metric: metric, format: format).compact()
            try change { try $0.upsert(more) }
            try open(directory, metric: metric, format: format).save(generation: 12)
            try change { try $0.remove(Array(100..<200)) }
            let store = try open(directory, metric: metric, format: format)
            #expect(store.generation == 12 && store.count == flat.count)
            try store.verify()
            for query in vectors.queries(30) {
                let exact = Dictionary(
                    uniqueKeysWithValues: try flat.search(query, k: 2000).map { ($0.id, $0.distance) })
                for neighbor in try store.search(query, k: 10) {
                    #expect(exact[neighbor.id] == neighbor.distance)
                }
            }
            let recall = try meanRecall(of: store, against: flat, queries: vectors.queries(100), efSearch: 60)
            #expect(recall > 0.95, "seed 81: \(recall)")
        }
    }

    @Test func `without its log is refused, for changes may be missing`() throws {
        try withTemporaryDirectory { directory in
            var vectors = ClusteredVectors(seed: 82, dimension: 6)
            try open(directory).upsert(vectors.entries(0..<100))
            try open(directory).compact()
            try open(directory).remove([5])
            let log = directory.appendingPathComponent("index.log")
            try FileManager.default.removeItem(at: log)
            let reason = "it is missing, and with it every change since the snapshot"
            #expect(throws: VectorIndexError.damaged(file: log.path, reason: reason)) { try open(directory) }
            try LocalVectorStore.reset(directory: directory)
            #expect(try open(directory).count == 0)
        }
    }

    @Test func `finds across clusters that came one after the other in one call`() throws {
        var vectors = ClusteredVectors(seed: 83, dimension: 12, clusters: 11)
        let entries = vectors.centres.enumerated().flatMap { cluster, centre in
            (0..<600).map { VectorEntry(id: UInt64(cluster * 600 + $0), vector: vectors.near(centre)) }
        }
        let parameters = try HNSWParameters(efConstruction: 100, seed: 8)
        let store = try LocalVectorStore(
            directory: nil, dimension: 12, metric: .cosine, parameters: parameters)
        let flat = try FlatIndex(dimension: 12, metric: .cosine)
        try store.upsert(entries)
        try flat.upsert(entries)
        // Queries from anywhere, most of them between clusters.
        var numbers = SeededNumbers(seed: 84)
        let queries = (0..<200).map { _ in numbers.vector(12) }
        let recall = try meanRecall(of: store, against: flat, queries: queries, efSearch: 64)
        #expect(recall >= 0.95, "seeds 83, 84: \(recall)")
    }
}
