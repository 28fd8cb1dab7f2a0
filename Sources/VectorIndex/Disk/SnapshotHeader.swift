/// A place in the log: a log file, by its sequence, and the number of a record in it; 0 is before the first.
package struct LogPosition: Equatable, Sendable {
    package var sequence: UInt64
    package var record: UInt64

    package init(sequence: UInt64 = 0, record: UInt64 = 0) {
        (self.sequence, self.record) = (sequence, record)
    }
}

/// What a snapshot says of itself in its first 4096 bytes.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | `MLRINDEX` |
/// | 8 | 4 | byte order mark, 0x01020304 as written |
/// | 12 | 4 | format version, 2 |
/// | 16 | 4 | metric: 1 cosine, 2 inner product, 3 squared L2 |
/// | 20 | 4 | representation: the number format of the codes |
/// | 24 | 4 | dimension |
/// | 28 | 4 | `M` |
/// | 32 | 4 | slot of the entry point; 0xFFFFFFFF if there is none |
/// | 36 | 4 | level of the entry point |
/// | 40 | 8 | *n*, the number of vectors |
/// | 48 | 8 | generation: the caller's number for the state of its data |
/// | 56 | 8 | levels drawn so far, so that later insertions draw what they would have drawn |
/// | 64 | 8 | sequence: the number of this snapshot |
/// | 72 | 16 | the log position it covers: sequence of a log, number of the last record that is in here |
/// | 88 | 64 | eight extra numbers |
/// | 152 | 128 | section table: offset and size (without padding) of each of the eight sections |
/// | 280 | 8 | offset of the chunk checksums |
/// | 288 | 8 | bytes of the whole file |
/// | 296 | 8 | XXH64 of the chunk checksums |
/// | 304 | 3784 | zero |
/// | 4088 | 8 | XXH64 of bytes 0…4087 |
struct SnapshotHeader: Equatable, Sendable {
    static let byteCount = 4096
    static let checksumOffset = 4088
    static let version: UInt32 = 2
    static let magic = Array("MLRINDEX".utf8)
    static let byteOrderMark: UInt32 = 0x0102_0304
    static let extraCount = 8
    static let noEntry = UInt32.max

    var metric: UInt32 = 0
    var representation: UInt32 = 0
    var dimension: UInt32 = 0
    var M: UInt32 = 0
    var entry = Self.noEntry
    var entryLevel: UInt32 = 0
    var count: UInt64 = 0
    var generation: UInt64 = 0
    var draws: UInt64 = 0
    /// The number of this snapshot; the log that continues it has the same.
    var sequence: UInt64 = 0
    /// The last log record whose change is in this snapshot.
    var covered = LogPosition()
    /// Numbers whose meaning is the index's business; ``extraCount`` of them.
    var extras = [UInt64](repeating: 0, count: Self.extraCount)
}

extension SnapshotHeader {
    /// The header as it stands in the file.
    func encoded(layout: SnapshotLayout, tableChecksum: UInt64) -> [UInt8] {
        precondition(extras.count == Self.extraCount, "\(extras.count) extra numbers")
        var page = FieldWriter(magic: Self.magic)
        let narrow = [
            Self.byteOrderMark, Self.version, metric, representation, dimension, M, entry, entryLevel,
        ]
        for value in narrow { page.append(value) }
        for value in [count, generation, draws, sequence, covered.sequence, covered.record] + extras {
            page.append(value)
        }
        for section in SnapshotSection.allCases {
            page.append(UInt64(layout.offset(of: section)))
            page.append(UInt64(layout.byteCount(of: section)))
        }
        page.append(UInt64(layout.tableOffset))
        page.append(UInt64(layout.fileByteCount))
        page.append(tableChecksum)
        return page.sealed(byteCount: Self.byteCount)
    }

    /// Reads a header, refusing by name what is not one.
    ///
    /// - Parameter page: the first 4096 bytes of the file, or all if there are fewer.
    /// - Returns: the header, where things are, and the checksum of the chunk checksums.
    static func decode(
        _ page: [UInt8], file: String
    ) throws(VectorIndexError) -> (header: SnapshotHeader, layout: SnapshotLayout, tableChecksum: UInt64) {
        var fields = try FieldReader(
            page, magic: magic, version: version, byteCount: byteCount, file: file, kind: "an index file")
        var header = SnapshotHeader()
        header.metric = fields.next()
        header.representation = fields.next()
        header.dimension = fields.next()
        header.M = fields.next()
        header.entry = fields.next()
        header.entryLevel = fields.next()
        header.count = fields.next()
        header.generation = fields.next()
        header.draws = fields.next()
        header.sequence = fields.next()
        header.covered = LogPosition(sequence: fields.next(), record: fields.next())
        header.extras = (0..<extraCount).map { _ in fields.next() }
        var (offsets, byteCounts): ([UInt64], [UInt64]) = ([], [])
        for _ in SnapshotSection.allCases {
            offsets.append(fields.next())
            byteCounts.append(fields.next())
        }
        let (tableOffset, fileByteCount): (UInt64, UInt64) = (fields.next(), fields.next())
        // Sizes fix all offsets, so a table that overlaps, leaves gaps or overflows differs from the one
        // computed from its sizes.
        guard let layout = SnapshotLayout(byteCounts: byteCounts),
            offsets == layout.offsets.map({ UInt64($0) }), tableOffset == UInt64(layout.tableOffset),
            fileByteCount == UInt64(layout.fileByteCount)
        else {
            throw .damaged(file: file, reason: "its section table contradicts itself")
        }
        return (header, layout, fields.next())
    }
}
