import Foundation

/// Vectors as bytes, for callers that send many: nothing is written as text and read again.
///
/// Everything is little-endian. A body is a header of 24 bytes and what its kind has behind it:
///
/// | offset | size | meaning |
/// |---|---|---|
/// | 0 | 4 | `MVEC` |
/// | 4 | 2 | version, 1 |
/// | 6 | 2 | kind: 1 points, 2 queries, 3 results |
/// | 8 | 4 | dimension; of results 0 |
/// | 12 | 4 | count: of points, or of queries |
/// | 16 | 4 | `k` of queries, else 0 |
/// | 20 | 4 | `ef_search` of queries, 0 for the collection's own; else 0 |
///
/// | kind | behind the header |
/// |---|---|
/// | points | ids (count × u64), vectors (count × dimension × float32) |
/// | queries | vectors (count × dimension × float32) |
/// | results | results of each query (count × u64); ids of all (u64 each), scores of all (float32 each) |
public enum PackedVectors {
    /// The media type of such a body.
    public static let contentType = "application/vnd.millrace.vectors"

    static let magic: UInt32 = 0x4345_564D
    static let version: UInt16 = 1
    static let headerBytes = 24

    enum Kind: UInt16 {
        case points = 1
        case queries = 2
        case results = 3
    }

    /// The points of a body; their payloads are empty.
    ///
    /// - Throws: ``CollectionError/invalid(field:reason:)`` for bytes that are no such body.
    public static func points(_ body: Data) throws(CollectionError) -> [Point] {
        let reader = try Reader(body, kind: .points, limit: CollectionLimits.pointsPerUpsert)
        let rows = headerBytes + 8 * reader.count
        return (0..<reader.count).map { position in
            let id = reader.integer(at: headerBytes + 8 * position, as: UInt64.self)
            return Point(id: .integer(id), vector: reader.row(position, from: rows))
        }
    }

    /// The queries of a body, which ask for ids and scores alone.
    ///
    /// - Throws: ``CollectionError/invalid(field:reason:)`` for bytes that are no such body.
    public static func queries(_ body: Data) throws(CollectionError) -> [CollectionQuery] {
        let reader = try Reader(body, kind: .queries, limit: CollectionLimits.queriesPerCall)
        let k = Int(reader.integer(at: 16, as: UInt32.self))
        let efSearch = Int(reader.integer(at: 20, as: UInt32.self))
        return (0..<reader.count).map { position in
            CollectionQuery(
                vector: reader.row(position, from: headerBytes), k: k,
                efSearch: efSearch == 0 ? nil : efSearch,
                place: "queries[\(position)].")
        }
    }

    // MARK: Writing

    /// The body of an upsert, for clients; `nil` if an id is a text or the vectors differ in length.
    public static func body(points: [Point]) -> Data? {
        let dimension = points.first?.vector.count ?? 0
        var ids: [UInt64] = []
        for point in points {
            guard case .integer(let id) = point.id, point.vector.count == dimension else { return nil }
            ids.append(id)
        }
        var data = header(.points, dimension: dimension, count: points.count)
        for id in ids { append(id, to: &data) }
        for point in points { append(point.vector, to: &data) }
        return data
    }

    /// The body of a query, for clients; `nil` if the vectors differ in length.
    public static func body(queries: [[Float]], k: Int, efSearch: Int = 0) -> Data? {
        let dimension = queries.first?.count ?? 0
        guard queries.allSatisfy({ $0.count == dimension }) else { return nil }
        var data = header(
            .queries, dimension: dimension, count: queries.count, k: k, efSearch: efSearch)
        for query in queries { append(query, to: &data) }
        return data
    }

    /// The body of an answer; `nil` if a result's id is a text.
    public static func body(results: [[ScoredPoint]]) -> Data? {
        var data = header(.results, dimension: 0, count: results.count)
        data.reserveCapacity(headerBytes + results.reduce(0) { $0 + 8 + 12 * $1.count })
        for list in results { append(UInt64(list.count), to: &data) }
        for list in results {
            for result in list {
                guard case .integer(let id) = result.id else { return nil }
                append(id, to: &data)
            }
        }
        for list in results {
            for result in list { append(result.score.bitPattern, to: &data) }
        }
        return data
    }

    /// Ids and scores of an answer's body, for clients.
    ///
    /// - Throws: ``CollectionError/invalid(field:reason:)`` for bytes that are no such body.
    public static func results(_ body: Data) throws(CollectionError) -> [[(id: UInt64, score: Float)]] {
        let reader = try Reader(body, kind: .results, limit: CollectionLimits.queriesPerCall)
        let counts = (0..<reader.count).map { reader.integer(at: headerBytes + 8 * $0, as: UInt64.self) }
        let total = counts.reduce(0) { $0 + min(Int(clamping: $1), body.count) }
        let ids = headerBytes + 8 * reader.count
        guard body.count == ids + 12 * total else { throw Reader.wrongLength(ids + 12 * total, body.count) }
        var place = 0
        return counts.map { count in
            defer { place += Int(count) }
            return (place..<place + Int(count)).map { position in
                let score = reader.integer(at: ids + 8 * total + 4 * position, as: UInt32.self)
                return (reader.integer(at: ids + 8 * position, as: UInt64.self), Float(bitPattern: score))
            }
        }
    }

    private static func header(
        _ kind: Kind, dimension: Int, count: Int, k: Int = 0, efSearch: Int = 0
    ) -> Data {
        var data = Data()
        append(magic, to: &data)
        append(version, to: &data)
        append(kind.rawValue, to: &data)
        for number in [dimension, count, k, efSearch] { append(UInt32(clamping: number), to: &data) }
        return data
    }

    private static func append(_ value: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }

    private static func append(_ vector: [Float], to data: inout Data) {
        data.append(VectorBlob.data(vector))
    }
}
