import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(2))) struct `A map of the index` {
    /// Ten groups of like vectors, and the group of each id.
    private func store(_ count: Int, format: VectorFormat = .int8, directory: URL? = nil) throws
        -> LocalVectorStore
    {
        let store = try LocalVectorStore(
            directory: directory, dimension: 24, metric: .cosine,
            parameters: try HNSWParameters(M: 8, efConstruction: 60, format: format))
        var vectors = ClusteredVectors(seed: 7, dimension: 24, clusters: 10)
        try store.upsert(
            (0..<count).map { place in
                VectorEntry(
                    id: UInt64(place + 1),
                    vector: vectors.near(vectors.centres[place % 10].map { 4 * $0 }))
            })
        return store
    }

    private func drawn(_ store: LocalVectorStore, limit: Int = EmbeddingMap.pointLimit) throws -> EmbeddingMap
    {
        try #require(try store.map(limit: limit))
    }

    /// The share of points whose nearest other point is of their own group.
    private func agreement(_ map: EmbeddingMap) -> Double {
        var right = 0
        for i in map.ids.indices {
            var (nearest, least) = (i, Int.max)
            for j in map.ids.indices where j != i {
                let dx = Int(map.x[i]) - Int(map.x[j])
                let dy = Int(map.y[i]) - Int(map.y[j])
                let square = dx * dx + dy * dy
                if square < least { (nearest, least) = (j, square) }
            }
            if (map.ids[i] - 1) % 10 == (map.ids[nearest] - 1) % 10 { right += 1 }
        }
        return Double(right) / Double(map.count)
    }

    @Test(arguments: [VectorFormat.int8, .float32])
    func `puts like vectors beside each other`(format: VectorFormat) throws {
        let map = try drawn(try store(600, format: format))
        #expect(map.method == .neighbours)
        #expect(map.ids == (1...600).map { UInt64($0) })
        #expect(!map.isSample)
        #expect(agreement(map) > 0.9)
    }

    @Test func `is the same for the same vectors, and uses the whole square`() throws {
        let store = try store(400)
        let map = try drawn(store)
        #expect(try drawn(store) == map)
        let widths = [map.x, map.y].map { Int($0.max() ?? 0) - Int($0.min() ?? 0) }
        #expect(widths.contains { $0 > 40_000 })
    }

    @Test func `of a mapped snapshot is that of the vectors in memory`() throws {
        try withTemporaryDirectory { folder in
            var store: LocalVectorStore? = try self.store(300, directory: folder)
            try store?.compact()
            store = nil
            let opened = try LocalVectorStore(
                directory: folder, dimension: 24, metric: .cosine,
                parameters: try HNSWParameters(M: 8, efConstruction: 60))
            let map = try drawn(opened)
            #expect(map.count == 300)
            #expect(agreement(map) > 0.85)
            #expect(opened.memory().mappedByteCount > 0)
            #expect(opened.memory().residentByteCount > 0)
        }
    }

    @Test func `of more vectors than it has points is a sample that a change mostly keeps`() throws {
        let store = try store(500)
        let before = try drawn(store, limit: 200)
        #expect(before.count == 200)
        #expect(before.isSample)
        #expect(agreement(before) > 0.7)
        try store.remove([before.ids[0]])
        let after = try drawn(store, limit: 200)
        #expect(Set(after.ids).intersection(before.ids).count == 199)
    }

    @Test(arguments: [0, 1, 2])
    func `of hardly any vectors has nothing to show`(count: Int) throws {
        let map = try drawn(try store(count))
        #expect(map.count == count)
        #expect(map.method == .none)
    }

    @Test func `of few vectors, or of equal ones, has a place for each all the same`() throws {
        #expect(try drawn(try store(20)).method == .components)
        let equal = try LocalVectorStore(directory: nil, dimension: 4, metric: .cosine)
        try equal.upsert((1...100).map { VectorEntry(id: $0, vector: [1, 2, 3, 4]) })
        let map = try drawn(equal)
        #expect(map.count == 100)
        #expect(map.method == .none)
    }

    @Test func `of many copies of few vectors has a place for each`() throws {
        let store = try LocalVectorStore(directory: nil, dimension: 8, metric: .squaredL2)
        var numbers = SeededNumbers(seed: 3)
        var originals: [[Float]] = []
        for _ in 0..<3 { originals.append(numbers.vector(8)) }
        try store.upsert((0..<150).map { VectorEntry(id: UInt64($0), vector: originals[$0 % 3]) })
        #expect(try drawn(store).count == 150)
    }

    @Test func `ends when it is told to`() throws {
        let store = try store(200)
        #expect(try store.map { $0 < 0.1 } == nil)
        #expect(try store.map { $0 < 0.5 } == nil)
    }

    @Test(arguments: [0, EmbeddingMap.pointLimit + 1])
    func `refuses a limit that no map has`(limit: Int) throws {
        #expect(throws: VectorIndexError.self) { try store(5).map(limit: limit) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The recall that a store measures of itself` {
    private func store(_ count: Int) throws -> LocalVectorStore {
        let store = try LocalVectorStore(directory: nil, dimension: 16, metric: .cosine)
        var vectors = ClusteredVectors(seed: 11, dimension: 16)
        try store.upsert(vectors.entries(1..<UInt64(count + 1)))
        return store
    }

    @Test func `is near one for a wide search, with an interval around it`() throws {
        let measured = try #require(try store(2_000).measuredRecall(efSearch: 400))
        #expect(measured.value > 0.98)
        #expect(measured.low < measured.value && measured.value <= measured.high)
        #expect(measured.low > 0.9)
        #expect(measured.sampled == LocalVectorStore.recallSample)
        #expect(measured.count == 2_000)
    }

    @Test func `is less for a narrow search, and the same each time`() throws {
        let store = try store(4_000)
        let narrow = try #require(try store.measuredRecall(efSearch: 11))
        let wide = try #require(try store.measuredRecall(efSearch: 300))
        #expect(narrow.value <= wide.value)
        #expect(try store.measuredRecall(efSearch: 11) == narrow)
    }

    @Test func `samples less where comparing costs more`() throws {
        let measured = try #require(try store(1_000).measuredRecall(comparisons: 20_000))
        #expect(measured.sampled == 20)
    }

    @Test(arguments: [0, 1, 10])
    func `is not there where there are no more vectors than are looked for`(count: Int) throws {
        let store = try LocalVectorStore(directory: nil, dimension: 16, metric: .cosine)
        var vectors = ClusteredVectors(seed: 1, dimension: 16)
        if count > 0 { try store.upsert(vectors.entries(1..<UInt64(count + 1))) }
        #expect(try store.measuredRecall(k: 10) == nil)
    }

    @Test func `is given up when it is told to be`() throws {
        #expect(try store(500).measuredRecall { true } == nil)
    }
}
