/// The snapshot of an index: one file, `index.hnsw`, written whole and replaced whole.
///
/// Integers and floats are in the writing machine's byte order, which the file names. *n* is the number of
/// vectors; they are numbered 0…*n* − 1 in the file, and every link and the entry point is such a number.
///
/// Header:
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | `MLRINDEX` |
/// | 8 | 4 | byte order mark, 0x01020304 as written |
/// | 12 | 4 | format version, 1 |
/// | 16 | 4 | metric: 1 cosine, 2 inner product, 3 squared L2 |
/// | 20 | 4 | dimension |
/// | 24 | 4 | `M` |
/// | 28 | 4 | entry point; 0xFFFFFFFF if *n* is 0 |
/// | 32 | 8 | *n* |
/// | 40 | 8 | generation: the caller's number for the state of its data |
/// | 48 | 8 | levels drawn so far, so that later insertions draw what they would have drawn |
/// | 56 | 8 | words in the upper links, *u* |
/// | 64 | 5 × 8 | XXH64 of each section, padding included |
/// | 104 | 80 | zero |
/// | 184 | 8 | XXH64 of bytes 0…183 |
///
/// Sections, in this order, each padded with zeros to a multiple of 64 bytes:
///
/// | section | size | meaning |
/// |---|---|---|
/// | ids | 8 *n* | each vector's id |
/// | levels | *n* | each vector's highest layer |
/// | level-0 links | 4 × 2 `M` *n* | 2 `M` links a vector; the list ends at the first 0xFFFFFFFF |
/// | upper links | 4 *u* | for each vector in turn, `M` links for each of its layers from 1 up |
/// | vectors | 4 *s* *n* | rows of *s* floats: the dimension rounded up to a multiple of 16, then zeros |
///
/// Under cosine the rows have length 1. Every byte is covered by a checksum, and the length of the file by
/// the header.
enum IndexFile {
    static let name = "index.hnsw"
    /// What a snapshot is written to before it takes the name.
    static let temporaryName = "index.hnsw.new"
    static let version: UInt32 = 1
    static let magic: [UInt8] = Array("MLRINDEX".utf8)
    static let byteOrderMark: UInt32 = 0x0102_0304
    static let alignment = 64

    enum Section: Int, CaseIterable {
        case ids, levels, level0, upper, vectors

        /// As errors call it.
        var name: String {
            switch self {
            case .ids: "ids"
            case .levels: "levels"
            case .level0: "level-0 links"
            case .upper: "upper links"
            case .vectors: "vectors"
            }
        }
    }

    /// The header's fields.
    struct Header: Equatable {
        static let byteCount = 192
        static let checksumOffset = 184

        var metric: UInt32 = 0
        var dimension: UInt32 = 0
        var M: UInt32 = 0
        var entry: UInt32 = SlotTable.none
        var count: UInt64 = 0
        var generation: UInt64 = 0
        var draws: UInt64 = 0
        var upperWords: UInt64 = 0
        var checksums = [UInt64](repeating: 0, count: Section.allCases.count)

        /// Bytes of a section without padding; `nil` if the numbers are beyond any file.
        func byteCount(of section: Section) -> Int? {
            let n = Int(clamping: count)
            let (size, items): (Int, Int) =
                switch section {
                case .ids: (8, n)
                case .levels: (1, n)
                case .level0: (8 * Int(M), n)
                case .upper: (4, Int(clamping: upperWords))
                case .vectors: (4 * VectorMatrix.stride(dimension: Int(dimension)), n)
                }
            let (bytes, overflow) = size.multipliedReportingOverflow(by: items)
            return overflow || bytes > Int.max / 16 ? nil : bytes
        }

        /// Bytes of the whole file; `nil` if beyond any file.
        var fileByteCount: Int? {
            var total = Self.byteCount
            for section in Section.allCases {
                guard let bytes = byteCount(of: section) else { return nil }
                total += IndexFile.padded(bytes)
            }
            return total
        }
    }

    static func padded(_ bytes: Int) -> Int { (bytes + alignment - 1) / alignment * alignment }
}

extension IndexFile.Header {
    /// The header as it stands in the file.
    func encoded() -> [UInt8] {
        var bytes = IndexFile.magic
        func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value) { bytes += $0 }
        }
        for value in [IndexFile.byteOrderMark, IndexFile.version, metric, dimension, M, entry] {
            append(value)
        }
        for value in [count, generation, draws, upperWords] + checksums { append(value) }
        bytes += [UInt8](repeating: 0, count: Self.checksumOffset - bytes.count)
        append(bytes.withUnsafeBytes(Checksum.of))
        return bytes
    }

    /// Reads a header, refusing by name what is not one.
    init(decoding bytes: [UInt8], file: String) throws(VectorIndexError) {
        func load<T: FixedWidthInteger>(_ offset: Int) -> T {
            bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        }
        guard bytes.count == Self.byteCount else {
            throw .damaged(file: file, reason: "it ends after \(bytes.count) bytes, inside the header")
        }
        guard Array(bytes[..<8]) == IndexFile.magic else {
            throw .damaged(file: file, reason: "it does not begin as an index file does")
        }
        let mark: UInt32 = load(8)
        guard mark != IndexFile.byteOrderMark.byteSwapped else { throw .foreignByteOrder(file: file) }
        let checksum: UInt64 = load(Self.checksumOffset)
        let isSound = checksum == bytes[..<Self.checksumOffset].withUnsafeBytes(Checksum.of)
        let version: UInt32 = load(12)
        // Another version may keep its checksum elsewhere, so it is named before the checksum counts.
        guard version == IndexFile.version else {
            throw .unsupportedVersion(file: file, found: version, supported: IndexFile.version)
        }
        guard isSound, mark == IndexFile.byteOrderMark else {
            throw .damaged(file: file, reason: "the header's checksum does not match")
        }
        (metric, dimension, M, entry) = (load(16), load(20), load(24), load(28))
        (count, generation, draws, upperWords) = (load(32), load(40), load(48), load(56))
        checksums = IndexFile.Section.allCases.map { load(64 + 8 * $0.rawValue) }
    }
}
