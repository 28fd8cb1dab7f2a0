import Foundation
import Synchronization
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `A snapshot that takes an index's place` {
    static let settings = StoreSettings()

    static func entries(_ ids: Range<UInt64>, version: UInt64) -> [VectorEntry] {
        var numbers = SeededNumbers(seed: version)
        return ids.map { VectorEntry(id: $0, vector: numbers.vector(6)) }
    }

    /// Makes an index in `directory` and leaves its files.
    static func make(
        _ directory: URL, _ ids: Range<UInt64>, version: UInt64, generation: UInt64, disk: Disk = .system
    ) throws -> StoreContent {
        var content = StoreContent()
        content.upsert(entries(ids, version: version))
        content.generation = generation
        let store = try settings.open(directory, disk: disk)
        try store.upsert(entries(ids, version: version))
        try store.save(generation: generation)
        try store.compact()
        return content
    }

    private final class Ending: Sendable {
        private let flag = Atomic(false)
        var isOver: Bool { flag.load(ordering: .acquiring) }
        func end() { flag.store(true, ordering: .releasing) }
    }

    static let query: [Float] = [1, -1, 0.5, 0.25, 2, -0.125]

    @Test func `is what the index holds from then on, and after the next opening`() throws {
        try withQuickDirectory { here in
            try withQuickDirectory { there in
                _ = try Self.make(here, 0..<30, version: 1, generation: 3)
                var expected = try Self.make(there, 100..<180, version: 2, generation: 9)
                do {
                    let store = try Self.settings.open(here)
                    try store.upsert(Self.entries(40..<44, version: 3))
                    try store.adopt(snapshotIn: there)
                    #expect(try expected.difference(from: store, query: Self.query) == nil)
                    try store.verify()
                    try store.upsert(Self.entries(100..<102, version: 4))
                    try store.remove([179])
                    expected.upsert(Self.entries(100..<102, version: 4))
                    expected.remove([179])
                    #expect(try expected.difference(from: store, query: Self.query) == nil)
                }
                let store = try Self.settings.open(here)
                #expect(try expected.difference(from: store, query: Self.query) == nil)
                try store.compact()
                try store.verify()
                #expect(try expected.difference(from: store, query: Self.query) == nil)
                #expect(!FileManager.default.fileExists(atPath: there.snapshot.path))
            }
        }
    }

    @Test func `begins an index that was empty`() throws {
        try withQuickDirectory { here in
            try withQuickDirectory { there in
                let expected = try Self.make(there, 0..<50, version: 2, generation: 9)
                do {
                    let store = try Self.settings.open(here)
                    try store.adopt(snapshotIn: there)
                }
                let store = try Self.settings.open(here)
                #expect(try expected.difference(from: store, query: Self.query) == nil)
            }
        }
    }

    @Test func `is refused when it is damaged, of other settings or not there, and nothing is changed`()
        throws
    {
        try withQuickDirectory { here in
            let expected = try Self.make(here, 0..<30, version: 1, generation: 3)
            let store = try Self.settings.open(here)
            try withQuickDirectory { there in
                #expect(throws: VectorIndexError.self) { try store.adopt(snapshotIn: there) }
                var other = Self.settings
                other.M = 8
                do {
                    let foreign = try other.open(there)
                    try foreign.upsert(Self.entries(0..<20, version: 5))
                    try foreign.compact()
                }
                #expect(throws: VectorIndexError.self) { try store.adopt(snapshotIn: there) }
            }
            try withQuickDirectory { there in
                _ = try Self.make(there, 0..<30, version: 2, generation: 4)
                var bytes = try Data(contentsOf: there.snapshot)
                bytes[100] ^= 1
                try bytes.write(to: there.snapshot)
                #expect(throws: VectorIndexError.self) { try store.adopt(snapshotIn: there) }
            }
            #expect(try expected.difference(from: store, query: Self.query) == nil)
        }
    }

    @Test func `leaves the old index or the new one when the process is killed anywhere`() throws {
        var isDone = false
        for operation in 0..<40 where !isDone {
            try withQuickDirectory { here in
                try withQuickDirectory { there in
                    let old = try Self.make(here, 0..<30, version: 1, generation: 3)
                    let new = try Self.make(there, 100..<150, version: 2, generation: 9)
                    let faulty = FaultyDisk()
                    let before: Int
                    do {
                        let store = try Self.settings.open(here, disk: faulty.disk)
                        before = faulty.operations.count
                        withExtendedLifetime(store) {}
                    }
                    let killed = FaultyDisk(at: before + operation, .kill(after: 0))
                    do {
                        let store = try Self.settings.open(here, disk: killed.disk)
                        do {
                            try store.adopt(snapshotIn: there)
                            isDone = killed.operations.count <= before + operation
                        } catch {
                            // The process is gone.
                        }
                    }
                    let store = try Self.settings.open(here)
                    let isOld = try old.difference(from: store, query: Self.query) == nil
                    let isNew = try new.difference(from: store, query: Self.query) == nil
                    #expect(isOld || isNew, "killed at operation \(operation)")
                    if isDone { #expect(isNew) }
                }
            }
        }
        #expect(isDone)
    }

    @Test func `refuses no search while it takes the place`() async throws {
        let folders = (0..<2).map { _ in
            FileManager.default.temporaryDirectory.appendingPathComponent("millrace-\(UUID().uuidString)")
        }
        defer { for folder in folders { try? FileManager.default.removeItem(at: folder) } }
        _ = try Self.make(folders[0], 0..<200, version: 1, generation: 1)
        let store = try Self.settings.open(folders[0])
        let ending = Ending()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ending.end() }
                for round in 0..<10 {
                    let next = folders[1].appendingPathComponent("\(round)")
                    let ids = round.isMultiple(of: 2) ? UInt64(1000)..<1300 : UInt64(0)..<200
                    _ = try Self.make(next, ids, version: UInt64(round), generation: UInt64(round))
                    try store.adopt(snapshotIn: next)
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    repeat {
                        let found = try store.search(Self.query, k: 10)
                        // All of one index or all of the other.
                        let isNew = Set(found.map { $0.id >= 1000 })
                        #expect(found.count == 10 && isNew.count == 1)
                    } while !ending.isOver
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `is open as it was while the index goes on`() throws {
        try withQuickDirectory { here in
            let store = try Self.settings.open(here)
            #expect(try store.openSnapshot()?.file.name == nil)
            try store.upsert(Self.entries(0..<40, version: 1))
            let (file, count) = try #require(try store.openSnapshot())
            #expect(count == 40)
            #expect(file.name == LocalVectorStore.snapshotFileName)
            let bytes = try Data(contentsOf: here.snapshot)
            try store.upsert(Self.entries(40..<90, version: 1))
            // What is in the log alone is not counted.
            #expect(try store.openSnapshot()?.count == 40)
            try store.compact()
            #expect(try store.openSnapshot()?.count == 90)
            #expect(try Data(contentsOf: here.snapshot) != bytes)
            #expect(try file.read(at: 0, count: file.byteCount) == bytes)
            #expect(try file.read(at: file.byteCount - 5, count: 100) == bytes.suffix(5))
            #expect(try file.read(at: file.byteCount + 1, count: 10).isEmpty)
        }
    }
}
