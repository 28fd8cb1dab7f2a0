import Foundation
import Testing

@testable import VectorIndex

@Suite struct `A snapshot` {
    private func open(_ directory: URL, dimension: Int = 6, metric: Metric = .cosine, M: Int = 4) throws
        -> LocalVectorStore
    {
        let parameters = try HNSWParameters(M: M, efConstruction: 60, efSearch: 20, seed: 8)
        return try LocalVectorStore(
            directory: directory, dimension: dimension, metric: metric, parameters: parameters)
    }

    private func file(_ directory: URL) -> URL { directory.appendingPathComponent("index.hnsw") }

    /// A saved store of `count` vectors, some removed so that its slots have holes.
    private func fill(_ directory: URL, count: UInt64 = 200) throws -> LocalVectorStore {
        var vectors = ClusteredVectors(seed: 81, dimension: 6)
        let store = try open(directory)
        try store.upsert(vectors.entries(0..<count))
        try store.remove([0, 3, 50])
        try store.save(generation: 12)
        return store
    }

    @Test func `that is not there opens as an empty store`() throws {
        try withTemporaryDirectory { directory in
            let store = try open(directory.appendingPathComponent("none/yet"))
            #expect(store.count == 0 && store.generation == 0)
            try store.save(generation: 3)
            let again = try open(directory.appendingPathComponent("none/yet"))
            #expect(again.count == 0 && again.generation == 3)
        }
    }

    @Test func `gives back the store as it was, and it goes on as it would have`() throws {
        try withTemporaryDirectory { directory in
            let store = try fill(directory, count: 3000)
            let again = try open(directory)
            #expect(again.generation == 12)
            #expect(again.ids().sorted() == store.ids().sorted())
            #expect(again.violations() == [])
            var vectors = ClusteredVectors(seed: 82, dimension: 6)
            for query in vectors.queries(50) {
                #expect(try again.search(query, k: 10) == store.search(query, k: 10))
            }
            let more = vectors.entries(2900..<3300)
            try store.upsert(more)
            try again.upsert(more)
            #expect(again.violations() == [])
            let flat = try FlatIndex(dimension: 6, metric: .cosine)
            var first = ClusteredVectors(seed: 81, dimension: 6)
            try flat.upsert(first.entries(0..<3000).filter { ![0, 3, 50].contains($0.id) })
            try flat.upsert(more)
            let recall = try meanRecall(of: again, against: flat, queries: vectors.queries(100), efSearch: 40)
            #expect(recall > 0.95, "seeds 81, 82: \(recall)")
        }
    }

    @Test func `is byte for byte the same after it is opened and saved again`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            let first = try Data(contentsOf: file(directory))
            try open(directory).save(generation: 12)
            #expect(try Data(contentsOf: file(directory)) == first)
        }
    }

    @Test func `with any one byte changed is refused`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            let sound = try Data(contentsOf: file(directory))
            // Every byte of the header, every 7th of the rest: odd, so that every byte of a word has its
            // turn.
            let offsets = Array(0..<192) + stride(from: 192, to: sound.count, by: 7)
            for offset in offsets {
                var bytes = sound
                bytes[offset] ^= 1 << (offset % 8)
                try bytes.write(to: file(directory))
                #expect(throws: VectorIndexError.self, "byte \(offset) of \(sound.count)") {
                    try open(directory)
                }
            }
            try sound.write(to: file(directory))
            #expect(try open(directory).count == 197)
        }
    }

    @Test func `that is damaged says where`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            let path = file(directory).path
            let sound = try Data(contentsOf: file(directory))
            func expectDamage(_ reason: String, _ change: (inout Data) -> Void) throws {
                var bytes = sound
                change(&bytes)
                try bytes.write(to: file(directory))
                #expect(throws: VectorIndexError.damaged(file: path, reason: reason)) { try open(directory) }
            }
            try expectDamage("the checksum of the section \"ids\" does not match") { $0[192] ^= 1 }
            try expectDamage("the checksum of the section \"vectors\" does not match") {
                $0[sound.count - 1] ^= 1
            }
            try expectDamage("the header's checksum does not match") { $0[33] ^= 4 }
            try expectDamage("it does not begin as an index file does") { $0[0] = 0 }
            try expectDamage("it ends after 0 bytes, inside the header") { $0 = Data() }
            try expectDamage("it ends after 191 bytes, inside the header") { $0 = $0.prefix(191) }
            try expectDamage("it has \(sound.count - 1) bytes; its header says \(sound.count)") {
                $0.removeLast()
            }
            try expectDamage("it has \(sound.count + 1) bytes; its header says \(sound.count)") {
                $0.append(0)
            }
        }
    }

    @Test func `cut anywhere is refused`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            let sound = try Data(contentsOf: file(directory))
            for length in stride(from: 0, to: sound.count, by: 97) {
                try sound.prefix(length).write(to: file(directory))
                #expect(throws: VectorIndexError.self) { try open(directory) }
            }
        }
    }

    @Test func `of another version or byte order is refused by name`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            let path = file(directory).path
            let sound = try Data(contentsOf: file(directory))
            var newer = sound
            newer[12] = 2
            try newer.write(to: file(directory))
            #expect(throws: VectorIndexError.unsupportedVersion(file: path, found: 2, supported: 1)) {
                try open(directory)
            }
            var foreign = sound
            foreign.replaceSubrange(8..<12, with: sound[8..<12].reversed())
            try foreign.write(to: file(directory))
            #expect(throws: VectorIndexError.foreignByteOrder(file: path)) { try open(directory) }
        }
    }

    @Test func `built with other settings is refused by name`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            let path = file(directory).path
            func mismatch(_ name: String, _ stored: String, _ requested: String) -> VectorIndexError {
                .settingMismatch(file: path, name: name, stored: stored, requested: requested)
            }
            #expect(throws: mismatch("dimension", "6", "7")) { try open(directory, dimension: 7) }
            #expect(throws: mismatch("metric", "cosine", "squaredL2")) {
                try open(directory, metric: .squaredL2)
            }
            #expect(throws: mismatch("M", "4", "5")) { try open(directory, M: 5) }
        }
    }

    @Test func `that cannot be written leaves the old one as it was`() throws {
        try withTemporaryDirectory { directory in
            let store = try fill(directory)
            let old = try Data(contentsOf: file(directory))
            // Writing to this device fails as writing to a full disk does.
            let temporary = directory.appendingPathComponent("index.hnsw.new").path
            try FileManager.default.createSymbolicLink(atPath: temporary, withDestinationPath: "/dev/full")
            try store.remove([7])
            let error = #expect(throws: VectorIndexError.self) { try store.save(generation: 13) }
            guard case .systemFailure("write", temporary, ENOSPC, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try Data(contentsOf: file(directory)) == old)
            #expect(store.generation == 12)
            try store.save(generation: 13)
            #expect(try open(directory).count == 196)
        }
    }

    @Test func `in a place that cannot be a directory is refused`() throws {
        try withTemporaryDirectory { directory in
            let occupied = directory.appendingPathComponent("file")
            try Data([1]).write(to: occupied)
            #expect(throws: VectorIndexError.self) { try open(occupied) }
        }
    }

    @Test func `is gone after a reset`() throws {
        try withTemporaryDirectory { directory in
            _ = try fill(directory)
            try Data([1, 2, 3]).write(to: file(directory))
            #expect(throws: VectorIndexError.self) { try open(directory) }
            try LocalVectorStore.reset(directory: directory)
            #expect(try open(directory).count == 0)
            try LocalVectorStore.reset(directory: directory)
        }
    }
}
