import Foundation
import VectorIndex

/// An immutable part of the index: some documents, their terms and postings. In memory, or mapped from its
/// file.
///
/// Documents are numbered 0, 1, 2 … in ascending order of their ids.
final class Segment: @unchecked Sendable {
    // Sendable proof: nothing is written after `init`. `base` names memory of `owner`, which lives as long.
    let header: SegmentHeader
    /// What errors call it.
    let name: String
    let ledger: SegmentLedger?
    /// The file's first byte; behind the last are at least 32 readable ones.
    let base: UnsafeRawPointer
    private let owner: any AnyObject & Sendable
    let ids: UnsafePointer<UInt64>
    let patterns: PatternColumns

    var documentCount: Int { header.documentCount }
    var byteCount: Int { header.fileByteCount }

    /// A segment in memory.
    init(_ image: SegmentImage) {
        (header, owner, name, ledger) = (image.header, image.memory, "memory", nil)
        base = UnsafeRawPointer(image.memory.base)
        ids = (base + header[.ids].lowerBound).assumingMemoryBound(to: UInt64.self)
        patterns = PatternColumns(image.header, base)
    }

    /// The file name of segment `number`.
    static func fileName(_ number: UInt64) -> String { "segment-\(number).text" }

    /// Maps the segment in a file.
    ///
    /// - Throws: ``TextIndexError/damaged(file:reason:)`` and the like if the file is not a sound segment, as far
    ///   as this looks: header, checksums, ids, lengths, patterns and dictionary blocks.
    static func open(_ number: UInt64, in directory: URL) throws(TextIndexError) -> Segment {
        let path = directory.appendingPathComponent(fileName(number)).path
        typealias Parts = (SegmentHeader, SegmentLedger, MappedRegion)
        let (header, ledger, region) = try onDisk { () throws(VectorIndexError) -> Parts in
            let name = fileName(number)
            guard let file = try FileDescriptor.existing(name, in: directory, flags: O_RDONLY) else {
                throw .damaged(file: path, reason: "it is missing")
            }
            let page = try file.prefix(SegmentHeader.byteCount)
            let (header, checksum) = try SegmentHeader.decode(page, file: path)
            let length = try file.byteCount()
            guard length == header.fileByteCount else {
                throw .damaged(
                    file: path, reason: "it has \(length) bytes; its header says \(header.fileByteCount)")
            }
            guard header.number == number else {
                throw .damaged(file: path, reason: "it is segment \(header.number)")
            }
            let ledger = try SegmentLedger(file: file, header: header, checksum: checksum)
            let region = try MappedRegion(
                mapping: file, offset: 0, length: length, reserving: length + SegmentHeader.slack)
            // What lies behind the file's last page must be readable too.
            try region.commit(upTo: length + SegmentHeader.slack)
            return (header, ledger, region)
        }
        return try Segment(header: header, ledger: ledger, region: region, name: path)
    }

    private init(
        header: SegmentHeader, ledger: SegmentLedger, region: MappedRegion, name: String
    ) throws(TextIndexError) {
        for section in [SegmentSection.ids, .lengths, .patterns, .blocks] {
            try ledger.verify(header[section])
        }
        (self.header, self.ledger, owner, self.name) = (header, ledger, region, name)
        base = UnsafeRawPointer(region.base)
        ids = (base + header[.ids].lowerBound).assumingMemoryBound(to: UInt64.self)
        patterns = PatternColumns(header, base)
        try checkColumns()
    }

    /// What must hold of the columns for everything else to stay within its bounds.
    private func checkColumns() throws(TextIndexError) {
        for document in 1..<max(documentCount, 1) where ids[document - 1] >= ids[document] {
            throw damaged("its ids do not ascend at document \(document)")
        }
        for field in 0..<header.fieldCount {
            let lengths = lengths(of: field)
            var total: UInt64 = 0
            for document in 0..<documentCount {
                total += UInt64(lengths[document])
                guard UInt32(lengths[document]) <= header.fields[field].greatest else {
                    throw damaged("document \(document) is longer than the header says")
                }
            }
            guard total == header.fields[field].total else {
                throw damaged("the lengths of field \(field) are not those that the header says")
            }
        }
    }

    /// Of a field, one a document.
    func lengths(of field: Int) -> UnsafePointer<UInt16> {
        // Bounds: the section has `documentCount` numbers for each field; it begins at a multiple of 64.
        (base + header[.lengths].lowerBound).assumingMemoryBound(to: UInt16.self) + field * documentCount
    }

    func damaged(_ reason: String) -> TextIndexError { .damaged(file: name, reason: reason) }

    /// Makes sure of bytes of a section, which are given from its start.
    @inline(__always)
    func verify(_ section: SegmentSection, _ bytes: Range<Int>) throws(TextIndexError) {
        guard let ledger, !ledger.isVerified else { return }
        let start = header[section].lowerBound
        try ledger.verify(start + bytes.lowerBound..<start + bytes.upperBound)
    }

    /// The number of the document of `id`.
    func document(of id: UInt64) -> UInt32? {
        guard documentCount > 0, id >= ids[0], id <= ids[documentCount - 1] else { return nil }
        var (low, high) = (0, documentCount)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < documentCount && ids[low] == id ? UInt32(low) : nil
    }
}
