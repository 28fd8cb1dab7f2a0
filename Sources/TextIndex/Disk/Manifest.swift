import Foundation
import VectorIndex

/// Which segments the index is, and which of their documents are there: one file, replaced whole.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 8 | `MLRTXMAN` |
/// | 8 | 4 | byte order mark, 0x01020304 as written |
/// | 12 | 4 | format version, 1 |
/// | 16 | 4 | number of fields |
/// | 20 | 4 | number of segments |
/// | 24 | 8 | sequence: the number of this manifest |
/// | 32 | 8 | generation: the caller's number for the state of its data |
/// | 40 | 16 | the log position it covers: sequence of a log, number of the last record that is in here |
/// | 56 | 8 | a number that no segment has had |
/// | 64 | 8 | bytes of the body, which follows the header and ends the file |
/// | 72 | 8 | XXH64 of the body |
/// | 80 | 40 | zero |
/// | 120 | 8 | XXH64 of bytes 0…119 |
///
/// The body, with numbers of 8 bytes: for each field the size of its name, and the name; for each segment its
/// number, its number of documents *n*, the number *d* of documents that are deleted, and if that is not 0,
/// ⌈*n*/64⌉ words in which the deleted ones' bits are set.
struct Manifest: Sendable {
    static let name = "index.manifest"
    static let byteCount = 128
    static let version: UInt32 = 1
    static let magic = Array("MLRTXMAN".utf8)

    struct Entry: Equatable, Sendable {
        var number: UInt64
        var documentCount: Int
        /// Empty if none are.
        var deleted: [UInt64]
    }

    var fields: [String]
    var sequence: UInt64 = 0
    var generation: UInt64 = 0
    var covered = LogPosition()
    var nextNumber: UInt64 = 1
    var entries: [Entry] = []

    /// The file.
    func encoded() -> [UInt8] {
        var body: [UInt8] = []
        for field in fields {
            body.append(UInt64(field.utf8.count))
            body += field.utf8
        }
        for entry in entries {
            body.append(entry.number)
            body.append(UInt64(entry.documentCount))
            body.append(UInt64(entry.deleted.reduce(0) { $0 + $1.nonzeroBitCount }))
            for word in entry.deleted { body.append(word) }
        }
        var page = FieldWriter(magic: Self.magic)
        let narrow = [
            SegmentHeader.byteOrderMark, Self.version, UInt32(fields.count), UInt32(entries.count),
        ]
        for value in narrow { page.append(value) }
        let checksum = body.withUnsafeBytes(Checksum.of)
        let wide = [
            sequence, generation, covered.sequence, covered.record, nextNumber, UInt64(body.count), checksum,
        ]
        for value in wide { page.append(value) }
        return page.sealed(byteCount: Self.byteCount) + body
    }

    /// Reads the manifest in `directory`; `nil` if there is none.
    static func read(in directory: URL) throws(VectorIndexError) -> Manifest? {
        guard let file = try FileDescriptor.existing(name, in: directory, flags: O_RDONLY) else { return nil }
        var fields = try FieldReader(
            file.prefix(byteCount), magic: magic, version: version, byteCount: byteCount, file: file.path,
            kind: "the manifest of a text index")
        let (fieldCount, entryCount): (UInt32, UInt32) = (fields.next(), fields.next())
        var manifest = Manifest(fields: [])
        (manifest.sequence, manifest.generation) = (fields.next(), fields.next())
        manifest.covered = LogPosition(sequence: fields.next(), record: fields.next())
        manifest.nextNumber = fields.next()
        let (bodyByteCount, checksum): (UInt64, UInt64) = (fields.next(), fields.next())
        let length = try file.byteCount()
        guard bodyByteCount == UInt64(length - byteCount) else {
            throw .damaged(
                file: file.path,
                reason: "it has \(length) bytes; its header says \(byteCount) and \(bodyByteCount)")
        }
        let body = Array(try file.prefix(length).dropFirst(byteCount))
        guard body.withUnsafeBytes(Checksum.of) == checksum else {
            throw .damaged(file: file.path, reason: "the checksum of its body does not match")
        }
        guard manifest.parse(body, fieldCount: Int(fieldCount), entryCount: Int(entryCount)) else {
            throw .damaged(file: file.path, reason: "its body contradicts its header")
        }
        return manifest
    }

    /// Takes in fields and entries; says whether the body is them exactly.
    private mutating func parse(_ body: [UInt8], fieldCount: Int, entryCount: Int) -> Bool {
        var rest = body[...]
        func number() -> UInt64? {
            guard rest.count >= 8 else { return nil }
            defer { rest = rest.dropFirst(8) }
            return rest.prefix(8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        }
        for _ in 0..<fieldCount {
            guard let size = number(), size <= UInt64(rest.count) else { return false }
            fields.append(String(decoding: rest.prefix(Int(size)), as: UTF8.self))
            rest = rest.dropFirst(Int(size))
        }
        for _ in 0..<entryCount {
            guard let own = number(), let documents = number(), let deleted = number(),
                documents <= UInt64(SegmentHeader.documentLimit)
            else { return false }
            var entry = Entry(number: own, documentCount: Int(documents), deleted: [])
            if deleted > 0 {
                for _ in 0..<(entry.documentCount + 63) / 64 {
                    guard let word = number() else { return false }
                    entry.deleted.append(word)
                }
                let tail = entry.documentCount % 64
                guard entry.deleted.reduce(0, { $0 + UInt64($1.nonzeroBitCount) }) == deleted,
                    tail == 0 || (entry.deleted.last ?? 0) >> UInt64(tail) == 0
                else { return false }
            }
            entries.append(entry)
        }
        return rest.isEmpty
    }
}
