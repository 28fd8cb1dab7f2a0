import QA
import Synchronization
import Testing
import VectorIndex

@Suite struct `A vector index that counts its changes` {
    @Test func `counts its own, and those that others tell of`() throws {
        let elsewhere = Mutex<UInt64>(0)
        let store = RevisedVectorStore(try FlatIndex(dimension: 2, metric: .cosine)) {
            elsewhere.withLock { $0 }
        }
        let first = try #require(store.revision)
        try store.upsert([VectorEntry(id: 1, vector: [1, 0])])
        let second = try #require(store.revision)
        #expect(second > first)
        elsewhere.withLock { $0 += 1 }
        #expect(try #require(store.revision) > second)
    }

    @Test func `says which of several ids it has, in the order asked`() throws {
        let store = RevisedVectorStore(try FlatIndex(dimension: 2, metric: .cosine))
        try store.upsert([VectorEntry(id: 3, vector: [1, 0]), VectorEntry(id: 1, vector: [0, 1])])
        #expect(try store.stored(among: [3, 2, 1]) == [3, 1])
    }
}
