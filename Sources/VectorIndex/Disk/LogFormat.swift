/// What a log says of itself in its first 64 bytes.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | `MLRINLOG` |
/// | 8 | 4 | byte order mark, 0x01020304 as written |
/// | 12 | 4 | format version, 1 |
/// | 16 | 4 | metric; 0x54455854 in the log of a text index |
/// | 20 | 4 | dimension; in the log of a text index the number of fields |
/// | 24 | 8 | sequence of the snapshot that this log continues; 0 is the empty index |
/// | 32 | 24 | zero |
/// | 56 | 8 | XXH64 of bytes 0…55 |
package struct LogHeader: Equatable, Sendable {
    package static let byteCount = 64
    package static let version: UInt32 = 1
    package static let magic = Array("MLRINLOG".utf8)
    /// What the log of a text index has in the place of a metric.
    package static let textMark: UInt32 = 0x5445_5854

    package var metric: UInt32
    package var dimension: UInt32
    package var sequence: UInt64

    /// The header as it stands in the file.
    package func encoded() -> [UInt8] {
        var fields = FieldWriter(magic: Self.magic)
        for value in [SnapshotHeader.byteOrderMark, Self.version, metric, dimension] { fields.append(value) }
        fields.append(sequence)
        return fields.sealed(byteCount: Self.byteCount)
    }

    /// Reads the header of `file`, refusing by name what is not one.
    package init(of file: FileDescriptor) throws(VectorIndexError) {
        // A log takes its name only when its header is on the device, so a short one is damage.
        var fields = try FieldReader(
            file.prefix(Self.byteCount), magic: Self.magic, version: Self.version, byteCount: Self.byteCount,
            file: file.path, kind: "an index log")
        (metric, dimension, sequence) = (fields.next(), fields.next(), fields.next())
    }

    package init(metric: UInt32, dimension: UInt32, sequence: UInt64) {
        (self.metric, self.dimension, self.sequence) = (metric, dimension, sequence)
    }
}

/// What stands before each record of a log. Records follow each other without gaps; with its payload, each is
/// a multiple of 8 bytes.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | `MLRR` |
/// | 4 | 4 | kind: 1 upsert, 2 removal, 3 generation, 4 documents |
/// | 8 | 8 | bytes of the payload |
/// | 16 | 8 | number of the record: 1, 2, 3 … |
/// | 24 | 8 | sequence of the log |
/// | 32 | 8 | number of the last record known to be on the device when this one was written |
/// | 40 | 8 | XXH64 of the payload as stored |
/// | 48 | 8 | XXH64 of bytes 0…47 |
///
/// The sequence tells a record from one that an older log left in the same blocks of the device. The number at
/// 32 tells a reader which records were acknowledged: one that is not whole, but that a later one vouches for,
/// is damage and not the trace of a crash.
package struct LogRecordHeader: Equatable {
    package static let byteCount = 56
    /// `MLRR`, as a number of this machine's byte order.
    package static let magic = Array("MLRR".utf8).withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }

    package enum Kind: UInt32 {
        case upsert = 1
        case removal = 2
        case generation = 3
        case documents = 4
    }

    package var kind: UInt32
    package var payloadByteCount: UInt64
    package var number: UInt64
    package var sequence: UInt64
    package var flushed: UInt64
    package var payloadChecksum: UInt64

    /// Writes the header to the first 56 bytes of `target`.
    package func encode(to target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= Self.byteCount, "\(target.count) bytes for a record header")
        target.storeBytes(of: Self.magic, toByteOffset: 0, as: UInt32.self)
        target.storeBytes(of: kind, toByteOffset: 4, as: UInt32.self)
        let words = [payloadByteCount, number, sequence, flushed, payloadChecksum]
        for (position, word) in words.enumerated() {
            target.storeBytes(of: word, toByteOffset: 8 + 8 * position, as: UInt64.self)
        }
        let checksum = Checksum.of(UnsafeRawBufferPointer(rebasing: target[..<48]))
        target.storeBytes(of: checksum, toByteOffset: 48, as: UInt64.self)
    }

    /// Reads the header in the first 56 bytes of `bytes`; `nil` if there is none that fits its checksum.
    package init?(decoding bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count >= Self.byteCount, "\(bytes.count) bytes of a record header")
        func word(_ offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
        guard bytes.loadUnaligned(as: UInt32.self) == Self.magic,
            word(48) == Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[..<48]))
        else { return nil }
        kind = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
        (payloadByteCount, number, sequence) = (word(8), word(16), word(24))
        (flushed, payloadChecksum) = (word(32), word(40))
    }

    package init(
        kind: Kind, payloadByteCount: Int, number: UInt64, sequence: UInt64, flushed: UInt64,
        payloadChecksum: UInt64
    ) {
        (self.kind, self.payloadByteCount) = (kind.rawValue, UInt64(payloadByteCount))
        (self.number, self.sequence, self.flushed) = (number, sequence, flushed)
        self.payloadChecksum = payloadChecksum
    }
}
