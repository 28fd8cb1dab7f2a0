import Testing

@testable import VectorIndex

@Suite struct `A newly built graph` {
    private func store(
        _ dimension: Int, _ metric: Metric = .cosine, M: Int = 16, efSearch: Int = 64
    ) throws -> LocalVectorStore {
        let parameters = try HNSWParameters(M: M, efConstruction: 100, efSearch: efSearch, seed: 5)
        return try LocalVectorStore(
            directory: nil, dimension: dimension, metric: metric, parameters: parameters)
    }

    @Test func `without vectors finds nothing`() throws {
        let store = try store(4)
        #expect(try store.search([1, 0, 0, 0], k: 3) == [])
        try store.upsert([])
        try store.remove([1])
        #expect(store.count == 0)
        #expect(store.ids() == [])
        #expect(store.violations() == [])
    }

    @Test func `of one vector finds it, and gives what there is if k is larger`() throws {
        let store = try store(2)
        try store.upsert([VectorEntry(id: .max, vector: [3, 4])])
        #expect(try store.search([3, 4], k: 10).map(\.id) == [.max])
        #expect(abs(try store.search([-3, -4], k: 1)[0].distance - 2) < 1e-6)
        #expect(store.contains(.max) && !store.contains(0))
        #expect(store.violations() == [])
    }

    @Test(arguments: Metric.allCases)
    func `holds its invariants after every insertion`(metric: Metric) throws {
        var numbers = SeededNumbers(seed: 51)
        let store = try store(6, metric, M: 3)
        for id in 0..<UInt64(300) {
            try store.upsert([VectorEntry(id: id, vector: numbers.vector(6))])
            try #require(store.violations() == [], "seed 51, after \(id)")
        }
    }

    @Test(arguments: Metric.allCases)
    func `finds at least 95 of 100 true neighbours`(metric: Metric) throws {
        var vectors = ClusteredVectors(seed: 52, dimension: 32)
        let entries = vectors.entries(0..<5000)
        let store = try store(32, metric, efSearch: 48)
        let flat = try FlatIndex(dimension: 32, metric: metric)
        try store.upsert(entries)
        try flat.upsert(entries)
        let recall = try meanRecall(of: store, against: flat, queries: vectors.queries(200))
        #expect(recall >= 0.95, "seed 52, recall \(recall)")
        #expect(store.violations() == [])
    }

    @Test func `is the same for the same seed and calls, whatever the threads`() throws {
        var vectors = ClusteredVectors(seed: 53, dimension: 12)
        let entries = vectors.entries(0..<3000)
        let stores = try [1, 2, 5].map { threads in
            let parameters = try HNSWParameters(efConstruction: 100, seed: 5, threads: threads)
            return try LocalVectorStore(
                directory: nil, dimension: 12, metric: .cosine, parameters: parameters)
        }
        for store in stores {
            for start in stride(from: 0, to: 3000, by: 700) {
                try store.upsert(Array(entries[start..<min(start + 700, 3000)]))
            }
            try store.remove(Array(100..<300))
        }
        for query in vectors.queries(100) {
            let results = try stores.map { try $0.search(query, k: 20, efSearch: 20, filter: nil) }
            #expect(results[0] == results[1] && results[0] == results[2], "seed 53")
        }
    }

    @Test func `gives a vector the distance that exact search gives it, to the bit`() throws {
        var vectors = ClusteredVectors(seed: 54, dimension: 50)
        let entries = vectors.entries(0..<3000)
        let store = try store(50)
        let flat = try FlatIndex(dimension: 50, metric: .cosine)
        try store.upsert(entries)
        try flat.upsert(entries)
        for query in vectors.queries(50) {
            let exact = Dictionary(
                uniqueKeysWithValues: try flat.search(query, k: 3000).map { ($0.id, $0.distance) })
            for neighbor in try store.search(query, k: 10) {
                #expect(exact[neighbor.id] == neighbor.distance, "seed 54")
            }
        }
    }

    @Test func `finds its way among a thousand copies of one vector`() throws {
        // Copies attract all links; a graph that lets them have them loses everything else.
        var vectors = ClusteredVectors(seed: 55, dimension: 16)
        let copy = vectors.next()
        var entries = vectors.entries(0..<4000)
        for id in stride(from: 0, to: 4000, by: 4) { entries[id] = VectorEntry(id: UInt64(id), vector: copy) }
        let store = try store(16)
        let flat = try FlatIndex(dimension: 16, metric: .cosine)
        try store.upsert(entries)
        try flat.upsert(entries)
        #expect(store.violations() == [])
        #expect(try store.search(copy, k: 10).map(\.id).allSatisfy { $0 % 4 == 0 })
        let recall = try meanRecall(of: store, against: flat, queries: vectors.queries(200))
        #expect(recall >= 0.95, "seed 55, recall \(recall)")
    }

    @Test func `finds its way when vectors come cluster by cluster`() throws {
        var vectors = ClusteredVectors(seed: 56, dimension: 24)
        let centres = vectors.centres
        let entries = (0..<UInt64(4000)).map { id in
            VectorEntry(id: id, vector: vectors.near(centres[Int(id) / 100]))
        }
        let store = try store(24)
        let flat = try FlatIndex(dimension: 24, metric: .cosine)
        try store.upsert(entries)
        try flat.upsert(entries)
        let recall = try meanRecall(of: store, against: flat, queries: vectors.queries(200))
        #expect(recall >= 0.95, "seed 56, recall \(recall)")
    }

    @Test func `finds more the wider it looks`() throws {
        var vectors = ClusteredVectors(seed: 57, dimension: 48)
        let entries = vectors.entries(0..<6000)
        let store = try store(48, M: 6)
        let flat = try FlatIndex(dimension: 48, metric: .cosine)
        try store.upsert(entries)
        try flat.upsert(entries)
        let queries = vectors.queries(200)
        let recalls = try [10, 40, 160].map {
            try meanRecall(of: store, against: flat, queries: queries, efSearch: $0)
        }
        #expect(recalls == recalls.sorted() && recalls[0] < recalls[2], "seed 57, recalls \(recalls)")
    }
}
