import Foundation
import GRDB
import JSONValue

/// Looks at every part of a snapshot before it becomes a collection.
struct SnapshotCheck {
    private let url: URL

    init(_ url: URL) {
        self.url = url
    }

    /// - Parameter room: vectors that may be added.
    /// - Throws: ``CollectionError/notASnapshot(reason:)`` that names the first fault.
    func check(room: Int, limit: Int) throws(CollectionError) -> (settings: CollectionSettings, points: Int) {
        do {
            var configuration = PointDatabase.configuration()
            configuration.readonly = true
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA cell_size_check = ON")
            }
            let queue = try DatabaseQueue(path: url.path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { db in
                try checkSchema(db)
                let settings = try settings(db)
                let points = try checkPoints(db, settings, room: room, limit: limit)
                return (settings, points)
            }
        } catch let error as CollectionError {
            throw error
        } catch let error as DatabaseError {
            throw .notASnapshot(reason: "SQLite cannot read it (\(error.message ?? "no reason"))")
        } catch {
            throw .notASnapshot(reason: "it cannot be read")
        }
    }

    /// Nothing but the tables of a collection may be in it: a view or a trigger would be code of somebody else's.
    private func checkSchema(_ db: Database) throws {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id")
        let version = try Int.fetchOne(db, sql: "PRAGMA user_version")
        guard application == PointDatabase.applicationID else {
            throw CollectionError.notASnapshot(reason: "it is not a snapshot of a collection")
        }
        guard version == PointDatabase.version else {
            throw CollectionError.notASnapshot(
                reason: "it has version \(version ?? 0); \(PointDatabase.version) is understood")
        }
        let own = try DatabaseQueue()
        let expected = try own.write { db in
            try db.execute(sql: PointDatabase.schema)
            return try Self.schema(db)
        }
        guard try Self.schema(db) == expected else {
            throw CollectionError.notASnapshot(reason: "it has other tables than a collection")
        }
        guard try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") == "ok" else {
            throw CollectionError.notASnapshot(reason: "it is damaged")
        }
    }

    private static func schema(_ db: Database) throws -> Set<String> {
        let sql = "SELECT type || ' ' || name || ': ' || coalesce(sql, '') FROM sqlite_master LIMIT 100"
        return Set(try String.fetchAll(db, sql: sql))
    }

    private func settings(_ db: Database) throws -> CollectionSettings {
        let row = try Row.fetchOne(db, sql: "SELECT settings, sequence, next_id FROM state")
        guard let row, let text = String.fromDatabaseValue(row[0]),
            let sequence = Int64.fromDatabaseValue(row[1]), (0...Int64.max / 2).contains(sequence),
            let next = Int64.fromDatabaseValue(row[2]), next < Int64.max / -2
        else { throw CollectionError.notASnapshot(reason: "its settings cannot be read") }
        switch CollectionSettings.stored(text, of: "") {
        case .success(let settings): return settings
        case .failure(.newerCollection(_, let found, let supported)):
            throw CollectionError.notASnapshot(
                reason: "its settings have version \(found); up to \(supported) is understood")
        case .failure: throw CollectionError.notASnapshot(reason: "its settings cannot be read")
        }
    }

    private func checkPoints(
        _ db: Database, _ settings: CollectionSettings, room: Int, limit: Int
    ) throws -> Int {
        let state = try Row.fetchOne(db, sql: "SELECT sequence, next_id FROM state")
        let (last, next): (Int64, Int64) = (state?[0] ?? 0, state?[1] ?? 0)
        let check = VectorCheck(settings)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT points.id, name, payload, sequence, vector FROM points
                LEFT JOIN vectors ON vectors.id = points.id
                """)
        var count = 0
        while let row = try rows.next() {
            count += 1
            guard count <= room else { throw CollectionError.tooManyVectors(limit: limit) }
            guard let id = Int64.fromDatabaseValue(row[0]), id >= 0 || id < next,
                PointID(slot: UInt64(bitPattern: id), key: String.fromDatabaseValue(row[1])) != nil,
                let sequence = Int64.fromDatabaseValue(row[3]), (1...max(1, last)).contains(sequence)
            else { throw CollectionError.notASnapshot(reason: "a point of it has no proper id") }
            guard let text = String.fromDatabaseValue(row[2]),
                text.utf8.count <= CollectionLimits.payloadBytes,
                let payload = try? Payload(JSONValue(parsing: text)), payload.text == text
            else { throw CollectionError.notASnapshot(reason: "a payload of it is no payload") }
            guard let blob = Data.fromDatabaseValue(row[4]), blob.count == 4 * settings.dimension else {
                throw CollectionError.notASnapshot(reason: "a point of it has no proper vector")
            }
            do {
                try check.check(VectorBlob.vector(blob), "vector")
            } catch {
                throw CollectionError.notASnapshot(reason: "a vector of it cannot be taken: \(error)")
            }
        }
        let vectors = try Int.fetchOne(db, sql: "SELECT count(*) FROM vectors") ?? 0
        guard vectors == count else {
            throw CollectionError.notASnapshot(reason: "it has \(vectors) vectors for \(count) points")
        }
        return count
    }
}
