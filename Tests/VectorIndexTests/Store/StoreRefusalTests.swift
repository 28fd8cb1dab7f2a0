import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `A store cannot be opened` {
    private let settings = StoreSettings()

    /// Files with something in the snapshot and in the log.
    private func fill(_ directory: URL) throws {
        var vectors = ClusteredVectors(seed: 11, dimension: settings.dimension)
        let store = try settings.open(directory)
        try store.upsert(vectors.entries(0..<60))
        try store.compact()
        try store.upsert(vectors.entries(60..<70))
        try store.save(generation: 12)
    }

    @Test func `twice at once, nor be reset meanwhile`() throws {
        try withQuickDirectory { directory in
            try fill(directory)
            let error = VectorIndexError.inUse(directory: directory.path)
            var store: LocalVectorStore? = try settings.open(directory)
            #expect(throws: error) { try settings.open(directory) }
            #expect(throws: error) { try LocalVectorStore.reset(directory: directory) }
            #expect(try store?.search([1, 1, 1, 1, 1, 1], k: 70).count == 70)
            store = nil
            #expect(try settings.open(directory).count == 70)
        }
    }

    @Test func `with other settings than it was built with, which it names`() throws {
        try withQuickDirectory { directory in
            try fill(directory)
            func expect(_ name: String, _ stored: String, _ requested: String, _ settings: StoreSettings) {
                let path = directory.snapshot.path
                let error = VectorIndexError.settingMismatch(
                    file: path, name: name, stored: stored, requested: requested)
                #expect(throws: error) { try settings.open(directory) }
            }
            expect("dimension", "6", "7", StoreSettings(dimension: 7))
            expect("metric", "cosine", "squaredL2", StoreSettings(metric: .squaredL2))
            expect("format", "int8", "float16", StoreSettings(format: .float16))
            expect("M", "4", "5", StoreSettings(M: 5))
            #expect(try settings.open(directory).generation == 12)
        }
    }

    @Test func `with another metric or dimension than its log, without a snapshot`() throws {
        try withQuickDirectory { directory in
            try settings.open(directory).upsert([VectorEntry(id: 1, vector: [1, 2, 3, 4, 5, 6])])
            func mismatch(_ name: String, _ stored: String, _ requested: String) -> VectorIndexError {
                .settingMismatch(
                    file: directory.log.path, name: name, stored: stored, requested: requested)
            }
            #expect(throws: mismatch("dimension", "6", "7")) {
                try StoreSettings(dimension: 7).open(directory)
            }
            #expect(throws: mismatch("metric", "cosine", "innerProduct")) {
                try StoreSettings(metric: .innerProduct).open(directory)
            }
            // Format and M are the snapshot's: a log is good for any.
            #expect(try StoreSettings(format: .float32, M: 9).open(directory).count == 1)
        }
    }

    @Test(arguments: [Snapshot.name, IndexLog.name])
    func `from files of another version or byte order, which it names`(name: String) throws {
        try withQuickDirectory { directory in
            try fill(directory)
            let url = directory.appendingPathComponent(name)
            let sound = try Data(contentsOf: url)
            let supported = UInt32(sound[12])
            try withBytes(of: name, in: directory) { $0[12] = 77 }
            let version = VectorIndexError.unsupportedVersion(file: url.path, found: 77, supported: supported)
            #expect(throws: version) { try settings.open(directory) }
            try sound.write(to: url)
            try withBytes(of: name, in: directory) {
                $0.replaceSubrange(8..<12, with: sound[8..<12].reversed())
            }
            #expect(throws: VectorIndexError.foreignByteOrder(file: url.path)) {
                try settings.open(directory)
            }
        }
    }

    @Test func `in a place that cannot be a directory`() throws {
        try withQuickDirectory { directory in
            let occupied = directory.appendingPathComponent("file")
            try Data([1]).write(to: occupied)
            for place in [occupied, occupied.appendingPathComponent("below")] {
                let error = #expect(throws: VectorIndexError.self) { try settings.open(place) }
                guard case .systemFailure(_, _, ENOTDIR, _) = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test(arguments: [Snapshot.name, IndexLog.name, DirectoryLock.name])
    func `where a directory has the name of a file`(name: String) throws {
        try withQuickDirectory { directory in
            let occupied = directory.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: occupied, withIntermediateDirectories: true)
            let error = #expect(throws: VectorIndexError.self) { try settings.open(directory) }
            #expect(error?.description.contains(occupied.path) == true, "\(String(describing: error))")
        }
    }

    @Test func `where nothing may be written`() throws {
        try withQuickDirectory { directory in
            let place = directory.appendingPathComponent("none/yet")
            let disk = Disk(willPerform: { _ in .fail(EROFS) })
            let error = #expect(throws: VectorIndexError.self) { try settings.open(place, disk: disk) }
            guard case .systemFailure("make the directory", _, EROFS, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            let store = try settings.open(place)
            #expect(store.count == 0)
        }
    }

    @Test(arguments: [Snapshot.name, IndexLog.name])
    func `from files that are not its own, and is empty after a reset`(name: String) throws {
        try withQuickDirectory { directory in
            try fill(directory)
            try Data("not an index".utf8).write(to: directory.appendingPathComponent(name))
            let error = #expect(throws: VectorIndexError.self) { try settings.open(directory) }
            #expect(error?.isCuredByRebuilding == true)
            try LocalVectorStore.reset(directory: directory)
            let store = try settings.open(directory)
            #expect(store.count == 0 && store.generation == 0)
        }
    }

    @Test func `before a reset of nothing, but after it`() throws {
        try withQuickDirectory { directory in
            try LocalVectorStore.reset(directory: directory)
            #expect(try settings.open(directory).count == 0)
        }
    }
}
