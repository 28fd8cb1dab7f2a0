import Foundation
import Synchronization

/// Memory that can begin as a part of a file, can grow, and never moves.
///
/// A region is a range of addresses, reserved once. Its first `fileByteCount` bytes may be a private mapping
/// of a part of a file: read from the file when first touched, dropped again under memory pressure, and when
/// written copied for this process alone, so that the file never changes. All behind that is anonymous memory,
/// zeroed, which ``commit(upTo:)`` makes usable. Because nothing moves, readers go on while a writer grows it.
///
/// The file must not be shortened while it is mapped: its lost pages would kill the process (SIGBUS). Nothing
/// here shortens a snapshot, and one that is replaced or deleted stays whole for those who have it open.
package final class MappedRegion: @unchecked Sendable {
    // Sendable proof: all stored properties but `committed` never change, and that one is atomic and written
    // by the one writer. What lies behind `base` follows the rule of AlignedBuffer: written by one writer, in
    // places that no reader can name yet, or atomically.

    /// The first byte; a multiple of 2 MiB. Bytes 0..<``committedByteCount`` may be read and written.
    package let base: UnsafeMutableRawPointer
    /// Bytes of addresses, used or not: as many as were asked for, rounded up to whole pages.
    package let reservedByteCount: Int
    /// Bytes at the start that come from the file; 0 if there is none.
    package let fileByteCount: Int
    /// What errors call this region: the file's path.
    private let name: String
    private let committed = Atomic(0)

    /// How the region will be read.
    package enum Advice: Int32 {
        /// Here and there: do not read ahead.
        case random = 1
        /// All of it, soon: begin to read it now.
        case willNeed = 3
    }

    /// Reserves at least `byteCount` bytes of addresses, none of them usable yet.
    ///
    /// - Parameter name: what the region is for, as an error would call it.
    /// - Throws: ``VectorIndexError/systemFailure(operation:file:code:reason:)`` if the process may not have as
    ///   much address space.
    package init(reserving byteCount: Int, name: String = "the index") throws(VectorIndexError) {
        precondition(byteCount >= 0 && byteCount < 1 << 46, "a region of \(byteCount) bytes")
        reservedByteCount = Self.roundUp(max(byteCount, 1), to: Self.pageByteCount)
        fileByteCount = 0
        self.name = name
        base = try Self.reserve(reservedByteCount, name: name)
    }

    /// Maps bytes `offset`..<`offset + length` of `file`, and reserves addresses behind them.
    ///
    /// The page that holds the section's end is usable to its own end. What the file has there is not the
    /// section's; it reads as zero here.
    ///
    /// - Parameters:
    ///   - offset: a multiple of 4096. Where pages are larger and it is not a multiple of theirs, the bytes
    ///     are read into memory instead of mapped.
    ///   - reserving: bytes of the whole region; no fewer than `length`.
    /// - Throws: ``VectorIndexError/damaged(file:reason:)`` if the file ends before the section does.
    package init(
        mapping file: FileDescriptor, offset: Int, length: Int, reserving: Int
    ) throws(VectorIndexError) {
        precondition(offset >= 0 && offset % 4096 == 0, "a mapping at \(offset)")
        precondition(length >= 0 && length <= reserving && reserving < 1 << 46, "\(length) of \(reserving)")
        let fileLength = try file.byteCount()
        guard offset <= fileLength, length <= fileLength - offset else {
            throw .damaged(
                file: file.path,
                reason: "it has \(fileLength) bytes; a section should end at \(offset + length)")
        }
        reservedByteCount = Self.roundUp(max(reserving, 1), to: Self.pageByteCount)
        fileByteCount = length
        name = file.path
        base = try Self.reserve(reservedByteCount, name: name)
        // From here on `self` is whole, so that `deinit` frees the addresses if anything throws.
        guard length > 0 else { return }
        if offset % Self.pageByteCount == 0 {
            try map(file, offset: offset)
        } else {
            try commit(upTo: length)
            _ = try file.read(into: UnsafeMutableRawBufferPointer(start: base, count: length), at: offset)
        }
    }

    deinit {
        munmap(base, reservedByteCount)
    }

    /// Bytes that may be read and written.
    package var committedByteCount: Int { committed.load(ordering: .acquiring) }

    /// Makes the first `byteCount` bytes usable; new ones are zero. For the one writer.
    ///
    /// It grows by a quarter at least, so that many small steps cost few calls. That takes addresses, not
    /// memory: a page takes memory when it is first written.
    ///
    /// - Throws: ``VectorIndexError/systemFailure(operation:file:code:reason:)`` if the system has no memory to
    ///   promise; the region is then as before.
    package func commit(upTo byteCount: Int) throws(VectorIndexError) {
        precondition(byteCount <= reservedByteCount, "\(byteCount) bytes of \(reservedByteCount) reserved")
        let old = committed.load(ordering: .relaxed)
        guard byteCount > old else { return }
        let wanted = max(byteCount, old + old / 4)
        let step = wanted > Self.hugePageByteCount ? Self.hugePageByteCount : Self.pageByteCount
        let end = min(Self.roundUp(wanted, to: step), reservedByteCount)
        // Bounds: `old` and `end` are whole pages of this reservation, and nothing behind `old` is in use.
        guard mprotect(base + old, end - old, PROT_READ | PROT_WRITE) == 0 else {
            throw FileDescriptor.failure("get memory for", name)
        }
        adviseHugePages(from: old, to: end)
        committed.store(end, ordering: .releasing)
    }

    /// Tells the system how the region will be read. Advice only: where it is not taken, nothing is wrong.
    package func advise(_ advice: Advice) {
        let byteCount = committedByteCount
        if byteCount > 0 { madvise(base, byteCount, advice.rawValue) }
    }

    /// Bytes of the region that are in memory: written here, or held by the system's cache of the file, which
    /// other processes share.
    ///
    /// - Complexity: O(pages), a few milliseconds for a gigabyte. For figures, not for hot paths.
    package func residentByteCount() -> Int {
        let pieceByteCount = 4096 * Self.pageByteCount
        var flags = [UInt8](repeating: 0, count: 4096)
        var pages = 0
        let end = committedByteCount
        for start in stride(from: 0, to: end, by: pieceByteCount) {
            let byteCount = min(pieceByteCount, end - start)
            // Bounds: at most 4096 pages, one flag each; `start + byteCount <= end`.
            guard mincore(base + start, byteCount, &flags) == 0 else { continue }
            pages += flags.prefix(byteCount / Self.pageByteCount).count { $0 & 1 == 1 }
        }
        return pages * Self.pageByteCount
    }
}

extension MappedRegion {
    package static let pageByteCount = Int(sysconf(Int32(_SC_PAGESIZE)))
    private static let hugePageByteCount = 2 << 20

    private static func roundUp(_ value: Int, to unit: Int) -> Int { (value + unit - 1) / unit * unit }

    /// Reserves `byteCount` bytes of addresses from a multiple of 2 MiB on, so that huge pages fit.
    private static func reserve(_ byteCount: Int, name: String) throws(VectorIndexError)
        -> UnsafeMutableRawPointer
    {
        let whole = byteCount + hugePageByteCount
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let start = mmap(nil, whole, PROT_NONE, flags, -1, 0), start != MAP_FAILED else {
            throw FileDescriptor.failure("reserve addresses for", name)
        }
        let address = Int(bitPattern: start)
        let lead = roundUp(address, to: hugePageByteCount) - address
        // Bounds: lead + byteCount + rest is the whole mapping, each a number of whole pages.
        if lead > 0 { munmap(start, lead) }
        munmap(start + lead + byteCount, whole - lead - byteCount)
        return start + lead
    }

    /// Puts the file's pages at the start of the reservation.
    private func map(_ file: FileDescriptor, offset: Int) throws(VectorIndexError) {
        let mapped = Self.roundUp(fileByteCount, to: Self.pageByteCount)
        // Bounds: `mapped <= reservedByteCount`, both being whole pages and `fileByteCount` within the latter;
        // MAP_FIXED replaces only addresses of this reservation, which nobody else knows yet.
        // Without NORESERVE the system would refuse a file that, all of it written, would not fit in memory.
        let flags = MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE
        let place = mmap(base, mapped, PROT_READ | PROT_WRITE, flags, file.number, off_t(offset))
        guard let place, place == base else { throw FileDescriptor.failure("map", file.path) }
        committed.store(mapped, ordering: .releasing)
        // The section's last page is in the file, at least in part, so touching it is safe. Written only if
        // need be: a page that is written takes memory.
        let rest = UnsafeMutableRawBufferPointer(start: base + fileByteCount, count: mapped - fileByteCount)
        if rest.contains(where: { $0 != 0 }) { memset(base + fileByteCount, 0, rest.count) }
    }

    /// Asks for huge pages for whole blocks of 2 MiB of anonymous memory behind the first, so that a small
    /// region stays small.
    private func adviseHugePages(from old: Int, to end: Int) {
        let unit = Self.hugePageByteCount
        let start = max(Self.roundUp(max(old, fileByteCount), to: unit), unit)
        let stop = end / unit * unit
        if start < stop { madvise(base + start, stop - start, MADV_HUGEPAGE) }
    }
}
