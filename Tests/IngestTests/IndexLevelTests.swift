import Testing

@testable import Ingest

@Suite struct `An index and what is stored` {
    @Test func `are level when they hold the same ids, in whatever order`() {
        #expect(VectorIndexSync.isLevel([], with: []))
        #expect(VectorIndexSync.isLevel([3, 1, 2], with: [1, 2, 3]))
    }

    @Test func `are not level when either holds an id that the other lacks`() {
        #expect(!VectorIndexSync.isLevel([1, 2], with: [1, 2, 3]))
        #expect(!VectorIndexSync.isLevel([1, 2, 3], with: [1, 2]))
        // As many, but not the same.
        #expect(!VectorIndexSync.isLevel([1, 2, 4], with: [1, 2, 3]))
        #expect(!VectorIndexSync.isLevel([], with: [1]))
    }
}
