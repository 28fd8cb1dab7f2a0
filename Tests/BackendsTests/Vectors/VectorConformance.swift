import Concurrency
import TestSupport
import Testing
import VectorIndex

/// What every store of vectors on a server does, held against comparing everything.
struct VectorConformance: Sendable {
    let store: any VectorStore
    let flat: FlatIndex

    /// What waits for a server does so here and not on a thread that all tests share.
    static let thread = BlockingExecutor(label: "millrace.tests.vectors", width: 4)

    /// A result that is no result.
    struct Mistaken: Error {
        var found: [Neighbor]
        var truth: [Neighbor]
    }

    /// What `body` throws as a store does; `nil` when it throws nothing.
    static func refusal(_ body: @escaping @Sendable () throws -> Void) async throws -> VectorIndexError? {
        try await thread.run {
            do {
                try body()
                return nil
            } catch {
                return error as? VectorIndexError
            }
        }
    }

    /// Mean recall@10; every result is admitted, comes once, and there are as many as there can be.
    func recall(_ filter: VectorFilter?, _ queries: [[Float]]) async throws -> Double {
        let (store, flat) = (store, flat)
        return try await Self.thread.run {
            var sum = 0.0
            for query in queries {
                let truth = try flat.search(query, k: 10, efSearch: nil, filter: filter)
                let found = try store.search(query, k: 10, efSearch: nil, filter: filter)
                guard found.count == truth.count, Set(found.map(\.id)).count == found.count,
                    found.allSatisfy({ filter?.admits($0.id) ?? true })
                else { throw Mistaken(found: found, truth: truth) }
                let right = Set(truth.map(\.id))
                sum += right.isEmpty ? 1 : Double(found.count { right.contains($0.id) }) / Double(right.count)
            }
            return sum / Double(queries.count)
        }
    }

    /// The nearest ten of each query are as far as the metric says, nearest first.
    ///
    /// - Parameter tolerance: of a distance of the query, which grows with what is added up.
    func expectDistances(_ queries: [[Float]], tolerance: @Sendable ([Float]) -> Float) async throws {
        let store = store
        for query in queries {
            let exact = try flat.search(query, k: 300)
            let distances = Dictionary(uniqueKeysWithValues: exact.map { ($0.id, $0.distance) })
            let found = try await Self.thread.run { try store.search(query, k: 10) }
            #expect(found.count == min(10, exact.count))
            #expect(zip(found, found.dropFirst()).allSatisfy { $0.distance <= $1.distance })
            for neighbor in found {
                let expected = try #require(distances[neighbor.id])
                #expect(abs(neighbor.distance - expected) <= tolerance(query), "\(neighbor.id)")
            }
        }
    }

    /// Vectors of two dimensions are replaced, removed and counted; the store is empty before.
    func expectChanges() async throws {
        let store = store
        try await Self.thread.run {
            try store.upsert([VectorEntry(id: 1, vector: [1, 0]), VectorEntry(id: 2, vector: [0, 1])])
            try store.upsert([VectorEntry(id: 1, vector: [-1, 0]), VectorEntry(id: .max, vector: [0, -1])])
            #expect(store.count == 3)
            #expect(Set(store.ids()) == [1, 2, .max])
            #expect(store.contains(.max) && !store.contains(7))
            #expect(try store.stored(among: [7, 2, .max, 1]) == [2, .max, 1])
            #expect(try store.stored(among: []) == [])
            #expect(try store.search([1, 0], k: 3).map(\.id).last == 1)
            let only = try store.search(
                [-1, 0], k: 3, efSearch: nil, filter: .allowed(IDBitmap([.max, 2, 70])))
            #expect(Set(only.map(\.id)) == [2, .max])
            let nearest = try store.search([-1, 0], k: 1)
            #expect(nearest.map(\.id) == [1] && abs(nearest[0].distance) < 1e-6)
            try store.remove([1, 99])
            try store.remove([1])
            #expect(store.count == 2)
            #expect(!store.contains(1))
            #expect(try store.search([-1, 0], k: 5).count == 2)
        }
    }

    /// Many changes of sixteen dimensions by chance leave what they leave in `flat`.
    func expectMix(seeds: (samples: UInt64, numbers: UInt64), steps: Int) async throws {
        var samples = VectorSamples(seed: seeds.samples, dimension: 16, clusters: 8)
        var numbers = SeededGenerator(seed: seeds.numbers)
        let store = store
        for step in 0..<steps {
            let ids = Set((0..<30).map { _ in UInt64.random(in: 0..<400, using: &numbers) }).sorted()
            if Int.random(in: 0..<3, using: &numbers) > 0 {
                let entries = ids.map { VectorEntry(id: $0, vector: samples.next()) }
                try flat.upsert(entries)
                try await Self.thread.run { try store.upsert(entries) }
            } else {
                try flat.remove(ids)
                try await Self.thread.run { try store.remove(ids) }
            }
            let stored = try await Self.thread.run { store.ids() }
            #expect(Set(stored) == Set(flat.ids()), "seeds \(seeds), step \(step)")
            #expect(store.count == flat.count)
        }
        let query = samples.next()
        let found = try await Self.thread.run { try store.search(query, k: 10) }
        let truth = try flat.search(query, k: 10)
        #expect(Set(found.map(\.id)).intersection(truth.map(\.id)).count >= 9, "seeds \(seeds)")
    }
}
