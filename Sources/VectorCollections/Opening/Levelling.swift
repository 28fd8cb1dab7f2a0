import Foundation
import GRDB
import VectorIndex

/// Opens a collection's index and brings it to the state of the database.
///
/// The index keeps the number of the last change that it is known to have followed. What the database wrote after that
/// is put in again, which changes nothing where it was in already. An index that is missing, damaged, of other
/// settings or ahead of the database is made anew from the vectors kept there.
struct Levelling {
    static let folderName = "index"
    private static let batch = 2_048

    let database: PointDatabase
    let settings: CollectionSettings
    let directory: URL

    /// - Returns: the index, and how many points there are.
    func open() throws(CollectionError) -> (index: LocalVectorStore, points: Int) {
        do {
            return try openLevelled()
        } catch let error as VectorIndexError {
            throw .storage(file: directory.path, reason: error.description)
        } catch {
            throw CollectionError(error, file: database.path)
        }
    }

    private func openLevelled() throws -> (index: LocalVectorStore, points: Int) {
        let sequence = try database.read { try $0.lastSequence() }
        var index = try existingIndex()
        if index.generation > UInt64(sequence) {
            // The database is an older one, such as a backup: nobody knows what the index has more.
            index = try makeAnew(releasing: &index)
        }
        try follow(index, from: Int64(clamping: index.generation))
        let points = try database.read { try $0.pointCount() }
        // An index of another time may hold what nobody remembers to have removed.
        if index.count != points { try reconcile(index) }
        if index.generation != UInt64(sequence) { try index.save(generation: UInt64(sequence)) }
        return (index, points)
    }

    private func existingIndex() throws -> LocalVectorStore {
        do {
            return try make()
        } catch let error as VectorIndexError where error.isCuredByRebuilding {
            try LocalVectorStore.reset(directory: directory)
            return try make()
        }
    }

    private func make() throws -> LocalVectorStore {
        try LocalVectorStore(
            directory: directory, dimension: settings.dimension, metric: settings.indexMetric,
            parameters: settings.parameters)
    }

    private func makeAnew(releasing index: inout LocalVectorStore) throws -> LocalVectorStore {
        // Its lock must be free before its files can be removed.
        index = try LocalVectorStore(
            directory: nil, dimension: settings.dimension, metric: settings.indexMetric,
            parameters: settings.parameters)
        try LocalVectorStore.reset(directory: directory)
        return try make()
    }

    /// Puts in and takes out what was changed after `generation`.
    private func follow(_ index: LocalVectorStore, from generation: Int64) throws {
        var last: (sequence: Int64, id: Int64) = (generation, .max)
        while true {
            let (from, id) = last
            let rows = try database.read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT points.id, points.sequence, vectors.vector FROM points
                        JOIN vectors ON vectors.id = points.id
                        WHERE (points.sequence, points.id) > (?, ?)
                        ORDER BY points.sequence, points.id LIMIT ?
                        """, arguments: [from, id, Self.batch])
            }
            guard let end = rows.last else { break }
            try index.upsert(rows.map { VectorEntry(id: Self.slot($0), vector: VectorBlob.vector($0[2])) })
            last = (end[1], end[0])
        }
        let removed = try database.read { db in
            try Int64.fetchAll(
                db, sql: "SELECT id FROM removals WHERE sequence > ?", arguments: [generation])
        }
        try index.remove(removed.map { UInt64(bitPattern: $0) })
    }

    /// Compares the ids of both, one by one.
    private func reconcile(_ index: LocalVectorStore) throws {
        let stored = try database.read { db in try Int64.fetchAll(db, sql: "SELECT id FROM points") }
        let wanted = Set(stored.map { UInt64(bitPattern: $0) })
        let present = Set(index.ids())
        try index.remove(Array(present.subtracting(wanted)))
        let missing = wanted.subtracting(present).sorted()
        for start in stride(from: 0, to: missing.count, by: Self.batch) {
            let slots = missing[start..<min(start + Self.batch, missing.count)]
            let entries = try database.read { db in
                try slots.compactMap { slot in
                    try db.vector(at: slot).map { VectorEntry(id: slot, vector: $0) }
                }
            }
            try index.upsert(entries)
        }
    }

    private static func slot(_ row: Row) -> UInt64 { UInt64(bitPattern: row[0] as Int64) }
}
