import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(5))) struct `A disk snapshot` {
    private static let header: SnapshotHeader = {
        var header = SnapshotHeader()
        (header.metric, header.representation, header.dimension, header.M) = (1, 3, 384, 16)
        (header.entry, header.entryLevel, header.count) = (77, 4, 1000)
        (header.generation, header.draws, header.sequence) = (12, 1003, 6)
        header.covered = LogPosition(sequence: 5, record: 31)
        header.extras = [1, 2, 3, 4, 5, 6, 7, 8]
        return header
    }()

    private static let chunk = SnapshotLayout.chunkByteCount

    private func damage(_ reason: String, _ directory: URL) -> VectorIndexError {
        .damaged(file: directory.appendingPathComponent("index.hnsw").path, reason: reason)
    }

    @Test func `that is not there is none`() throws {
        try withTemporaryDirectory { directory in
            for place in [directory, directory.appendingPathComponent("no")] {
                let snapshot = try Snapshot.open(directory: place)
                #expect(snapshot == nil)
            }
        }
    }

    @Test(arguments: [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk, 2 * chunk + 5, 0],
        [4095, 4096, 4097, 0, 0, 1 << 20, 1 << 20 + 1, 3 << 20 - 1],
    ])
    func `gives back header and sections as they were`(lengths: [Int]) throws {
        try withTemporaryDirectory { parent in
            let directory = parent.appendingPathComponent("not/yet")
            let sections = SectionBytes(lengths: lengths, seed: 92)
            try sections.write(Self.header, to: directory)
            let snapshot = try #require(try Snapshot.open(directory: directory))
            #expect(snapshot.header == Self.header)
            #expect(SnapshotSection.allCases.map(snapshot.byteCount) == lengths)
            #expect(try SectionBytes(snapshot) == sections)
            for (section, length) in zip(SnapshotSection.allCases, lengths) {
                let isDone = length == 0 || snapshot.ledger.allVerified
                #expect(snapshot.ledger.isVerified(section, 0..<length) == isDone)
                try snapshot.ledger.verify(section, 0..<length)
                #expect(snapshot.ledger.isVerified(section, 0..<length))
            }
            #expect(snapshot.ledger.allVerified)
            #expect(try snapshot.ledger.verifyAll() == [])
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
            #expect(names == ["index.hnsw"])
        }
    }

    @Test func `grows behind its sections, in memory alone`() throws {
        try withTemporaryDirectory { directory in
            let sections = SectionBytes(lengths: [0, 0, 0, 0, 0, 100_000, 0, 0], seed: 93)
            try sections.write(Self.header, to: directory)
            let before = try Data(contentsOf: directory.appendingPathComponent("index.hnsw"))
            let snapshot = try #require(try Snapshot.open(directory: directory))
            let region = try snapshot.region(of: .blocks, reserving: 1 << 20)
            try region.commit(upTo: 1 << 20)
            let content = UnsafeMutableRawBufferPointer(start: region.base, count: 1 << 20)
            #expect(content.dropFirst(100_000).allSatisfy { $0 == 0 })
            memset(region.base, 0xff, 1 << 20)
            #expect(try Data(contentsOf: directory.appendingPathComponent("index.hnsw")) == before)
            #expect(try snapshot.ledger.verifyAll() == [])
        }
    }

    @Test func `with any one byte changed says so, and where`() throws {
        try withTemporaryDirectory { directory in
            let lengths = [800, 100, 1, 0, 4096, 2 * Self.chunk + 100, 5000, Self.chunk]
            try SectionBytes(lengths: lengths, seed: 94).write(Self.header, to: directory)
            let layout = try #require(SnapshotLayout(byteCounts: lengths.map { UInt64($0) }))
            let url = directory.appendingPathComponent("index.hnsw")
            let sound = try Data(contentsOf: url)
            #expect(sound.count == layout.fileByteCount)
            let file = try FileDescriptor(url.path, flags: O_RDWR, operation: "open")
            let offsets =
                Array(0..<4096) + stride(from: 4096, to: layout.tableOffset, by: 61)
                + Array(layout.tableOffset..<sound.count)
            for offset in offsets {
                try Disk.system.write([sound[offset] ^ 1 << UInt8(offset % 8)], to: file, at: offset)
                if offset < 4096 || offset >= layout.tableOffset {
                    #expect(throws: VectorIndexError.self, "byte \(offset)") {
                        try Snapshot.open(directory: directory)
                    }
                } else {
                    let snapshot = try #require(try Snapshot.open(directory: directory))
                    let damages = try snapshot.ledger.verifyAll()
                    let damage = try #require(damages.first)
                    #expect(damages.count == 1 && !snapshot.ledger.allVerified)
                    let start = layout.offset(of: damage.section)
                    #expect(damage.fileOffset == start + damage.bytes.lowerBound)
                    #expect(damage.bytes.contains(offset - start), "byte \(offset)")
                }
                try Disk.system.write([sound[offset]], to: file, at: offset)
            }
            #expect(try Data(contentsOf: url) == sound)
        }
    }

    @Test func `finds damage only where it is looked for, and names it`() throws {
        try withTemporaryDirectory { directory in
            let lengths = [0, 0, 0, 0, 0, 3 * Self.chunk + 10, 0, 100]
            try SectionBytes(lengths: lengths, seed: 95).write(Self.header, to: directory)
            let offset = 4096 + Self.chunk + 5
            try withBytes(of: "index.hnsw", in: directory) { $0[offset] ^= 8 }
            let snapshot = try #require(try Snapshot.open(directory: directory))
            let ledger = snapshot.ledger
            try ledger.verify(.rows, 0..<100)
            try ledger.verify(.blocks, 0..<Self.chunk)
            try ledger.verify(.blocks, (2 * Self.chunk)..<(3 * Self.chunk + 10))
            let error = damage(
                """
                bytes 65536..<131072 of the section "blocks", at offset 69632, do not fit their checksum
                """, directory)
            #expect(throws: error) { try ledger.verify(.blocks, (Self.chunk - 1)..<(Self.chunk + 1)) }
            let first = ledger.firstChunk(of: .blocks)
            #expect(!ledger.needs(first) && ledger.needs(first + 1) && !ledger.needs(first + 2))
            #expect(throws: error) { try ledger.verify(chunk: first + 1) }
            #expect(!ledger.allVerified)
            let damages = try ledger.verifyAll()
            #expect(damages.map(ledger.error) == [error])
        }
    }

    @Test func `is verified by many threads at once`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: directory) }
        try SectionBytes(lengths: [0, 0, 0, 0, 0, 40 * Self.chunk, 0, 0], seed: 96)
            .write(Self.header, to: directory)
        let snapshot = try #require(try Snapshot.open(directory: directory))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { try snapshot.ledger.verify(.blocks, 0..<(40 * Self.chunk)) }
            }
            try await group.waitForAll()
        }
        #expect(snapshot.ledger.allVerified)
    }

    @Test func `cut anywhere is refused`() throws {
        try withTemporaryDirectory { directory in
            try SectionBytes(lengths: [800, 100, 1, 0, 40, 9000, 50, 70_000], seed: 97)
                .write(Self.header, to: directory)
            let url = directory.appendingPathComponent("index.hnsw")
            let sound = try Data(contentsOf: url)
            let lengths =
                Array(0..<300) + stride(from: 300, to: sound.count, by: 97)
                + [sound.count - 1, sound.count + 1]
            let file = try FileDescriptor(url.path, flags: O_RDWR, operation: "open")
            for length in lengths.sorted(by: >) {
                try file.truncate(to: length)
                #expect(throws: VectorIndexError.self, "\(length) bytes") {
                    try Snapshot.open(directory: directory)
                }
            }
        }
    }

    @Test func `that cannot be one says why`() throws {
        try withTemporaryDirectory { directory in
            let sections = SectionBytes(lengths: [8, 1, 1, 1, 1, 1, 1, 1], seed: 98)
            func expectRefusal(_ error: VectorIndexError, _ change: (inout Data) -> Void) throws {
                try sections.write(Self.header, to: directory)
                try withBytes(of: "index.hnsw", in: directory, change)
                #expect(throws: error) { try Snapshot.open(directory: directory) }
            }
            let path = directory.appendingPathComponent("index.hnsw").path
            let version1 = VectorIndexError.unsupportedVersion(file: path, found: 1, supported: 2)
            try expectRefusal(version1) { $0[12] = 1 }
            // A file of version 1 may be shorter than a header of version 2.
            try expectRefusal(version1) { data in
                data[12] = 1
                data = data.prefix(192)
            }
            try expectRefusal(.foreignByteOrder(file: path)) {
                $0.replaceSubrange(8..<12, with: [1, 2, 3, 4])
            }
            try expectRefusal(damage("it does not begin as an index file does", directory)) { $0[0] = 0 }
            try expectRefusal(damage("the header's checksum does not match", directory)) { $0[100] ^= 1 }
            try expectRefusal(damage("it ends after 0 bytes, inside the header", directory)) { $0 = Data() }
            try expectRefusal(damage("the checksum of its chunk checksums does not match", directory)) {
                $0[$0.count - 1] ^= 1
            }
        }
    }

    @Test func `whose section table contradicts itself is refused even with a sound checksum`() throws {
        try withTemporaryDirectory { directory in
            try SectionBytes(lengths: [8, 1, 1, 1, 1, 1, 1, 1], seed: 99).write(Self.header, to: directory)
            let url = directory.appendingPathComponent("index.hnsw")
            let sound = try Data(contentsOf: url)
            // Every field of the table in turn, with numbers that overlap, overflow or are not aligned.
            for offset in stride(from: 152, to: 296, by: 8) {
                for value in [0, 4097, 1 << 57, UInt64.max, UInt64.max - 4095] {
                    var page = Array(sound.prefix(4088))
                    withUnsafeBytes(of: value) { page.replaceSubrange(offset..<(offset + 8), with: $0) }
                    let checksum = page.withUnsafeBytes(Checksum.of)
                    withUnsafeBytes(of: checksum) { page += $0 }
                    try (Data(page) + sound.dropFirst(4096)).write(to: url)
                    #expect(throws: VectorIndexError.self, "\(value) at \(offset)") {
                        try Snapshot.open(directory: directory)
                    }
                }
            }
        }
    }

    @Test func `with a section of another size than its header asks for is refused`() throws {
        try withTemporaryDirectory { directory in
            try SectionBytes(lengths: [8, 1, 1, 1, 1, 1, 1, 1], seed: 99).write(Self.header, to: directory)
            let error = damage("its section \"ids\" has 8 bytes; the header asks for 8000", directory)
            #expect(throws: error) {
                try Snapshot.open(directory: directory) { $1 == .ids ? Int($0.count) * 8 : nil }
            }
        }
    }
}
