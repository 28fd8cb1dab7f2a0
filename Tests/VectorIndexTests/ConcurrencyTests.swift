import Synchronization
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(5))) struct `Readers beside a writer` {
    private final class Flag: Sendable {
        private let value = Atomic(false)
        var isRaised: Bool { value.load(ordering: .acquiring) }
        func raise() { value.store(true, ordering: .releasing) }
    }

    /// Ids below this are never touched by the writer, so every search must find them.
    private static let steady: UInt64 = 400

    @Test(.timeLimit(.minutes(5)))
    func `always find what nobody removes, whatever the writer does`() async throws {
        var vectors = ClusteredVectors(seed: 91, dimension: 16, clusters: 10)
        let parameters = try HNSWParameters(M: 8, efConstruction: 40, efSearch: 30, seed: 9)
        let store = try LocalVectorStore(
            directory: nil, dimension: 16, metric: .cosine, parameters: parameters)
        let steady = vectors.entries(0..<Self.steady)
        try store.upsert(steady)
        try store.upsert(vectors.entries(1000..<1800))
        let done = Flag()
        let writerVectors = vectors
        try await withThrowingTaskGroup(of: (found: Int, asked: Int).self) { group in
            group.addTask {
                try Self.churn(store, writerVectors)
                done.raise()
                return (0, 0)
            }
            for reader in 0..<3 {
                group.addTask { try Self.read(store, steady, seed: UInt64(reader), until: done) }
            }
            var (found, asked) = (0, 0)
            for try await part in group { (found, asked) = (found + part.found, asked + part.asked) }
            #expect(asked > 0)
            #expect(Double(found) >= 0.99 * Double(asked), "seed 91: \(found) of \(asked)")
        }
        #expect(store.violations() == [], "seed 91")
        #expect(store.count == 1200)
    }

    /// Replaces, removes and adds, so that slots are used again and the index grows while others read.
    private static func churn(_ store: LocalVectorStore, _ start: ClusteredVectors) throws {
        var vectors = start
        for round in 0..<30 {
            let first = UInt64.random(in: 1000..<1760, using: &vectors.numbers)
            try store.upsert(vectors.entries(first..<first + 40))
            try store.remove(Array(first..<first + 20))
            try store.upsert(vectors.entries(first..<first + 20))
            if round % 10 == 5 {
                try store.upsert(vectors.entries(10_000..<11_000))
                try store.remove(Array(10_000..<11_000))
            }
        }
    }

    private static func read(
        _ store: LocalVectorStore, _ steady: [VectorEntry], seed: UInt64, until done: Flag
    ) throws -> (found: Int, asked: Int) {
        var numbers = SeededNumbers(seed: seed)
        var (found, asked) = (0, 0)
        repeat {
            let entry = steady[Int.random(in: 0..<steady.count, using: &numbers)]
            let filter: VectorFilter? = Bool.random(using: &numbers) ? .predicate { $0 < Self.steady } : nil
            let result = try store.search(entry.vector, k: 10, filter: filter)
            asked += 1
            if result.contains(where: { $0.id == entry.id }) { found += 1 }
            try #require(Set(result.map(\.id)).count == result.count, "an id came twice")
            try #require(store.contains(entry.id))
            if filter != nil { try #require(result.allSatisfy { $0.id < Self.steady }) }
        } while !done.isRaised
        return (found, asked)
    }

    @Test func `of a flat index always find what nobody removes`() async throws {
        var vectors = ClusteredVectors(seed: 92, dimension: 8)
        let index = try FlatIndex(dimension: 8, metric: .cosine)
        let steady = vectors.entries(0..<100)
        try index.upsert(steady)
        let writerVectors = vectors
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var vectors = writerVectors
                for _ in 0..<100 {
                    try index.upsert(vectors.entries(1000..<1050))
                    try index.remove(Array(1000..<1030))
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for entry in steady {
                        let nearest = try index.search(entry.vector, k: 1, filter: .predicate { $0 < 100 })
                        try #require(nearest.first?.id == entry.id)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(index.count == 120)
    }
}
