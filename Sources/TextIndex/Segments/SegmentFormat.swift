import VectorIndex

/// The parts of a segment, in the order in which they stand in the file.
enum SegmentSection: Int, CaseIterable, Sendable {
    case ids, lengths, patterns, blocks, terms, skips, postings, positions

    /// As errors call it.
    var name: String {
        switch self {
        case .ids: "ids"
        case .lengths: "lengths"
        case .patterns: "patterns"
        case .blocks: "dictionary blocks"
        case .terms: "terms"
        case .skips: "skips"
        case .postings: "postings"
        case .positions: "positions"
        }
    }
}

/// What a segment knows of one field, and under which settings its score bounds were made.
struct SegmentField: Equatable, Sendable {
    /// Sum of the lengths of all documents, also of those deleted later.
    var total: UInt64 = 0
    /// The least length of a document, at least 1.
    var least: UInt32 = 1
    /// The greatest length.
    var greatest: UInt32 = 1
    /// ``TextScoring`` and the mean length when this was written.
    var weight: Float = 1
    var b: Float = 0
    var mean: Float = 1
}

/// What a segment says of itself in its first 512 bytes.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | `MLRTXSEG` |
/// | 8 | 4 | byte order mark, 0x01020304 as written |
/// | 12 | 4 | format version, 1 |
/// | 16 | 4 | number of fields, 1…8 |
/// | 20 | 4 | *n*, the number of documents |
/// | 24 | 8 | number of the segment, which its file is named after; 0 in memory |
/// | 32 | 8 | number of terms |
/// | 40 | 4 | number of patterns |
/// | 44 | 4 | number of dictionary blocks |
/// | 48 | 128 | section table: offset and size of each of the eight sections |
/// | 176 | 8 | offset of the chunk checksums |
/// | 184 | 8 | bytes of the whole file |
/// | 192 | 8 | XXH64 of the chunk checksums |
/// | 200 | 224 | for each of eight fields: total length (8); least, greatest length (4 each); weight, b, mean (float32) |
/// | 424 | 80 | zero |
/// | 504 | 8 | XXH64 of bytes 0…503 |
///
/// Each section begins at a multiple of 64 and is followed by at least 32 bytes of zeros, which vector
/// instructions may read. A chunk is 64 KiB of what lies between the header and the chunk checksums, counted
/// from the header's end.
struct SegmentHeader: Equatable, Sendable {
    static let byteCount = 512
    static let version: UInt32 = 1
    static let magic = Array("MLRTXSEG".utf8)
    static let byteOrderMark: UInt32 = 0x0102_0304
    static let alignment = 64
    static let slack = 32
    static let chunkByteCount = 1 << 16
    /// The most documents of a segment.
    static let documentLimit = 1 << 28

    var fieldCount: Int
    var documentCount: Int
    var number: UInt64 = 0
    var termCount: Int
    var patternCount: Int
    var blockCount: Int
    /// Where each section is, in bytes of the file.
    var sections: [Range<Int>]
    var fields: [SegmentField]

    var tableOffset: Int { Self.end(of: sections.last ?? 0..<0) }
    var chunkCount: Int {
        (tableOffset - Self.byteCount + Self.chunkByteCount - 1) / Self.chunkByteCount
    }
    var fileByteCount: Int { tableOffset + 8 * chunkCount }

    /// Where what follows a section begins.
    static func end(of section: Range<Int>) -> Int {
        (section.upperBound + slack + alignment - 1) / alignment * alignment
    }

    /// Where sections of these sizes stand.
    static func places(of byteCounts: [Int]) -> [Range<Int>] {
        var start = byteCount
        return byteCounts.map { size in
            defer { start = end(of: start..<start + size) }
            return start..<start + size
        }
    }

    subscript(_ section: SegmentSection) -> Range<Int> { sections[section.rawValue] }

    /// The header as it stands in the file.
    func encoded(tableChecksum: UInt64) -> [UInt8] {
        var page = FieldWriter(magic: Self.magic)
        let counts = [fieldCount, documentCount].map { UInt32($0) }
        for value in [Self.byteOrderMark, Self.version] + counts { page.append(value) }
        page.append(number)
        page.append(UInt64(termCount))
        for value in [patternCount, blockCount] { page.append(UInt32(value)) }
        for section in sections {
            page.append(UInt64(section.lowerBound))
            page.append(UInt64(section.count))
        }
        for value in [UInt64(tableOffset), UInt64(fileByteCount), tableChecksum] { page.append(value) }
        for field in fields + [SegmentField](repeating: SegmentField(), count: 8 - fields.count) {
            page.append(field.total)
            for value in [field.least, field.greatest] { page.append(value) }
            for value in [field.weight, field.b, field.mean] { page.append(value.bitPattern) }
        }
        return page.sealed(byteCount: Self.byteCount)
    }

    /// Reads a header, refusing by name what is not one.
    static func decode(
        _ page: [UInt8], file: String
    ) throws(VectorIndexError) -> (header: SegmentHeader, tableChecksum: UInt64) {
        var reader = try FieldReader(
            page, magic: magic, version: version, byteCount: byteCount, file: file, kind: "a text segment")
        let (fieldCount, documentCount): (UInt32, UInt32) = (reader.next(), reader.next())
        let (number, termCount): (UInt64, UInt64) = (reader.next(), reader.next())
        let (patternCount, blockCount): (UInt32, UInt32) = (reader.next(), reader.next())
        var offsets: [UInt64] = []
        var sizes: [UInt64] = []
        for _ in SegmentSection.allCases {
            offsets.append(reader.next())
            sizes.append(reader.next())
        }
        let (tableOffset, fileByteCount): (UInt64, UInt64) = (reader.next(), reader.next())
        let tableChecksum: UInt64 = reader.next()
        var fields: [SegmentField] = []
        for _ in 0..<8 {
            var field = SegmentField()
            field.total = reader.next()
            (field.least, field.greatest) = (reader.next(), reader.next())
            (field.weight, field.b) = (float(&reader), float(&reader))
            field.mean = float(&reader)
            fields.append(field)
        }
        guard 1...8 ~= fieldCount, documentCount <= documentLimit, sizes.allSatisfy({ $0 < 1 << 40 }),
            termCount <= 1 << 32
        else { throw .damaged(file: file, reason: "its header's numbers are beyond any segment") }
        let header = SegmentHeader(
            fieldCount: Int(fieldCount), documentCount: Int(documentCount), number: number,
            termCount: Int(termCount), patternCount: Int(patternCount), blockCount: Int(blockCount),
            sections: places(of: sizes.map { Int($0) }), fields: Array(fields.prefix(Int(fieldCount))))
        // Sizes fix all offsets, so a table that overlaps, leaves gaps or overflows differs from theirs.
        guard offsets == header.sections.map({ UInt64($0.lowerBound) }),
            tableOffset == UInt64(header.tableOffset), fileByteCount == UInt64(header.fileByteCount),
            header.fixedSizesFit
        else { throw .damaged(file: file, reason: "its section table contradicts itself") }
        guard header.fields.allSatisfy(\.isSound) else {
            throw .damaged(file: file, reason: "its fields' figures contradict themselves")
        }
        return (header, tableChecksum)
    }

    private static func float(_ reader: inout FieldReader) -> Float { Float(bitPattern: reader.next()) }

    /// Whether the sections whose sizes follow from the counts have them.
    private var fixedSizesFit: Bool {
        self[.ids].count == 8 * documentCount && self[.lengths].count == 2 * fieldCount * documentCount
            && self[.patterns].count == (4 + 2 * fieldCount) * patternCount
            && self[.blocks].count == DictionaryBlock.byteCount * blockCount
            && blockCount == (termCount + DictionaryBlock.termCount - 1) / DictionaryBlock.termCount
            && self[.skips].count % BlockEntry.byteCount == 0
    }
}

extension SegmentField {
    /// Whether the figures can be a field's.
    fileprivate var isSound: Bool {
        least <= greatest && greatest <= UInt32(TextDocument.lengthLimit) && weight > 0 && weight.isFinite
            && (0...1).contains(b) && mean > 0 && mean.isFinite
    }
}

/// What stands in the section of dictionary blocks for each 16 terms.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | where the block begins in the terms |
/// | 4 | 4 | number of the first skip entry of its terms |
/// | 8 | 8 | where the postings of its terms begin |
/// | 16 | 8 | where the positions of its terms begin |
///
/// In the terms a block is 16 entries, the last one fewer; numbers are LEB128:
///
/// | what | meaning |
/// |---|---|
/// | number | bytes that the key has in common with the one before it; 0 in a block's first |
/// | number, bytes | the rest of the key |
/// | number | *df* |
/// | number | bytes of the postings |
/// | number | bytes of the positions |
///
/// Keys ascend byte by byte. A term's key is 1 and its UTF-8; a facet's is 0, the length of the field's name,
/// the name, the value.
struct DictionaryBlock {
    static let termCount = 16
    static let byteCount = 24
}

/// Where a block of 128 postings is, and what it can score. A term with more postings than one block has one
/// for each; they stand in the section of skips.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | the block's last document |
/// | 4 | 4 | where it begins in the term's postings |
/// | 8 | 4 | where its positions begin in the term's positions |
/// | 12 | 2 | upper half of a float32 not below any *x* of the block (``TextScoring``), under the header's settings |
/// | 14 | 1 | bits of a document gap |
/// | 15 | 1 | bits of a pattern |
///
/// A block is its document gaps (to the document before, less 1), packed, then its patterns, packed. The
/// postings of a term with 2…128 documents begin with bytes 12…15; those of a term with one are the document
/// and the pattern, LEB128 both.
///
/// Positions of a posting: for each field in which the term stands, the first position, then the gaps. Those
/// of a block are one row of numbers, in chunks of 128: a byte that says how many bits each has, then they,
/// packed.
struct BlockEntry {
    static let byteCount = 16
    static let postingCount = 128

    var last: UInt32
    var postingsOffset: UInt32
    var positionsOffset: UInt32
    var bound: UInt16
    var documentBits: UInt8
    var patternBits: UInt8

    /// A float not below `x`.
    static func bound(_ x: Float) -> UInt16 { UInt16((x.bitPattern + 0xffff) >> 16) }

    /// What a bound stands for.
    @inline(__always)
    static func value(_ bound: UInt16) -> Float { Float(bitPattern: UInt32(bound) << 16) }
}
