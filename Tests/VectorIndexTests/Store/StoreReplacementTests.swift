import Foundation
import Synchronization
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `An id whose vector is replaced while a search runs` {
    private static let wanted: UInt64 = 50

    private final class Calls: Sendable {
        let count = Atomic(0)
        let missed = Atomic(0)
        let isOver = Atomic(false)
    }

    private func store(
        _ count: UInt64, format: VectorFormat
    ) throws -> (store: LocalVectorStore, vector: [Float]) {
        var vectors = ClusteredVectors(seed: 97, dimension: 8, clusters: 4)
        let entries = vectors.entries(0..<count)
        let store = try StoreSettings(dimension: 8, format: format, efSearch: 16).open(nil)
        try store.upsert(entries)
        // From now on there is room, so that the index that is being searched is the one that changes.
        try store.upsert(vectors.entries(count..<count + 1))
        try #require(store.capacity > store.count + 10)
        return (store, entries[Int(Self.wanted)].vector)
    }

    /// Replaces the id by its own vector at one call of the filter, and expects the search to find it.
    ///
    /// - Parameter call: counted from 1.
    private func expectFound(among count: UInt64, _ format: VectorFormat, replacedAtCall call: Int) throws {
        let (store, vector) = try store(count, format: format)
        let calls = Calls()
        let found = try store.search(
            vector, k: 3,
            filter: .predicate { _ in
                if calls.count.add(1, ordering: .relaxed).newValue == call {
                    try? store.upsert([VectorEntry(id: Self.wanted, vector: vector)])
                }
                return true
            })
        #expect(calls.count.load(ordering: .relaxed) > call)
        #expect(found.map(\.id).contains(Self.wanted), "seed 97: \(found)")
    }

    @Test(arguments: [VectorFormat.int8, .float32])
    func `is found where the scan has met its old slot`(format: VectorFormat) throws {
        // 101 calls are for the estimate, 101 by the scan, which has met nearly all by now.
        try expectFound(among: 100, format, replacedAtCall: 201)
    }

    @Test(arguments: [VectorFormat.int8, .float32])
    func `is found where the scan has yet to come to its old slot`(format: VectorFormat) throws {
        // The scan is at about the twentieth slot. The new one lies behind all that it will look at.
        try expectFound(among: 100, format, replacedAtCall: 121)
    }

    @Test(arguments: [VectorFormat.int8, .float32])
    func `is found where the walk is done`(format: VectorFormat) throws {
        // The first 512 calls are for the estimate, the next ones look at what the walk met.
        try expectFound(among: 4000, format, replacedAtCall: 514)
    }

    @Test func `is found after more replacements than the journal remembers`() throws {
        let (store, vector) = try store(3000, format: .int8)
        let others = (0..<UInt64(1500)).map { VectorEntry(id: $0, vector: vector.map { $0 + 1 }) }
        let calls = Calls()
        let found = try store.search(
            vector, k: 3,
            filter: .predicate { id in
                if calls.count.add(1, ordering: .relaxed).newValue == 514 {
                    try? store.upsert([VectorEntry(id: Self.wanted, vector: vector)])
                    for _ in 0..<3 { try? store.upsert(others.filter { $0.id != Self.wanted }) }
                }
                return id < 1500
            })
        #expect(calls.count.load(ordering: .relaxed) > 514)
        #expect(found.first?.id == Self.wanted, "seed 97: \(found)")
    }

    @Test(.timeLimit(.minutes(2)), arguments: [VectorFormat.int8, .float32])
    func `is never missing for threads that keep asking`(format: VectorFormat) throws {
        let (store, vector) = try store(3000, format: format)
        let calls = Calls()
        let group = DispatchGroup()
        for _ in 0..<2 {
            group.enter()
            Thread.detachNewThread {
                defer { group.leave() }
                // As long as anything is replaced, however the threads' turns fall.
                while !calls.isOver.load(ordering: .relaxed) {
                    let found = try? store.search(vector, k: 3)
                    calls.count.add(1, ordering: .relaxed)
                    if found?.contains(where: { $0.id == Self.wanted }) != true {
                        calls.missed.add(1, ordering: .relaxed)
                    }
                }
            }
        }
        defer {
            calls.isOver.store(true, ordering: .relaxed)
            group.wait()
        }
        var replacements = 0
        while replacements < 300 || calls.count.load(ordering: .relaxed) < 3000 {
            try store.upsert([VectorEntry(id: Self.wanted, vector: vector)])
            replacements += 1
        }
        let missed = calls.missed.load(ordering: .relaxed)
        #expect(missed == 0, "seed 97: \(missed) missed, \(replacements) replacements")
    }

    @Test func `is found by exact search that has yet to come to its old row`() throws {
        var vectors = ClusteredVectors(seed: 98, dimension: 8, clusters: 4)
        let entries = vectors.entries(0..<100)
        let index = try FlatIndex(dimension: 8, metric: .cosine)
        try index.upsert(entries)
        try index.upsert(vectors.entries(100..<101))
        let vector = entries[Int(Self.wanted)].vector
        let calls = Calls()
        let found = try index.search(
            vector, k: 3,
            filter: .predicate { _ in
                if calls.count.add(1, ordering: .relaxed).newValue == 20 {
                    try? index.upsert([VectorEntry(id: Self.wanted, vector: vector)])
                }
                return true
            })
        #expect(calls.count.load(ordering: .relaxed) > 20)
        #expect(found.map(\.id).contains(Self.wanted), "seed 98: \(found)")
    }
}
