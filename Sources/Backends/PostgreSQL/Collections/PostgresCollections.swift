import Foundation
import VectorCollections

/// Collections of vectors over PostgreSQL: what several processes share.
///
/// Each write is one transaction, kept by the server before it is acknowledged; see ``PostgresCollectionSchema`` for how
/// changes are numbered. Everything is asked of the primary: a copy that is levelled by a late one would go back in time.
public final class PostgresCollections: CollectionJournal {
    let database: PostgresDatabase
    private let now: @Sendable () -> Date
    /// Removed points of a collection that are remembered at least; twice as many at most, and those of one change.
    private let keptRemovals: Int64

    /// Server and database, for messages.
    var server: String { database.pool.settings.name }

    public static let keptRemovals = 65_536

    /// The collections of a database. Nothing is asked of the server yet.
    ///
    /// - Parameters:
    ///   - pool: may be shared with a ``PostgresCorpus`` of the same schema.
    ///   - keptRemovals: removed points of a collection that are remembered at least. Whoever has not followed for longer
    ///     reads all of it anew.
    public init(
        _ pool: PostgresPool, keptRemovals: Int = PostgresCollections.keptRemovals,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        database = PostgresDatabase(
            pool, replica: nil, table: "collection_step", steps: PostgresCollectionSchema.steps)
        self.keptRemovals = Int64(max(0, keptRemovals))
        self.now = now
    }

    /// Brings the schema up to date, if that was not done yet.
    public func open() async throws(CollectionError) {
        do {
            try await database.open()
        } catch {
            throw Self.told(error, server)
        }
    }

    // MARK: What there is

    public func collections() async throws(CollectionError) -> [JournaledCollection] {
        try await read { db in
            try db.query("SELECT \(Self.columns) FROM collection WHERE digest IS NOT NULL").rows.map {
                try Self.collection($0)
            }
        }
    }

    public func create(
        _ name: String, _ settings: CollectionSettings, tenant: String, limit: Int, points: JournalPoints?,
        incarnation: String?
    ) async throws(CollectionError) -> (collection: JournaledCollection, isNew: Bool) {
        let created = Int64((now().timeIntervalSince1970 * 1_000_000).rounded())
        let digest = NameDigest.of(tenant, name)
        do {
            return try await database.write { db in
                if let incarnation, let made = try Self.given(incarnation, name, db) { return (made, false) }
                if let known = try Self.find(digest, db) { return (known, false) }
                let id = try Self.insert(
                    [
                        .text(incarnation ?? UUID().uuidString.lowercased()), .text(tenant), .text(name),
                        .text(try settings.text), .int(created),
                        .int(Int64(bitPattern: points?.nextSlot ?? PointID.firstMapped)),
                    ], db)
                let count = try Self.store(points, in: id, db)
                // It is there with its place: what others make meanwhile is waited for only now.
                try db.lock(.collections)
                if let known = try Self.find(digest, db) { throw Taken(known: known) }
                let others = try db.int(
                    "SELECT count(*) FROM collection WHERE tenant = $1 AND digest IS NOT NULL",
                    [.text(tenant)])
                guard (others ?? 0) < limit else { throw CollectionError.tooManyCollections(limit: limit) }
                try db.query(
                    "UPDATE collection SET digest = $2, sequence = $3, points = $4 WHERE id = $1",
                    [.int(id), .text(digest), .int(count > 0 ? 1 : 0), .int(count)])
                guard let made = try Self.find(digest, db) else {
                    throw CollectionError.noSuchCollection(name: name)
                }
                if let incarnation {
                    try db.query("INSERT INTO collection_given VALUES ($1)", [.text(incarnation)])
                }
                return (made, true)
            }
        } catch let taken as Taken {
            return (taken.known, false)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// What was made under an incarnation of the caller's own; `nil` for nothing.
    ///
    /// - Throws: ``CollectionError/noSuchCollection(name:)`` when it is deleted.
    private static func given(
        _ incarnation: String, _ name: String, _ db: PostgresConnection
    ) throws -> JournaledCollection? {
        let wanted = PostgresValue.text(incarnation)
        guard try db.query("SELECT 1 FROM collection_given WHERE incarnation = $1", [wanted]).count > 0 else {
            return nil
        }
        let made = try db.query(
            "SELECT \(columns) FROM collection WHERE incarnation = $1 AND digest IS NOT NULL", [wanted]
        ).first
        guard let made else { throw CollectionError.noSuchCollection(name: name) }
        return try collection(made)
    }

    private static func insert(_ values: [PostgresValue], _ db: PostgresConnection) throws -> Int64 {
        let made = try db.int(
            """
            INSERT INTO collection (
                incarnation, tenant, name, settings, created_at, next_slot, sequence, points, removals, floor)
            VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0) RETURNING id
            """, values)
        guard let made else {
            throw PostgresError.unexpectedValue(server: db.server, column: "id", expected: "whole number")
        }
        return made
    }

    /// - Returns: how many there are.
    private static func store(
        _ points: JournalPoints?, in collection: Int64, _ db: PostgresConnection
    ) throws -> Int64 {
        var count: Int64 = 0
        try points?.read { rows in
            count += Int64(rows.count)
            try db.pipeline(storing(rows, in: collection))
        }
        return count
    }

    /// Another one was there first; nothing of this one is kept.
    private struct Taken: Error {
        var known: JournaledCollection
    }

    public func delete(_ name: String, tenant: String) async throws(CollectionError) {
        let digest = NameDigest.of(tenant, name)
        try await write { db in
            let changed = try db.query(
                "UPDATE collection SET digest = NULL WHERE digest = $1", [.text(digest)]
            ).changed
            guard changed > 0 else { throw CollectionError.noSuchCollection(name: name) }
        }
        // What a failure leaves is taken away after the next deletion.
        Task { try? await self.sweep() }
    }

    /// Takes away the points of collections that are deleted, some at a time, and then their rows.
    func sweep() async throws(CollectionError) {
        while true {
            let isMore = try await write { db in
                guard
                    let id = try db.int(
                        """
                        SELECT id FROM collection WHERE digest IS NULL
                        ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
                        """)
                else { return false }
                let removed = try db.query(
                    """
                    DELETE FROM collection_point WHERE collection_id = $1 AND slot = ANY(ARRAY(
                        SELECT slot FROM collection_point WHERE collection_id = $1 LIMIT 10000))
                    """, [.int(id)]
                ).changed
                if removed == 0 { try db.query("DELETE FROM collection WHERE id = $1", [.int(id)]) }
                return true
            }
            if !isMore { return }
        }
    }

    private static let columns = "incarnation, name, tenant, settings, created_at, sequence, points"

    private static func find(_ digest: String, _ db: PostgresConnection) throws -> JournaledCollection? {
        try db.query("SELECT \(columns) FROM collection WHERE digest = $1", [.text(digest)]).first.map {
            try collection($0)
        }
    }

    private static func collection(_ row: PostgresRow) throws -> JournaledCollection {
        let name = try row.text(1)
        return JournaledCollection(
            id: JournaledCollection.ID(incarnation: try row.text(0), name: name),
            tenant: try row.text(2), settings: CollectionSettings.stored(try row.text(3), of: name),
            createdAt: Date(timeIntervalSince1970: Double(try row.int(4)) / 1_000_000),
            sequence: try row.int(5), points: Int(try row.int(6)))
    }

    // MARK: Points

    public func append(
        _ changes: [JournalChange], to collection: JournaledCollection.ID, after position: Int64, room: Int,
        limit: Int
    ) async throws(CollectionError) -> JournalAppend? {
        let append = PostgresCollectionAppend(
            changes, collection, after: position, room: room, limit: limit, keptRemovals: keptRemovals)
        return try await write { try append.perform($0) }
    }

    // MARK: Transactions

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CollectionError) -> Value {
        do {
            return try await database.read(body)
        } catch {
            throw Self.told(error, server)
        }
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws(CollectionError) -> Value {
        do {
            return try await database.write(body)
        } catch {
            throw Self.told(error, server)
        }
    }

    /// What a failure means to whoever asked.
    private static func told(_ error: any Error, _ server: String) -> CollectionError {
        switch error {
        case let error as PostgresError where error.isOutcomeUnknown:
            .outcomeUnknown(server: server, reason: error.description)
        case is CancellationError:
            .unavailable(server: server, reason: "The request was cancelled before PostgreSQL was asked.")
        default: CollectionError(error, server: server)
        }
    }
}
