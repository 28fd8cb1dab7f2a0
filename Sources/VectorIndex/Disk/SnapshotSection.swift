/// The parts of a snapshot, in the order in which they stand in the file.
enum SnapshotSection: Int, CaseIterable, Sendable {
    case ids, levels, upperStarts, buckets, heads, blocks, upperLinks, rows

    /// As errors call it.
    var name: String {
        switch self {
        case .ids: "ids"
        case .levels: "levels"
        case .upperStarts: "starts of the upper links"
        case .buckets: "hash buckets"
        case .heads: "heads"
        case .blocks: "blocks"
        case .upperLinks: "upper links"
        case .rows: "rows"
        }
    }
}

/// Where everything is in a snapshot file; follows from the sections' sizes alone.
///
/// | bytes | what |
/// |---|---|
/// | 0..<4096 | header (``SnapshotHeader``) |
/// | then | each section, padded with zeros to a multiple of 4096 |
/// | then | XXH64 of each chunk of each section in turn, 8 bytes each |
///
/// A chunk is 64 KiB of a section, counted from the section's start; its last chunk is shorter and ends with
/// the padding. Chunks are numbered through the whole file.
struct SnapshotLayout: Equatable, Sendable {
    static let alignment = 4096
    static let chunkByteCount = 1 << 16

    /// Bytes of each section, padding not included.
    let byteCounts: [Int]
    /// Where in the file each section begins.
    let offsets: [Int]
    /// The number of each section's first chunk.
    let firstChunks: [Int]
    let chunkCount: Int
    /// Where in the file the checksums of the chunks begin.
    let tableOffset: Int

    var fileByteCount: Int { tableOffset + 8 * chunkCount }

    /// `nil` if the sizes are beyond any file.
    init?(byteCounts: [UInt64]) {
        precondition(byteCounts.count == SnapshotSection.allCases.count, "\(byteCounts.count) sections")
        var offsets: [Int] = []
        var firstChunks: [Int] = []
        var (end, chunks) = (Self.alignment, 0)
        for byteCount in byteCounts {
            // Eight sections of 2⁵⁶ bytes still fit in an Int.
            guard byteCount <= 1 << 56 else { return nil }
            offsets.append(end)
            firstChunks.append(chunks)
            let padded = Self.roundUp(Int(byteCount), to: Self.alignment)
            end += padded
            chunks += Self.roundUp(padded, to: Self.chunkByteCount) / Self.chunkByteCount
        }
        self.byteCounts = byteCounts.map { Int($0) }
        (self.offsets, self.firstChunks, chunkCount, tableOffset) = (offsets, firstChunks, chunks, end)
    }

    func byteCount(of section: SnapshotSection) -> Int { byteCounts[section.rawValue] }

    func offset(of section: SnapshotSection) -> Int { offsets[section.rawValue] }

    /// Bytes of a section with its padding.
    func paddedByteCount(of section: SnapshotSection) -> Int {
        Self.roundUp(byteCount(of: section), to: Self.alignment)
    }

    /// The numbers of the chunks that hold `bytes` of a section.
    func chunks(of section: SnapshotSection, bytes: Range<Int>) -> Range<Int> {
        precondition(
            bytes.lowerBound >= 0 && bytes.upperBound <= paddedByteCount(of: section),
            "bytes \(bytes) of \(paddedByteCount(of: section))")
        let first = firstChunks[section.rawValue]
        if bytes.isEmpty { return first..<first }
        let last = first + (bytes.upperBound - 1) / Self.chunkByteCount
        return (first + bytes.lowerBound / Self.chunkByteCount)..<(last + 1)
    }

    /// The section that a chunk belongs to, and which bytes of it the chunk holds.
    func place(ofChunk chunk: Int) -> (section: SnapshotSection, bytes: Range<Int>) {
        precondition((0..<chunkCount).contains(chunk), "chunk \(chunk) of \(chunkCount)")
        // The last section that begins no later than the chunk; empty ones before it begin there too.
        let section = SnapshotSection.allCases.last {
            firstChunks[$0.rawValue] <= chunk && byteCount(of: $0) > 0
        }
        guard let section else { preconditionFailure("chunk \(chunk) is in no section") }
        let start = (chunk - firstChunks[section.rawValue]) * Self.chunkByteCount
        return (section, start..<min(start + Self.chunkByteCount, paddedByteCount(of: section)))
    }

    static func roundUp(_ value: Int, to unit: Int) -> Int { (value + unit - 1) / unit * unit }
}
