import Foundation
import GRDB

/// One call's change to a collection.
enum Change: Sendable {
    /// Points whose vectors were checked, with different ids.
    case upsert([Point])
    /// - Parameter unchangedSince: leaves alone what was changed after this number; `nil` for nothing.
    case remove([PointID], unchangedSince: Int64? = nil)
    /// Nothing of the caller's: what others have written is taken in, where collections are shared.
    case follow

    /// How many points it is at most.
    var size: Int {
        switch self {
        case .upsert(let points): points.count
        case .remove(let ids, _): ids.count
        case .follow: 0
        }
    }
}

/// What became of a change.
public struct ChangeReport: Sendable, Hashable {
    /// Points that were not there before.
    public var created = 0
    /// Points that had another vector or payload before.
    public var replaced = 0
    public var removed = 0
}

/// What the index must do so that it is as the database is: by id, a vector, or its removal.
struct IndexChanges {
    var vectors: [UInt64: [Float]] = [:]
    var removals: Set<UInt64> = []

    mutating func put(_ vector: [Float], at slot: UInt64) {
        vectors[slot] = vector
        removals.remove(slot)
    }

    mutating func remove(_ slot: UInt64) {
        vectors[slot] = nil
        removals.insert(slot)
    }
}

/// Carries out changes within one transaction, one after the other.
struct ChangeApplication {
    private let db: Database
    private(set) var sequence: Int64
    private var nextID: Int64
    private(set) var changes = IndexChanges()
    /// Points more than before the transaction.
    private(set) var growth = 0

    init(_ db: Database) throws {
        self.db = db
        let row = try Row.fetchOne(db, sql: "SELECT sequence, next_id FROM state")
        sequence = row?[0] ?? 0
        nextID = row?[1] ?? Int64(bitPattern: PointID.firstMapped)
    }

    /// Does one change; when it throws, this value must be dropped for the one before.
    ///
    /// - Parameter room: points that may be added in this transaction.
    mutating func apply(_ change: Change, room: Int) throws -> ChangeReport {
        sequence += 1
        var report = ChangeReport()
        switch change {
        case .upsert(let points):
            for point in points {
                if try put(point) { report.created += 1 } else { report.replaced += 1 }
            }
        case .remove(let ids, let limit):
            for id in ids {
                guard let slot = try db.slot(of: id), try !isNewer(slot, than: limit), try remove(slot) else {
                    continue
                }
                report.removed += 1
            }
        case .follow: break
        }
        growth += report.created - report.removed
        guard growth <= room || report.created == 0 else { throw RoomIsUp() }
        return report
    }

    /// Takes over the points of a journal, with its numbers.
    ///
    /// - Parameters:
    ///   - rows: in the order of their changes.
    ///   - end: the number that is reached with them.
    mutating func take(_ rows: [JournalRow], through end: Int64, nextSlot: UInt64) throws {
        for row in rows {
            sequence = row.sequence
            guard let content = row.content else {
                if try remove(row.slot) { growth -= 1 }
                continue
            }
            let isNew = try put(
                VectorBlob.vector(content.vector), content.vector, payload: content.payload, at: row.slot,
                name: content.key)
            if isNew { growth += 1 }
        }
        sequence = end
        nextID = Int64(bitPattern: nextSlot)
    }

    /// Writes down how far the changes are.
    func finish() throws {
        try db.cachedStatement(sql: "UPDATE state SET sequence = ?, next_id = ?").execute(
            arguments: [sequence, nextID])
    }

    /// There are as many vectors as there may be.
    struct RoomIsUp: Error {}

    /// - Returns: whether the point is new.
    private mutating func put(_ point: Point) throws -> Bool {
        let slot: UInt64
        if let own = point.id.slot {
            slot = own
        } else if let known = try db.slot(of: point.id) {
            slot = known
        } else {
            slot = UInt64(bitPattern: nextID)
            nextID += 1
        }
        return try put(
            point.vector, VectorBlob.data(point.vector), payload: point.payload.text, at: slot,
            name: point.id.slot == nil ? point.id.key : nil)
    }

    /// - Parameters:
    ///   - vector: as floats, and the same as bytes.
    ///   - name: of a point whose slot does not say its id.
    /// - Returns: whether the point is new.
    private mutating func put(
        _ vector: [Float], _ bytes: Data, payload: String, at slot: UInt64, name: @autoclosure () -> String?
    ) throws -> Bool {
        let key = Int64(bitPattern: slot)
        let update = try db.cachedStatement(sql: "UPDATE points SET payload = ?, sequence = ? WHERE id = ?")
        try update.execute(arguments: [payload, sequence, key])
        let isNew = db.changesCount == 0
        if isNew {
            try db.cachedStatement(
                sql: "INSERT INTO points (id, name, payload, sequence) VALUES (?, ?, ?, ?)"
            )
            .execute(arguments: [key, name(), payload, sequence])
            try db.cachedStatement(sql: "DELETE FROM removals WHERE id = ?").execute(arguments: [key])
        }
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO vectors (id, vector) VALUES (?, ?)").execute(
            arguments: [key, bytes])
        changes.put(vector, at: slot)
        return isNew
    }

    private func isNewer(_ slot: UInt64, than limit: Int64?) throws -> Bool {
        guard let limit else { return false }
        let statement = try db.cachedStatement(sql: "SELECT sequence > ? FROM points WHERE id = ?")
        return try Bool.fetchOne(statement, arguments: [limit, Int64(bitPattern: slot)]) ?? false
    }

    /// - Returns: whether the point was there.
    private mutating func remove(_ slot: UInt64) throws -> Bool {
        let key = Int64(bitPattern: slot)
        try db.cachedStatement(sql: "DELETE FROM points WHERE id = ?").execute(arguments: [key])
        guard db.changesCount > 0 else { return false }
        try db.cachedStatement(sql: "DELETE FROM vectors WHERE id = ?").execute(arguments: [key])
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO removals (id, sequence) VALUES (?, ?)").execute(
            arguments: [key, sequence])
        changes.remove(slot)
        return true
    }
}
