import Foundation
import Testing
import VectorIndex

@testable import TextIndex

@Suite(.timeLimit(.minutes(3))) struct `Files that take a text index's place` {
    /// An index of some segments, of which documents are deleted.
    private static func make(
        _ directory: URL, seed: UInt64, ids: Range<UInt64>, generation: UInt64, disk: Disk = .system
    ) throws -> LocalTextStore {
        var corpus = TextCorpus(seed: seed)
        let store = try smallStore(directory, disk: disk, memoryByteLimit: 3000)
        for start in stride(from: ids.lowerBound, to: ids.upperBound, by: 20) {
            try store.upsert(corpus.documents(Array(start..<min(start + 20, ids.upperBound))))
        }
        try store.remove([ids.lowerBound, ids.lowerBound + 3])
        try store.save(generation: generation)
        return store
    }

    /// Puts the index's published files into a folder, as another machine would have them.
    private static func publish(_ store: LocalTextStore, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in try store.openFiles() {
            #expect(LocalTextStore.isFileName(file.name))
            let bytes = try file.read(at: 0, count: file.byteCount)
            try bytes.write(to: folder.appendingPathComponent(file.name))
        }
    }

    @Test func `give the answers of the index that they were of, now and after the next opening`() throws {
        try withTemporaryDirectory { root in
            let (here, there) = (root.appendingPathComponent("here"), root.appendingPathComponent("there"))
            let fetched = root.appendingPathComponent("fetched")
            let other = try Self.make(there, seed: 2, ids: 0..<130, generation: 9)
            try Self.publish(other, to: fetched)
            let expected = try answers(of: other)
            let ids = Set(other.ids())
            do {
                let store = try Self.make(here, seed: 3, ids: 50..<200, generation: 4)
                #expect(try store.adopt(filesIn: fetched) == 9)
                #expect(store.generation == 9 && Set(store.ids()) == ids)
                #expect(try answers(of: store) == expected)
                try store.verify()
            }
            let store = try smallStore(here)
            #expect(store.generation == 9 && Set(store.ids()) == ids)
            #expect(try answers(of: store) == expected)
            try store.verify()
            var corpus = TextCorpus(seed: 8)
            try store.upsert(corpus.documents([500, 501]))
            try store.compact()
            #expect(Set(store.ids()) == ids.union([500, 501]))
        }
    }

    @Test func `hold what was only in the log`() throws {
        try withTemporaryDirectory { root in
            let (here, there) = (root.appendingPathComponent("here"), root.appendingPathComponent("there"))
            let fetched = root.appendingPathComponent("fetched")
            var corpus = TextCorpus(seed: 4)
            let other = try LocalTextStore(directory: there)
            try other.upsert(corpus.documents([1, 2, 3]))
            try other.remove([2])
            try other.save(generation: 5)
            try Self.publish(other, to: fetched)
            let store = try LocalTextStore(directory: here)
            #expect(try store.adopt(filesIn: fetched) == 5)
            #expect(store.ids().sorted() == [1, 3])
        }
    }

    @Test func `are refused when one is missing or damaged, and nothing is changed`() throws {
        try withTemporaryDirectory { root in
            let there = root.appendingPathComponent("there")
            let other = try Self.make(there, seed: 2, ids: 0..<130, generation: 9)
            let store = try Self.make(
                root.appendingPathComponent("here"), seed: 3, ids: 0..<90, generation: 4)
            let before = try answers(of: store)
            let none = root.appendingPathComponent("none")
            try FileManager.default.createDirectory(at: none, withIntermediateDirectories: true)
            #expect(throws: TextIndexError.self) { try store.adopt(filesIn: none) }
            let missing = root.appendingPathComponent("missing")
            try Self.publish(other, to: missing)
            try FileManager.default.removeItem(at: try #require(try missing.segments.last))
            #expect(throws: TextIndexError.self) { try store.adopt(filesIn: missing) }
            let flipped = root.appendingPathComponent("flipped")
            try Self.publish(other, to: flipped)
            let segment = try #require(try flipped.segments.first)
            var bytes = try Data(contentsOf: segment)
            bytes[40] ^= 1
            try bytes.write(to: segment)
            #expect(throws: TextIndexError.self) { try store.adopt(filesIn: flipped) }
            #expect(store.generation == 4)
            #expect(try answers(of: store) == before)
        }
    }

    @Test(arguments: ["index.manifest", "segment-1.text", "segment-18446744073709551615.text"])
    func `have names`(name: String) {
        #expect(LocalTextStore.isFileName(name))
    }

    @Test(arguments: [
        "", "index.log", "segment-.text", "segment-../x.text", "segment-1.text/", "../index.manifest",
    ])
    func `have no other names`(name: String) {
        #expect(!LocalTextStore.isFileName(name))
    }
}
