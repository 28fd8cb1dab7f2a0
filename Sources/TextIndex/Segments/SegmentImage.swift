import VectorIndex

/// A segment's bytes, as they stand in its file.
struct SegmentImage: Sendable {
    let header: SegmentHeader
    let memory: AlignedBuffer<UInt8>

    init(header: SegmentHeader, parts: [[UInt8]]) {
        self.header = header
        // Zeroed, and larger by what vector instructions read behind the end.
        memory = AlignedBuffer(count: header.fileByteCount + SegmentHeader.slack)
        let base = UnsafeMutableRawPointer(memory.base)
        for (section, part) in zip(header.sections, parts) where !part.isEmpty {
            // Bounds: sections lie within the file, and were placed for these sizes.
            part.withUnsafeBytes { bytes in
                if let source = bytes.baseAddress {
                    (base + section.lowerBound).copyMemory(from: source, byteCount: bytes.count)
                }
            }
        }
        for chunk in 0..<header.chunkCount {
            let sum = Checksum.of(
                UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[header.chunk(chunk)]))
            base.storeBytes(of: sum, toByteOffset: header.tableOffset + 8 * chunk, as: UInt64.self)
        }
        let table = UnsafeRawBufferPointer(start: base + header.tableOffset, count: 8 * header.chunkCount)
        let page = header.encoded(tableChecksum: Checksum.of(table))
        page.withUnsafeBytes { bytes in
            if let source = bytes.baseAddress { base.copyMemory(from: source, byteCount: bytes.count) }
        }
    }

    /// The file, without what follows it in memory.
    private var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: memory.base, count: header.fileByteCount)
    }

    /// Writes the segment to `file`.
    func write(to file: FileDescriptor, disk: Disk) throws(VectorIndexError) {
        let step = 1 << 20
        for offset in stride(from: 0, to: bytes.count, by: step) {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(offset + step, bytes.count)])
            try disk.write(piece, to: file, at: offset)
        }
    }
}

extension SegmentHeader {
    /// The bytes of the file that a chunk holds.
    func chunk(_ number: Int) -> Range<Int> {
        let start = Self.byteCount + number * Self.chunkByteCount
        return start..<min(start + Self.chunkByteCount, tableOffset)
    }
}
