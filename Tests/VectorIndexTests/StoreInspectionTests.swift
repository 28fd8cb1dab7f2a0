import Foundation
import TestSupport
import Testing
import VectorIndex

@Suite(.timeLimit(.minutes(1))) struct `An index that is only looked at` {
    private let folder: TemporaryDirectory
    private let entries = (1...5).map { VectorEntry(id: UInt64($0), vector: [Float($0), 1, 0]) }

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// What its files say, none of which may change by it.
    private func look() throws -> IndexInspection? {
        let before = try FolderState(folder.url)
        let inspection = try IndexInspection.read(directory: folder.url)
        #expect(try FolderState(folder.url).changes(since: before) == [])
        return inspection
    }

    @Test func `is not there where there are no files, and is not made`() throws {
        #expect(try look() == nil)
        #expect(try IndexInspection.read(directory: folder.url.appendingPathComponent("absent")) == nil)
        #expect(try FolderState(folder.url).names == [""])
    }

    @Test func `tells of its log and of its snapshot while it is open`() throws {
        let store = try LocalVectorStore(directory: folder.url, dimension: 3, metric: .cosine)
        try store.upsert(entries)
        let logged = try #require(try look())
        #expect(logged.dimension == 3)
        #expect(logged.snapshotVectorCount == 0)
        #expect(logged.logByteCount > 5 * 3 * 4)
        try store.save(generation: 7)
        try store.compact()
        let compacted = try #require(try look())
        #expect(compacted.snapshotVectorCount == 5)
        #expect(compacted.snapshotGeneration == 7)
        #expect(compacted.snapshotByteCount == store.statistics().snapshotByteCount)
        #expect(compacted.logByteCount == 0)
    }

    @Test func `without its log, or with a damaged header, says which file it is`() throws {
        do {
            let store = try LocalVectorStore(directory: folder.url, dimension: 3, metric: .cosine)
            try store.upsert(entries)
            try store.compact()
        }
        let log = folder.url.appendingPathComponent("index.log")
        try FileManager.default.removeItem(at: log)
        let missing = #expect(throws: VectorIndexError.self) { try look() }
        #expect(missing?.description.contains(log.path) == true)
        let snapshot = folder.url.appendingPathComponent("index.hnsw")
        var bytes = try Data(contentsOf: snapshot)
        bytes[40] ^= 1
        try bytes.write(to: snapshot)
        let damaged = #expect(throws: VectorIndexError.self) { try look() }
        #expect(damaged?.description.contains(snapshot.path) == true)
    }
}
