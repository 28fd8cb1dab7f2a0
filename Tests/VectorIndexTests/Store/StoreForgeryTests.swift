import Foundation
import Testing

@testable import VectorIndex

extension `A snapshot that takes an index's place` {
    /// Changes a part of a snapshot and every checksum over it, as whoever may write the file can.
    private static func forge(
        _ directory: URL, _ section: SnapshotSection, at offset: Int, _ value: UInt32
    ) throws {
        let found = try #require(try Snapshot.open(directory: directory))
        let layout = found.layout
        var file = try Data(contentsOf: directory.snapshot)
        func put(_ bytes: [UInt8], at start: Int) {
            file.replaceSubrange(start..<start + bytes.count, with: bytes)
        }
        func checksum(_ range: Range<Int>) -> UInt64 { Array(file[range]).withUnsafeBytes(Checksum.of) }
        put(withUnsafeBytes(of: value.littleEndian) { Array($0) }, at: layout.offset(of: section) + offset)
        let chunk = layout.firstChunks[section.rawValue] + offset / SnapshotLayout.chunkByteCount
        let (_, bytes) = layout.place(ofChunk: chunk)
        let start = layout.offset(of: section) + bytes.lowerBound
        let sum = checksum(start..<start + bytes.count)
        put(withUnsafeBytes(of: sum.littleEndian) { Array($0) }, at: layout.tableOffset + 8 * chunk)
        let table = checksum(layout.tableOffset..<layout.fileByteCount)
        put(found.header.encoded(layout: layout, tableChecksum: table), at: 0)
        try file.write(to: directory.snapshot)
    }

    @Test func `is refused when it leads outside of itself under right checksums`() throws {
        // The first word of the first block is its first link; 0 is a slot, and none is beyond the 300.
        let forgeries: [(SnapshotSection, Int, UInt32)] = [
            (.blocks, 0, 300), (.blocks, 0, 0x7fff_fff0), (.upperStarts, 4, 4_000_000),
            (.levels, 0, 0x1f1f_1f1f),
            (.upperLinks, 0, 300), (.buckets, 0, 1_000_000), (.buckets, 0, UInt32.max - 1),
        ]
        for (section, offset, value) in forgeries {
            try withQuickDirectory { here in
                try withQuickDirectory { there in
                    let expected = try Self.make(here, 0..<30, version: 1, generation: 3)
                    _ = try Self.make(there, 0..<300, version: 2, generation: 4)
                    try Self.forge(there, section, at: offset, value)
                    let store = try Self.settings.open(here)
                    do throws(VectorIndexError) {
                        try store.adopt(snapshotIn: there)
                        Issue.record("\(section.name) with \(value) was taken")
                    } catch {
                        guard case .damaged = error else { throw error }
                    }
                    #expect(try expected.difference(from: store, query: Self.query) == nil)
                }
            }
        }
    }

    @Test func `is taken or not, and says which, when an operation of the disk fails`() throws {
        var isDone = false
        for operation in 0..<40 where !isDone {
            try withQuickDirectory { here in
                try withQuickDirectory { there in
                    let old = try Self.make(here, 0..<30, version: 1, generation: 3)
                    let new = try Self.make(there, 100..<150, version: 2, generation: 9)
                    let counting = FaultyDisk()
                    do {
                        let store = try Self.settings.open(here, disk: counting.disk)
                        withExtendedLifetime(store) {}
                    }
                    let faulty = FaultyDisk(
                        at: counting.operations.count + operation, .error(EIO, after: 0))
                    var isTaken = false
                    do {
                        let store = try Self.settings.open(here, disk: faulty.disk)
                        let before = faulty.operations.count
                        do {
                            try store.adopt(snapshotIn: there)
                            isTaken = true
                        } catch {
                            // It says that nothing has changed.
                        }
                        isDone = faulty.operations.count <= before + operation
                        let expected = isTaken ? new : old
                        #expect(
                            try expected.difference(from: store, query: Self.query) == nil,
                            "operation \(operation) failed")
                    }
                    let expected = isTaken ? new : old
                    let store = try Self.settings.open(here)
                    #expect(
                        try expected.difference(from: store, query: Self.query) == nil,
                        "operation \(operation) failed")
                }
            }
        }
        #expect(isDone)
    }
}
