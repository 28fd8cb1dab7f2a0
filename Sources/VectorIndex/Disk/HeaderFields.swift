/// Writes the fields of a file's header one behind the other, in this machine's byte order.
package struct FieldWriter {
    package private(set) var bytes: [UInt8]

    package init(magic: [UInt8]) {
        bytes = magic
    }

    package mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value) { bytes += $0 }
    }

    /// The header with zeros up to its last 8 bytes, and in those the XXH64 of all before.
    package consuming func sealed(byteCount: Int) -> [UInt8] {
        precondition(bytes.count <= byteCount - 8, "\(bytes.count) bytes of fields in \(byteCount)")
        bytes += [UInt8](repeating: 0, count: byteCount - 8 - bytes.count)
        append(bytes.withUnsafeBytes(Checksum.of))
        return bytes
    }
}

/// Reads what ``FieldWriter`` wrote. Every header of ours begins with 8 bytes of magic, the byte order mark and
/// the version, and ends with a checksum.
package struct FieldReader {
    private let bytes: [UInt8]
    private var offset = 16

    /// Checks magic, byte order, version, length and checksum, in this order, so that a file of another
    /// machine or version is refused as what it is and not as damaged.
    package init(
        _ bytes: [UInt8], magic: [UInt8], version: UInt32, byteCount: Int, file: String, kind: String
    ) throws(VectorIndexError) {
        self.bytes = bytes
        let tooShort = VectorIndexError.damaged(
            file: file, reason: "it ends after \(bytes.count) bytes, inside the header")
        guard bytes.count >= 16 else { throw tooShort }
        guard bytes.starts(with: magic) else {
            throw .damaged(file: file, reason: "it does not begin as \(kind) does")
        }
        let mark: UInt32 = load(8)
        guard mark != SnapshotHeader.byteOrderMark.byteSwapped else { throw .foreignByteOrder(file: file) }
        let found: UInt32 = load(12)
        // Another version may keep its checksum elsewhere, so it is named before the checksum counts.
        guard found == version else {
            throw .unsupportedVersion(file: file, found: found, supported: version)
        }
        guard bytes.count == byteCount else { throw tooShort }
        let checksum: UInt64 = load(byteCount - 8)
        guard mark == SnapshotHeader.byteOrderMark,
            checksum == bytes[..<(byteCount - 8)].withUnsafeBytes(Checksum.of)
        else {
            throw .damaged(file: file, reason: "the header's checksum does not match")
        }
    }

    /// The next field. Which fields there are, and so that they end before the checksum, is fixed by the
    /// format.
    package mutating func next<T: FixedWidthInteger & BitwiseCopyable>() -> T {
        defer { offset += MemoryLayout<T>.size }
        return load(offset)
    }

    private func load<T: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> T {
        bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
    }
}

extension Disk {
    /// Writes an array's bytes at `offset`.
    package func write(_ bytes: [UInt8], to file: FileDescriptor, at offset: Int) throws(VectorIndexError) {
        try bytes.withUnsafeBufferPointer { bytes throws(VectorIndexError) in
            try write(UnsafeRawBufferPointer(bytes), to: file, at: offset)
        }
    }
}

extension FileDescriptor {
    /// The first `byteCount` bytes of the file; fewer only if it has fewer.
    package func prefix(_ byteCount: Int) throws(VectorIndexError) -> [UInt8] {
        let buffer = AlignedBuffer<UInt8>(count: byteCount)
        let read = try read(
            into: UnsafeMutableRawBufferPointer(start: buffer.base, count: byteCount), at: 0)
        return Array(UnsafeBufferPointer(start: buffer.base, count: read))
    }
}
