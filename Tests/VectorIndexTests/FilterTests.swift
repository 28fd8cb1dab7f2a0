import Testing

@testable import VectorIndex

@Suite struct `A filtered search` {
    /// 20,000 vectors in 40 clusters; `efSearch` so narrow that all three plans are chosen at some
    /// selectivity.
    private struct World {
        let store: LocalVectorStore
        let flat: FlatIndex
        let entries: [VectorEntry]
        let queries: [[Float]]
        static let efSearch = 32
        static let count = 20_000

        init() throws {
            var vectors = ClusteredVectors(seed: 71, dimension: 24)
            entries = vectors.entries(0..<UInt64(Self.count))
            queries = vectors.queries(60)
            let parameters = try HNSWParameters(M: 12, efConstruction: 100, efSearch: Self.efSearch, seed: 7)
            store = try LocalVectorStore(
                directory: nil, dimension: 24, metric: .cosine, parameters: parameters)
            flat = try FlatIndex(dimension: 24, metric: .cosine)
            try store.upsert(entries)
            try flat.upsert(entries)
        }
    }

    private static let world = Result { try World() }

    @Test func `returns k although it looks at no more than k`() throws {
        let world = try Self.world.get()
        let allowed = IDBitmap((0..<UInt64(World.count)).filter { $0 % 100 != 0 })
        for query in world.queries {
            let found = try world.store.search(query, k: 100, efSearch: 100, filter: .allowed(allowed))
            #expect(found.count == 100)
            #expect(found.allSatisfy { allowed.contains($0.id) })
        }
        let nearest = try world.store.search(world.queries[0], k: 1, efSearch: 1)
        let others = VectorFilter.predicate { $0 != nearest.first?.id }
        #expect(try world.store.search(world.queries[0], k: 1, efSearch: 1, filter: others).count == 1)
    }

    /// One step of a walk over admitted slots then finds more of them than a search compares in one go.
    @Test func `finds what it admits in a graph with as many links as there can be`() throws {
        var vectors = ClusteredVectors(seed: 73, dimension: 8)
        let entries = vectors.entries(0..<6000)
        var settings = StoreSettings(dimension: 8, efSearch: 16)
        (settings.M, settings.efConstruction) = (128, 256)
        let store = try settings.open(nil)
        let flat = try FlatIndex(dimension: 8, metric: .cosine)
        try store.upsert(entries)
        try flat.upsert(entries)
        for share: UInt64 in [3, 5, 9] {
            let allowed = VectorFilter.allowed(IDBitmap((0..<6000).filter { $0 % share == 0 }))
            var sum = 0.0
            let queries = vectors.queries(40)
            for query in queries {
                let truth = try flat.search(query, k: 10, filter: allowed)
                sum += recall(of: try store.search(query, k: 10, filter: allowed), against: truth, k: 10)
            }
            #expect(sum / Double(queries.count) >= 0.95, "seed 73, one in \(share)")
        }
    }

    private func expectRecall(_ world: World, _ allowed: [UInt64], _ query: [Float], _ note: String) throws
        -> Double
    {
        let bitmap = IDBitmap(allowed)
        let truth = try world.flat.search(query, k: 10, filter: .allowed(bitmap))
        let found = try world.store.search(query, k: 10, filter: .allowed(bitmap))
        #expect(found.allSatisfy { bitmap.contains($0.id) }, "\(note)")
        #expect(found.count == min(10, allowed.count), "\(note)")
        #expect(Set(found.map(\.id)).count == found.count, "\(note)")
        return recall(of: found, against: truth, k: 10)
    }

    @Test(arguments: [0.0001, 0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1])
    func `finds 95 of 100 at any selectivity, with and against the query`(selectivity: Double) throws {
        let world = try Self.world.get()
        var numbers = SeededNumbers(seed: 72)
        let size = max(Int(selectivity * Double(World.count)), 1)
        var sums = (random: 0.0, near: 0.0, far: 0.0)
        for query in world.queries {
            let byDistance = try world.flat.search(query, k: World.count).map(\.id)
            let random = Array(byDistance.shuffled(using: &numbers).prefix(size))
            sums.random += try expectRecall(world, random, query, "random \(selectivity)")
            sums.near += try expectRecall(world, Array(byDistance.prefix(size)), query, "near \(selectivity)")
            sums.far += try expectRecall(world, Array(byDistance.suffix(size)), query, "far \(selectivity)")
        }
        let count = Double(world.queries.count)
        #expect(sums.random / count >= 0.95, "seeds 71, 72: \(sums.random / count)")
        #expect(sums.near / count >= 0.95, "seeds 71, 72: \(sums.near / count)")
        #expect(sums.far / count >= 0.95, "seeds 71, 72: \(sums.far / count)")
    }

    @Test(arguments: [0, 1, 3, 10, 50, 200])
    func `finds 95 of 100 by a function that admits every n-th`(n: Int) throws {
        let world = try Self.world.get()
        let admits: @Sendable (UInt64) -> Bool = { n > 0 && $0 % UInt64(n) == 0 }
        let recall = try meanRecall(
            of: world.store, against: world.flat, queries: world.queries, filter: .predicate(admits))
        #expect(recall >= 0.95, "seed 71: \(recall)")
    }

    @Test func `finds 95 of 100 when whole clusters are forbidden`() throws {
        let world = try Self.world.get()
        // Ids of one half of space: the other half's queries have no admitted neighbour for a long way.
        let allowed = IDBitmap(world.entries.filter { $0.vector[0] + $0.vector[1] > 0.8 }.map(\.id))
        let queries = world.queries.filter { $0[0] + $0[1] < 0.4 }
        let recall = try meanRecall(
            of: world.store, against: world.flat, queries: queries, filter: .allowed(allowed))
        #expect(recall >= 0.95, "seed 71: \(recall) for \(allowed.count) admitted")
    }

    @Test func `ignores allowed ids that are not stored`() throws {
        let world = try Self.world.get()
        let allowed = IDBitmap([3, 5, 1 << 40])
        let found = try world.store.search(world.queries[0], k: 10, filter: .allowed(allowed))
        #expect(Set(found.map(\.id)) == [3, 5])
        #expect(try world.store.search(world.queries[0], k: 10, filter: .allowed(IDBitmap([]))) == [])
    }

    @Test func `is planned by how many it admits, then by how many of them are near`() {
        func first(_ admitted: Int) -> SearchPlan {
            SearchPlan.first(admitted: admitted, total: 100_000, ef: 64, M: 16)
        }
        #expect(first(0) == .scan)
        #expect(first(8192) == .scan)
        #expect(first(8193) == .walk(ef: 64))
        #expect(first(100_000) == .walk(ef: 64))
        #expect(SearchPlan.first(admitted: 2048, total: 2048, ef: 64, M: 16) == .scan)
        #expect(SearchPlan.second(nearby: 0, share: 0.5, ef: 64) == .scan)
        #expect(SearchPlan.second(nearby: 16, share: 0.5, ef: 64) == .walk(ef: 307))
        #expect(SearchPlan.second(nearby: 8, share: 0.1, ef: 64) == .admittedWalk(ef: 96))
    }
}
