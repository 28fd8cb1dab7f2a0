import Corpus
import Crypto
import Foundation
import JSONValue
import QA
import VectorIndex

/// A map as a client gets it.
///
/// Little-endian; each column begins at a multiple of 8.
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | `MRM1` |
/// | 4 | 4 | bytes of the header, *h* |
/// | 8 | *h* | JSON, spaces behind it |
/// | 8 + *h* | 8 *n* | ids of passages, as doubles: exact below 2⁵³ |
/// | then | 2 *n* | x, 0…65,535 |
/// | then | 2 *n* | y, growing upwards |
/// | then | 2 *n* | the space's place in the header's list |
/// | then | *n* | the kind's place in the header's list |
struct MapBody: Sendable {
    let bytes: Data
    let tag: String

    /// The columns and their names, in their order.
    private struct Columns {
        var ids: [UInt64] = []
        var x: [UInt16] = []
        var y: [UInt16] = []
        var spaces: [UInt16] = []
        var kinds: [UInt8] = []
    }

    /// Spaces that are told apart; points of any more are left out.
    private static let spaceLimit = 4_096

    init(
        _ drawn: IndexMaps.Drawn, isCurrent: Bool, _ snapshot: any CorpusSnapshot, _ qa: QuestionAnswering
    ) throws {
        let spaces = try snapshot.summary().spaces.prefix(Self.spaceLimit)
        let held = try spaces.map { entry in
            try qa.readablePassages(ChunkFilter(spaces: [entry.space.key]), in: snapshot)
        }
        let kinds = try IndexDocument.passages(in: snapshot, qa)
        var columns = Columns()
        var counts = [Int](repeating: 0, count: spaces.count)
        // Passages of one space often stand one after the other.
        var last = 0
        for (place, id) in drawn.map.ids.enumerated() {
            if last >= held.count || !held[last].contains(id) {
                guard let found = held.firstIndex(where: { $0.contains(id) }) else { continue }
                last = found
            }
            guard let kind = kinds.firstIndex(where: { $0.passages.contains(id) }) else { continue }
            counts[last] += 1
            columns.ids.append(id)
            columns.x.append(drawn.map.x[place])
            columns.y.append(drawn.map.y[place])
            columns.spaces.append(UInt16(last))
            columns.kinds.append(UInt8(kind))
        }
        var header: [String: JSONValue] = [
            "layout": 1, "count": .integer(columns.ids.count), "is_sample": .bool(drawn.map.isSample),
            "is_current": .bool(isCurrent), "generation": .string(drawn.fingerprint.description),
            "method": .string(drawn.map.method.rawValue), "seed": .integer(Int(clamping: drawn.map.seed)),
            "computed_at": .string(drawn.at.formatted(.iso8601)),
            "took_ms": .number((drawn.took / .milliseconds(1)).rounded()),
        ]
        header["spaces"] = .array(
            zip(spaces, counts).map { entry, count in
                [
                    "key": .string(entry.space.key), "name": .string(entry.space.name),
                    "count": .integer(count),
                ]
            })
        header["kinds"] = .array(
            kinds.enumerated().map { place, kind in
                [
                    "kind": .string(kind.kind.rawValue),
                    "count": .integer(columns.kinds.count { Int($0) == place }),
                ]
            })
        bytes = try Self.packed(header, columns)
        tag = "\"" + SHA256.hash(data: bytes).prefix(16).map { String(format: "%02x", $0) }.joined() + "\""
    }

    /// The header's offsets depend on its length, which they are part of: they are written with a fixed width.
    private static func packed(_ header: [String: JSONValue], _ columns: Columns) throws -> Data {
        let sizes = [
            ("ids", 8 * columns.ids.count), ("x", 2 * columns.x.count), ("y", 2 * columns.y.count),
            ("space", 2 * columns.spaces.count), ("kind", columns.kinds.count),
        ]
        func written(from start: Int) throws -> Data {
            var offset = start
            var offsets: [String: JSONValue] = [:]
            for (name, size) in sizes {
                offsets[name] = .integer(offset)
                offset += size.roundedUp
            }
            var header = header
            header["offsets"] = .object(offsets)
            return Data(try JSONValue.object(header).utf8())
        }
        // Every offset has at most nine digits: a header that is long enough for these is for all.
        let room = try written(from: 100_000_000).count.roundedUp
        var head = try written(from: 8 + room)
        head.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, room - head.count)))
        var data = Data(capacity: 8 + room + sizes.reduce(0) { $0 + $1.1.roundedUp })
        data.append(contentsOf: Array("MRM1".utf8))
        data.append(little: UInt32(room))
        data.append(head)
        for id in columns.ids { data.append(little: Double(id).bitPattern) }
        for column in [columns.x, columns.y, columns.spaces] {
            for value in column { data.append(little: value) }
            data.pad()
        }
        data.append(contentsOf: columns.kinds)
        data.pad()
        return data
    }
}

extension IndexDocument {
    /// The caller's passages by the kinds of their documents.
    static func passages(
        in snapshot: any CorpusSnapshot, _ qa: QuestionAnswering
    ) throws(CorpusError) -> [(kind: Document.Kind, passages: IDBitmap)] {
        var all: [(kind: Document.Kind, passages: IDBitmap)] = []
        for kind in Document.Kind.allCases {
            all.append((kind, try qa.readablePassages(ChunkFilter(kinds: [kind]), in: snapshot)))
        }
        return all
    }
}

extension Int {
    /// The next multiple of 8.
    fileprivate var roundedUp: Int { (self + 7) / 8 * 8 }
}

extension Data {
    /// Adds zeros up to the next multiple of 8.
    fileprivate mutating func pad() {
        append(contentsOf: repeatElement(0, count: count.roundedUp - count))
    }
}
