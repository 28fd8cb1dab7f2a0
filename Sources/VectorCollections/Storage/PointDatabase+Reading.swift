import Foundation
import GRDB
import VectorIndex

/// What is asked of a collection's database; each within a reading of its own.
extension Database {
    /// The number of the last change.
    func lastSequence() throws -> Int64 {
        try Int64.fetchOne(cachedStatement(sql: "SELECT sequence FROM state")) ?? 0
    }

    func pointCount() throws -> Int {
        try Int.fetchOne(cachedStatement(sql: "SELECT count(*) FROM points")) ?? 0
    }

    /// Where an id lies in the index; `nil` if no point has it.
    func slot(of id: PointID) throws -> UInt64? {
        if let slot = id.slot {
            let statement = try cachedStatement(sql: "SELECT id FROM points WHERE id = ?")
            return try Int64.fetchOne(statement, arguments: [Int64(bitPattern: slot)]) == nil ? nil : slot
        }
        let statement = try cachedStatement(sql: "SELECT id FROM points WHERE name = ?")
        return try Int64.fetchOne(statement, arguments: [id.key]).map { UInt64(bitPattern: $0) }
    }

    /// A point by its id in the index, with the parts that are asked for.
    func point(at slot: UInt64, _ parts: PointParts) throws -> StoredPoint? {
        let sql =
            parts.payload
            ? "SELECT name, payload FROM points WHERE id = ?" : "SELECT name FROM points WHERE id = ?"
        let key = Int64(bitPattern: slot)
        guard let row = try Row.fetchOne(cachedStatement(sql: sql), arguments: [key]),
            let id = PointID(slot: slot, key: row[0])
        else { return nil }
        var point = StoredPoint(id: id)
        if parts.payload { point.payload = Payload(stored: row[1]) }
        if parts.vector { point.vector = try vector(at: slot) }
        return point
    }

    func vector(at slot: UInt64) throws -> [Float]? {
        let statement = try cachedStatement(sql: "SELECT vector FROM vectors WHERE id = ?")
        return try Data.fetchOne(statement, arguments: [Int64(bitPattern: slot)]).map {
            VectorBlob.vector($0)
        }
    }

    /// The ids in the index of the points that a filter admits.
    func slots(_ filter: CollectionFilter) throws -> IDBitmap {
        let condition = FilterSQL(filter)
        let statement = try makeStatement(sql: "SELECT id FROM points WHERE \(condition.text)")
        return try withFilterWatch {
            let ids = try Int64.fetchCursor(statement, arguments: condition.arguments)
            var found: [UInt64] = []
            while let id = try ids.next() { found.append(UInt64(bitPattern: id)) }
            return IDBitmap(found)
        }
    }

    func count(_ filter: CollectionFilter) throws -> Int {
        let condition = FilterSQL(filter)
        let statement = try makeStatement(sql: "SELECT count(*) FROM points WHERE \(condition.text)")
        return try withFilterWatch { try Int.fetchOne(statement, arguments: condition.arguments) ?? 0 }
    }

    /// Ids in the index in ascending order, from behind one on.
    ///
    /// SQLite's integers have a sign: the upper half of the ids, which is negative there, comes second.
    ///
    /// - Parameter change: of the points those alone that no later change wrote; `nil` for all.
    func slots(
        after last: UInt64?, _ filter: CollectionFilter?, through change: Int64? = nil, limit: Int
    ) throws -> [UInt64] {
        var found: [UInt64] = []
        let condition = filter.map { FilterSQL($0) }
        for isUpper in [false, true] {
            var (sql, values): (String, [DatabaseValue]) = (isUpper ? "id < 0" : "id >= 0", [])
            if let last {
                let isPast = last >= PointID.firstMapped
                if isPast && !isUpper { continue }
                if isPast == isUpper {
                    sql += " AND id > ?"
                    values.append(Int64(bitPattern: last).databaseValue)
                }
            }
            if let change {
                // With a sign, so that no index of it is taken for that of the order.
                sql += " AND +sequence <= ?"
                values.append(change.databaseValue)
            }
            if let condition {
                sql += " AND (\(condition.text))"
                values += condition.values
            }
            values.append((limit - found.count).databaseValue)
            let statement = try makeStatement(sql: "SELECT id FROM points WHERE \(sql) ORDER BY id LIMIT ?")
            let ids = try withFilterWatch {
                try Int64.fetchAll(statement, arguments: StatementArguments(values))
            }
            found += ids.map { UInt64(bitPattern: $0) }
            if found.count >= limit { break }
        }
        return found
    }
}

/// Vectors as the database keeps them: float32, little-endian, which is the order of every processor that this runs
/// on.
enum VectorBlob {
    static func data(_ vector: [Float]) -> Data {
        vector.withUnsafeBytes { Data($0) }
    }

    /// - Returns: as many floats as the bytes make.
    static func vector(_ data: Data) -> [Float] {
        let count = data.count / 4
        return [Float](unsafeUninitializedCapacity: count) { floats, filled in
            // Bounds: `count` floats have at most as many bytes as there are.
            filled = data.copyBytes(to: floats, from: data.startIndex..<data.startIndex + 4 * count) / 4
        }
    }
}
