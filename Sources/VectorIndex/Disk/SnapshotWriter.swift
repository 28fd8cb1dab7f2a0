import Foundation

/// Writes snapshots (``SnapshotLayout`` and ``SnapshotHeader`` have the format).
enum SnapshotWriter {
    /// What a section holds.
    struct Source {
        /// Bytes of the section.
        let byteCount: Int
        /// Fills all of `into` with the section's bytes from `offset` on. Called with rising offsets, each
        /// byte once, in pieces of 1 MiB and a shorter last one, whose memory is used again and again.
        let fill: (_ offset: Int, _ into: UnsafeMutableRawBufferPointer) -> Void
    }

    /// Bytes handed to the system at once; whole chunks, whole pages.
    static let pieceByteCount = 1 << 20

    /// Writes a snapshot to `directory`, which is made if it is not there, in place of the one that is.
    ///
    /// The new file takes the old one's name only once it is on the device. It takes memory for one piece and
    /// for 8 bytes for each 64 KiB of the file.
    ///
    /// - Parameter source: what a section holds; asked for each in the order of the file.
    /// - Throws: what the system, or a source, threw. The old snapshot is then as it was; only if the flush of
    ///   the directory was what failed, the new one may already be in its place. Either is sound, and names
    ///   the log record it goes up to, so the log that was written until now fits both.
    static func write(
        _ header: SnapshotHeader, to directory: URL, disk: Disk = .system,
        source: (SnapshotSection) -> Source
    ) throws(VectorIndexError) {
        let sources = SnapshotSection.allCases.map(source)
        guard let layout = SnapshotLayout(byteCounts: sources.map { UInt64($0.byteCount) }) else {
            preconditionFailure("sections beyond any file")
        }
        try disk.replace(Snapshot.name, in: directory) { file throws(VectorIndexError) in
            var pass = SnapshotPass(layout: layout, file: file, disk: disk)
            for section in SnapshotSection.allCases {
                try pass.write(section, from: sources[section.rawValue])
            }
            let tableChecksum = try pass.writeTable()
            try disk.write(header.encoded(layout: layout, tableChecksum: tableChecksum), to: file, at: 0)
        }
    }
}

/// The writing of one file: its one buffer, and the checksums so far.
private struct SnapshotPass {
    let layout: SnapshotLayout
    let file: FileDescriptor
    let disk: Disk
    private let buffer = AlignedBuffer<UInt8>(count: SnapshotWriter.pieceByteCount)
    private var checksums: [UInt64] = []

    init(layout: SnapshotLayout, file: FileDescriptor, disk: Disk) {
        (self.layout, self.file, self.disk) = (layout, file, disk)
        checksums.reserveCapacity(layout.chunkCount)
    }

    mutating func write(
        _ section: SnapshotSection, from source: SnapshotWriter.Source
    ) throws(VectorIndexError) {
        for offset in stride(from: 0, to: source.byteCount, by: SnapshotWriter.pieceByteCount) {
            let used = min(source.byteCount - offset, SnapshotWriter.pieceByteCount)
            // Bounds: a piece is whole pages, so rounding up stays within the buffer.
            let padded = SnapshotLayout.roundUp(used, to: SnapshotLayout.alignment)
            source.fill(offset, UnsafeMutableRawBufferPointer(start: buffer.base, count: used))
            memset(buffer.base + used, 0, padded - used)
            let piece = UnsafeRawBufferPointer(start: buffer.base, count: padded)
            // Pieces are whole chunks but for the section's last, so chunks never cross pieces.
            for start in stride(from: 0, to: padded, by: SnapshotLayout.chunkByteCount) {
                let end = min(start + SnapshotLayout.chunkByteCount, padded)
                checksums.append(Checksum.of(UnsafeRawBufferPointer(rebasing: piece[start..<end])))
            }
            try disk.write(piece, to: file, at: layout.offset(of: section) + offset)
        }
    }

    /// Writes the chunks' checksums and gives theirs.
    func writeTable() throws(VectorIndexError) -> UInt64 {
        precondition(checksums.count == layout.chunkCount, "\(checksums.count) chunks written")
        return try checksums.withUnsafeBufferPointer { checksums throws(VectorIndexError) in
            let bytes = UnsafeRawBufferPointer(checksums)
            try disk.write(bytes, to: file, at: layout.tableOffset)
            return Checksum.of(bytes)
        }
    }
}
