import Testing

@testable import VectorIndex

@Suite struct `A flat index` {
    /// The `k` nearest by the metric's definition, in double precision.
    private func nearest(_ entries: [VectorEntry], _ query: [Float], metric: Metric, k: Int) -> [(
        UInt64, Double
    )] {
        func dot(_ a: [Float], _ b: [Float]) -> Double {
            zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        let distances = entries.map { entry -> (UInt64, Double) in
            switch metric {
            case .cosine:
                let norms = (dot(query, query) * dot(entry.vector, entry.vector)).squareRoot()
                return (entry.id, 1 - dot(query, entry.vector) / norms)
            case .innerProduct:
                return (entry.id, -dot(query, entry.vector))
            case .squaredL2:
                return (
                    entry.id,
                    zip(query, entry.vector).reduce(0) { sum, pair in
                        sum + (Double(pair.0) - Double(pair.1)) * (Double(pair.0) - Double(pair.1))
                    }
                )
            }
        }
        return Array(distances.sorted { $0.1 < $1.1 }.prefix(k))
    }

    @Test func `without vectors finds nothing`() throws {
        let index = try FlatIndex(dimension: 2, metric: .cosine)
        #expect(try index.search([1, 0], k: 5) == [])
        #expect(try index.searchBatch([], k: 5) == [])
        try index.remove([1, 2])
        #expect(index.count == 0)
        #expect(!index.contains(1))
    }

    @Test(arguments: Metric.allCases, [1, 3, 17, 384])
    func `finds what the definition finds`(metric: Metric, dimension: Int) throws {
        var numbers = SeededNumbers(seed: 41)
        let entries = (0..<UInt64(1500)).map { VectorEntry(id: $0 * 3, vector: numbers.vector(dimension)) }
        let index = try FlatIndex(dimension: dimension, metric: metric)
        try index.upsert(entries)
        let queries = (0..<40).map { _ in numbers.vector(dimension) }
        for (query, found) in zip(queries, try index.searchBatch(queries, k: 10)) {
            let expected = nearest(entries, query, metric: metric, k: 10)
            #expect(found.count == 10)
            for (neighbor, (_, distance)) in zip(found, expected) {
                #expect(abs(Double(neighbor.distance) - distance) <= 1e-4 * max(1, abs(distance)), "seed 41")
            }
            #expect(found == (try index.search(query, k: 10)), "one query alone and among others, seed 41")
        }
    }

    @Test func `is exact where subtracting large squares would not be`() throws {
        // |v|² is 4e8 and the distances differ by 1e-2: |q|² + |v|² − 2 q·v alone would answer at random.
        var numbers = SeededNumbers(seed: 42)
        let entries = (0..<UInt64(600)).map { id in
            VectorEntry(
                id: id, vector: (0..<4).map { _ in 10_000 + Float.random(in: 0..<1, using: &numbers) })
        }
        let index = try FlatIndex(dimension: 4, metric: .squaredL2)
        try index.upsert(entries)
        for _ in 0..<20 {
            let query = (0..<4).map { _ in 10_000 + Float.random(in: 0..<1, using: &numbers) }
            let expected = nearest(entries, query, metric: .squaredL2, k: 5)
            #expect(try index.search(query, k: 5).map(\.id) == expected.map(\.0), "seed 42")
        }
    }

    @Test func `replaces, removes and compacts without losing anything`() throws {
        var numbers = SeededNumbers(seed: 43)
        let index = try FlatIndex(dimension: 5, metric: .squaredL2)
        var truth: [UInt64: [Float]] = [:]
        for step in 0..<300 {
            let ids = Set((0..<20).map { _ in UInt64.random(in: 0..<100, using: &numbers) })
            if Bool.random(using: &numbers) {
                let entries = ids.map { VectorEntry(id: $0, vector: numbers.vector(5)) }
                try index.upsert(entries)
                for entry in entries { truth[entry.id] = entry.vector }
            } else {
                try index.remove(Array(ids))
                for id in ids { truth[id] = nil }
            }
            #expect(Set(index.ids()) == Set(truth.keys), "seed 43, step \(step)")
            let query = numbers.vector(5)
            let entries = truth.map { VectorEntry(id: $0, vector: $1) }
            let expected = nearest(entries, query, metric: .squaredL2, k: 7)
            #expect(try index.search(query, k: 7).map(\.id) == expected.map(\.0), "seed 43, step \(step)")
        }
    }

    @Test func `returns only what a filter admits`() throws {
        var numbers = SeededNumbers(seed: 44)
        let index = try FlatIndex(dimension: 8, metric: .cosine)
        try index.upsert((0..<500).map { VectorEntry(id: $0, vector: numbers.vector(8)) })
        let query = numbers.vector(8)
        let all = try index.search(query, k: 500)
        let allowed = IDBitmap((0..<500).filter { $0 % 7 == 0 })
        let expected = Array(all.filter { $0.id % 7 == 0 }.prefix(20))
        #expect(try index.search(query, k: 20, filter: .allowed(allowed)) == expected)
        #expect(try index.search(query, k: 20, filter: .predicate { $0 % 7 == 0 }) == expected)
        #expect(try index.search(query, k: 20, filter: .allowed(IDBitmap([]))) == [])
    }
}

@Suite struct `Recall at k` {
    private func neighbors(_ distances: [Float]) -> [Neighbor] {
        distances.enumerated().map { Neighbor(id: UInt64($0), distance: $1) }
    }

    @Test func `counts what is as near as the truth, whoever it is`() {
        let truth = neighbors([1, 2, 2, 3])
        #expect(recall(of: neighbors([1, 2, 2, 3]), against: truth, k: 4) == 1)
        #expect(recall(of: neighbors([1, 2, 4]), against: truth, k: 4) == 0.5)
        #expect(recall(of: neighbors([2, 2]), against: truth, k: 2) == 1)
        #expect(recall(of: [], against: truth, k: 4) == 0)
        #expect(recall(of: [], against: [], k: 4) == 1)
    }
}
