import Foundation

/// The snapshot of an index, open for reading: one file, `index.hnsw`, written whole and replaced whole.
///
/// Opening reads the header and the chunk checksums (0.012 % of the file) and no section, so it takes
/// milliseconds however large the file is. Sections are mapped, and checked chunk by chunk through ``ledger``
/// when they are first used.
final class Snapshot: Sendable {
    static let name = "index.hnsw"

    let header: SnapshotHeader
    let layout: SnapshotLayout
    let ledger: ChunkLedger
    private let file: FileDescriptor

    /// Opens the snapshot in `directory`.
    ///
    /// - Parameter expected: how many bytes a section must have by what the header says; `nil` if any number
    ///   will do.
    /// - Returns: `nil` if there is none.
    /// - Throws: if it is damaged as far as this looks, or of another version or byte order.
    static func open(
        directory: URL, expected: (SnapshotHeader, SnapshotSection) -> Int? = { _, _ in nil }
    ) throws(VectorIndexError) -> Snapshot? {
        guard let file = try FileDescriptor.existing(name, in: directory, flags: O_RDONLY) else { return nil }
        return try Snapshot(file, expected: expected)
    }

    private init(
        _ file: FileDescriptor, expected: (SnapshotHeader, SnapshotSection) -> Int?
    ) throws(VectorIndexError) {
        self.file = file
        let length = try file.byteCount()
        let page = try file.prefix(SnapshotHeader.byteCount)
        let tableChecksum: UInt64
        (header, layout, tableChecksum) = try SnapshotHeader.decode(page, file: file.path)
        guard length == layout.fileByteCount else {
            throw .damaged(
                file: file.path, reason: "it has \(length) bytes; its header says \(layout.fileByteCount)")
        }
        for section in SnapshotSection.allCases {
            let byteCount = layout.byteCount(of: section)
            guard let wanted = expected(header, section), wanted != byteCount else { continue }
            throw .damaged(
                file: file.path,
                reason:
                    "its section \"\(section.name)\" has \(byteCount) bytes; the header asks for \(wanted)")
        }
        ledger = try ChunkLedger(file: file, layout: layout, checksum: tableChecksum)
    }

    /// Bytes of the file.
    var byteCount: Int { layout.fileByteCount }

    /// Bytes of a section.
    func byteCount(of section: SnapshotSection) -> Int { layout.byteCount(of: section) }

    /// Maps a section; see ``MappedRegion``. Nothing of it has been checked.
    ///
    /// - Parameter reserving: bytes of addresses for the section and what will be added to it; at least the
    ///   section's own are reserved.
    func region(of section: SnapshotSection, reserving: Int = 0) throws(VectorIndexError) -> MappedRegion {
        let length = byteCount(of: section)
        return try MappedRegion(
            mapping: file, offset: layout.offset(of: section), length: length,
            reserving: max(length, reserving))
    }
}
