import Concurrency
import Foundation
import GRDB
import Synchronization

extension VectorCollections {
    /// Makes a shared collection of a snapshot: the journal has all of its points or does not have it.
    func restoreShared(
        _ upload: SnapshotUpload, as key: CollectionKey, _ journal: any CollectionJournal
    ) async throws(CollectionError) -> CollectionInfo {
        try await look()
        guard slot(key) == nil else { throw .nameTaken(name: key.name) }
        let (settings, points) = try await reading {
            let found = try SnapshotCheck(upload.url).check(room: self.total.room, limit: self.total.limit)
            return (found.settings, try JournalPoints(of: upload.url.path))
        }
        let made = try await createShared(
            key.name, settings, tenant: key.tenant, points: points, journal)
        // It is read again until it is stored.
        withExtendedLifetime(upload) {}
        guard made.isNew else { throw .nameTaken(name: key.name) }
        try await using(key.name, key.tenant) { _ throws(CollectionError) in }
        return try await info(key.name, tenant: key.tenant)
    }
}

/// What became of a collection that was given to a journal, or taken from one.
public struct MovedCollection: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case moved(points: Int)
        /// It was before.
        case wasMoved
        /// The other side has one of its name, which stays as it is.
        case nameTaken
        /// This program cannot read it; it stays where it is.
        case unreadable(CollectionError)
    }

    public var name: String
    public var tenant: String
    public var outcome: Outcome
}

extension VectorCollections {
    /// Puts the collections of one process into a journal, each as a whole. Nothing is taken out of the folder: a note in
    /// each says where it was put, so that it is not put there a second time, also when the process ends between the two.
    ///
    /// - Parameter place: names the journal, on any process alike.
    public func give(
        to journal: any CollectionJournal, named place: String
    ) async throws(CollectionError) -> [MovedCollection] {
        let entries = state.withLock { $0.slots.values.map(\.entry) }
        var moved: [MovedCollection] = []
        for entry in entries.sorted(by: { ($0.key.tenant, $0.key.name) < ($1.key.tenant, $1.key.name) }) {
            let outcome = try await give(entry, to: journal, place)
            moved.append(
                MovedCollection(name: entry.key.name, tenant: entry.key.tenant, outcome: outcome))
        }
        return moved
    }

    private func give(
        _ entry: Catalog.Entry, to journal: any CollectionJournal, _ place: String
    ) async throws(CollectionError) -> MovedCollection.Outcome {
        let settings: CollectionSettings
        switch entry.settings {
        case .success(let known): settings = known
        case .failure(let error): return .unreadable(error)
        }
        let note = MoveNote(CollectionFolder(folder, entry.folder), place)
        guard try await !reading({ try note.isDone }) else { return .wasMoved }
        // Noted before: whoever is ended behind the journal's commit finds out that it is this one which is there.
        let incarnation = try await reading { try note.begin() }
        let made: (collection: JournaledCollection, isNew: Bool)
        do throws(CollectionError) {
            // Nobody writes to it meanwhile: a change that is not over would be missed.
            made = try await using(entry.key.name, entry.key.tenant) {
                collection throws(CollectionError) in
                let points = try await self.reading { try JournalPoints(of: collection.database.path) }
                return try await journal.create(
                    entry.key.name, settings, tenant: entry.key.tenant, limit: .max, points: points,
                    incarnation: incarnation)
            }
        } catch {
            guard case .noSuchCollection = error else { throw error }
            // It was put there, and has been deleted since: it does not come back.
            try await reading { try note.end() }
            return .wasMoved
        }
        guard made.collection.id.incarnation == incarnation else { return .nameTaken }
        try await reading { try note.end() }
        return .moved(points: made.collection.points)
    }

    /// Takes the collections of a journal as this process's own, each as a whole.
    public func take(
        from journal: any CollectionJournal
    ) async throws(CollectionError) -> [MovedCollection] {
        var moved: [MovedCollection] = []
        for collection in try await journal.collections().sorted(by: {
            ($0.tenant, $0.id.name) < ($1.tenant, $1.id.name)
        }) {
            let key = CollectionKey(tenant: collection.tenant, name: collection.id.name)
            var outcome = MovedCollection.Outcome.nameTaken
            if case .failure(let error) = collection.settings {
                outcome = .unreadable(error)
            } else if slot(key) == nil {
                let entry = try await copy(
                    collection.id, from: journal,
                    as: Catalog.Entry(
                        key: key, folder: CollectionFolder.freshName(), settings: collection.settings,
                        createdAt: collection.createdAt, points: collection.points))
                state.withLock { $0.slots[key] = Slot(entry: entry) }
                total.add(entry.points)
                outcome = .moved(points: entry.points)
            }
            moved.append(MovedCollection(name: key.name, tenant: key.tenant, outcome: outcome))
        }
        return moved
    }
}

extension JournalPoints {
    /// Bytes of what is handed over at once, about.
    private static let partBytes = 4 << 20
    private static let partCount = 1_000

    /// Those of a collection's database, all as of its first change. Its slots stay, so that the order of points does.
    init(of path: String) throws {
        let queue = try Self.opened(path)
        let next = try queue.read { try Int64.fetchOne($0, sql: "SELECT next_id FROM state") }
        self.init(nextSlot: next.map { UInt64(bitPattern: $0) } ?? PointID.firstMapped) { take in
            try Self.opened(path).read { db in
                let rows = try Row.fetchCursor(
                    db,
                    sql: """
                        SELECT points.id, name, payload, vector FROM points
                        JOIN vectors ON vectors.id = points.id ORDER BY points.id
                        """)
                var (part, bytes): ([JournalRow], Int) = ([], 0)
                while let row = try rows.next() {
                    let content = JournalRow.Content(key: row[1], vector: row[3], payload: row[2])
                    bytes += content.vector.count + content.payload.utf8.count
                    let slot = UInt64(bitPattern: row[0] as Int64)
                    part.append(JournalRow(slot: slot, sequence: 1, content: content))
                    guard part.count >= Self.partCount || bytes >= Self.partBytes else { continue }
                    try take(part)
                    (part, bytes) = ([], 0)
                }
                if !part.isEmpty { try take(part) }
            }
        }
    }

    private static func opened(_ path: String) throws -> DatabaseQueue {
        var configuration = PointDatabase.configuration()
        configuration.readonly = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
