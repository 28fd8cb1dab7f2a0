import Testing

@testable import VectorIndex

@Suite struct `A changing graph` {
    private func store(_ dimension: Int, M: Int = 16, efSearch: Int = 64) throws -> LocalVectorStore {
        let parameters = try HNSWParameters(M: M, efConstruction: 100, efSearch: efSearch, seed: 6)
        return try LocalVectorStore(
            directory: nil, dimension: dimension, metric: .cosine, parameters: parameters)
    }

    @Test func `agrees with exact search through any mix of changes`() throws {
        var vectors = ClusteredVectors(seed: 61, dimension: 10, clusters: 8)
        let store = try store(10, M: 5, efSearch: 100)
        let flat = try FlatIndex(dimension: 10, metric: .cosine)
        var recalls: [Double] = []
        for step in 0..<250 {
            let ids = Set((0..<30).map { _ in UInt64.random(in: 0..<900, using: &vectors.numbers) }).sorted()
            if Int.random(in: 0..<3, using: &vectors.numbers) > 0 {
                let entries = ids.map { VectorEntry(id: $0, vector: vectors.next()) }
                try store.upsert(entries)
                try flat.upsert(entries)
            } else {
                try store.remove(ids)
                try flat.remove(ids)
            }
            try #require(store.violations() == [], "seed 61, step \(step)")
            #expect(Set(store.ids()) == Set(flat.ids()), "seed 61, step \(step)")
            #expect(store.count == flat.count)
            // Narrower than the size at which a search would rather compare everything.
            recalls.append(
                try meanRecall(of: store, against: flat, queries: vectors.queries(4), efSearch: 30))
        }
        let mean = recalls.reduce(0, +) / Double(recalls.count)
        #expect(mean >= 0.97, "seed 61, recall \(mean)")
    }

    @Test func `replaced by half keeps the recall of one built afresh`() throws {
        var vectors = ClusteredVectors(seed: 62, dimension: 32)
        var entries = vectors.entries(0..<5000)
        let worn = try store(32, M: 8, efSearch: 32)
        try worn.upsert(entries)
        var order = (0..<5000).map { $0 }
        order.shuffle(using: &vectors.numbers)
        for start in stride(from: 0, to: 2500, by: 125) {
            let batch = order[start..<start + 125].map { position in
                VectorEntry(id: UInt64(position), vector: vectors.next())
            }
            try worn.upsert(batch)
            for entry in batch { entries[Int(entry.id)] = entry }
        }
        #expect(worn.violations() == [], "seed 62")
        let fresh = try store(32, M: 8, efSearch: 32)
        let flat = try FlatIndex(dimension: 32, metric: .cosine)
        try fresh.upsert(entries)
        try flat.upsert(entries)
        let queries = vectors.queries(400)
        let wornRecall = try meanRecall(of: worn, against: flat, queries: queries)
        let freshRecall = try meanRecall(of: fresh, against: flat, queries: queries)
        #expect(wornRecall >= freshRecall - 0.01, "seed 62, worn \(wornRecall), fresh \(freshRecall)")
    }

    @Test func `uses the slots of what was removed`() throws {
        var vectors = ClusteredVectors(seed: 63, dimension: 8)
        let store = try store(8)
        try store.upsert(vectors.entries(0..<1000))
        for round in 0..<UInt64(20) {
            try store.remove(Array(round * 1000..<round * 1000 + 1000))
            #expect(store.count == 0)
            #expect(store.violations() == [])
            try store.upsert(vectors.entries((round + 1) * 1000..<(round + 2) * 1000))
            #expect(store.violations() == [])
        }
        #expect(store.capacity < 2100)
    }

    @Test func `shrunk to almost nothing in one call still finds the rest`() throws {
        var vectors = ClusteredVectors(seed: 64, dimension: 8)
        let store = try store(8, M: 4)
        try store.upsert(vectors.entries(0..<4000))
        try store.remove((0..<4000).filter { $0 % 400 != 7 })
        #expect(store.violations() == [])
        let found = try store.search(vectors.next(), k: 100)
        #expect(Set(found.map(\.id)) == Set((0..<4000).filter { $0 % 400 == 7 }))
    }

    @Test func `never loses its entry point`() throws {
        var numbers = SeededNumbers(seed: 65)
        let store = try store(4, M: 2)
        for id in 0..<UInt64(400) {
            try store.upsert([VectorEntry(id: id, vector: numbers.vector(4))])
            if id >= 5 { try store.remove([id - UInt64.random(in: 0...5, using: &numbers)]) }
            try #require(store.violations() == [], "seed 65, after \(id)")
        }
    }

    @Test func `finds a replaced vector where it is now and not where it was`() throws {
        let store = try store(2)
        try store.upsert([VectorEntry(id: 1, vector: [1, 0]), VectorEntry(id: 2, vector: [0, 1])])
        try store.upsert([VectorEntry(id: 1, vector: [-1, 0])])
        #expect(try store.search([1, 0], k: 2).map(\.id) == [2, 1])
        #expect(try store.search([-1, 0], k: 1) == [Neighbor(id: 1, distance: 0)])
        #expect(store.count == 2)
    }

    @Test func `links a new vector although all that is near it was just removed`() throws {
        var numbers = SeededNumbers(seed: 74)
        var settings = StoreSettings(dimension: 4, metric: .squaredL2)
        settings.efConstruction = 10
        let store = try settings.open(nil)
        let entries = (0..<UInt64(45_000)).map { VectorEntry(id: $0, vector: numbers.vector(4)) }
        try store.upsert(entries)
        for place in 0..<20 {
            let point = numbers.vector(4)
            // So few are not taken out of the graph at once; together they are all that an insertion looks at.
            try store.remove(try store.search(point, k: 10, efSearch: 64).map(\.id))
            let id = UInt64(100_000 + place)
            try store.upsert([VectorEntry(id: id, vector: point)])
        }
        #expect(store.violations() == [])
    }
}
