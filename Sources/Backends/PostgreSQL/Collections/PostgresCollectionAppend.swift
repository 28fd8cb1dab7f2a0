import VectorCollections

/// Writes changes of one process to a collection, in one transaction that holds the collection's row.
struct PostgresCollectionAppend: Sendable {
    /// Points of others that are given along; whoever lacks more follows first.
    private static let missedLimit = 1_024

    private let changes: [JournalChange]
    private let collection: JournaledCollection.ID
    private let position: Int64
    private let (room, limit): (Int, Int)
    private let keptRemovals: Int64
    private let slots: [Int64]
    private let names: [String]

    init(
        _ changes: [JournalChange], _ collection: JournaledCollection.ID, after position: Int64, room: Int,
        limit: Int, keptRemovals: Int64
    ) {
        self.changes = changes
        self.collection = collection
        self.position = position
        (self.room, self.limit) = (room, limit)
        self.keptRemovals = keptRemovals
        let ids = changes.flatMap { change in
            switch change {
            case .upsert(let points): points.map(\.id)
            case .remove(let ids, _): ids
            }
        }
        slots = ids.compactMap { $0.slot.map { Int64(bitPattern: $0) } }
        names = ids.filter { $0.slot == nil }.map(\.key)
    }

    /// The collection's row.
    private struct Head {
        var id: Int64
        var sequence: Int64
        var nextSlot: UInt64
        var removals: Int64
        var floor: Int64

        init(_ row: PostgresRow) throws {
            id = try row.int(0)
            sequence = try row.int(1)
            nextSlot = UInt64(bitPattern: try row.int(2))
            removals = try row.int(3)
            floor = try row.int(4)
        }
    }

    /// - Returns: `nil` when the caller must follow first; nothing is changed then.
    func perform(_ db: PostgresConnection) throws -> JournalAppend? {
        let results = try db.pipeline(looks)
        guard let row = results[0].first else {
            throw CollectionError.noSuchCollection(name: collection.name)
        }
        let head = try Head(row)
        let missed = try results[1].rows.map { try PostgresCollections.row($0) }
        guard position >= head.floor, position <= head.sequence, missed.count <= Self.missedLimit else {
            return nil
        }
        var writing = JournalWriting(
            sequence: head.sequence, nextSlot: head.nextSlot, stored: try stored(results[2...]), room: room,
            limit: limit)
        let reports = changes.map { writing.apply($0) }
        let written = writing.rows.values.sorted { ($0.sequence, $0.slot) < ($1.sequence, $1.slot) }
        try write(written, writing, head, db)
        return JournalAppend(
            reports: reports, rows: missed.filter { writing.rows[$0.slot] == nil } + written,
            sequence: writing.sequence, nextSlot: writing.nextSlot, growth: writing.growth)
    }

    /// The row is held with the first; the others are carried out after that, and see what was committed before.
    private var looks: [PostgresConnection.Statement] {
        let incarnation = PostgresValue.text(collection.incarnation)
        let id = "(SELECT id FROM collection WHERE incarnation = $1)"
        return [
            .init(
                """
                SELECT id, sequence, next_slot, removals, floor FROM collection
                WHERE incarnation = $1 AND digest IS NOT NULL FOR UPDATE
                """, [incarnation]),
            .init(
                """
                SELECT \(PostgresCollections.pointColumns) FROM collection_point
                WHERE collection_id = \(id) AND sequence > $2 ORDER BY sequence, slot LIMIT $3
                """, [incarnation, .int(position), .int(Int64(Self.missedLimit) + 1)]),
            .init(
                """
                SELECT slot, name, sequence, vector IS NULL FROM collection_point
                WHERE collection_id = \(id) AND slot = ANY($2)
                """, [incarnation, .ints(slots)]),
            .init(
                """
                SELECT slot, name, sequence, vector IS NULL FROM collection_point
                WHERE collection_id = \(id) AND name = ANY($2)
                """, [incarnation, .texts(names)]),
        ]
    }

    private func stored(
        _ results: ArraySlice<PostgresResult>
    ) throws -> [PointID: JournalWriting.Stored] {
        var stored: [PointID: JournalWriting.Stored] = [:]
        for row in results.flatMap({ Array($0.rows) }) {
            let slot = UInt64(bitPattern: try row.int(0))
            guard let id = PointID(slot: slot, key: try row.optionalText(1)) else { continue }
            stored[id] = JournalWriting.Stored(
                slot: slot, sequence: try row.int(2), isRemoved: try row.bool(3))
        }
        return stored
    }

    private func write(
        _ rows: [JournalRow], _ writing: JournalWriting, _ head: Head, _ db: PostgresConnection
    ) throws {
        let removals = head.removals + Int64(writing.removalGrowth)
        try db.pipeline(
            PostgresCollections.storing(rows, in: head.id) + [
                .init(
                    """
                    UPDATE collection SET sequence = $2, next_slot = $3, points = points + $4, removals = $5
                    WHERE id = $1
                    """,
                    [
                        .int(head.id), .int(writing.sequence), .int(Int64(bitPattern: writing.nextSlot)),
                        .int(Int64(writing.growth)), .int(removals),
                    ])
            ])
        if removals > 2 * keptRemovals { try forget(head.id, db) }
    }

    /// Forgets the oldest of those that went, many at a time.
    private func forget(_ id: Int64, _ db: PostgresConnection) throws {
        let first = try db.int(
            """
            SELECT sequence FROM collection_point WHERE collection_id = $1 AND vector IS NULL
            ORDER BY sequence DESC OFFSET $2 LIMIT 1
            """, [.int(id), .int(keptRemovals)])
        guard let first else { return }
        // Those of one change are forgotten together.
        let forgotten = try db.query(
            "DELETE FROM collection_point WHERE collection_id = $1 AND vector IS NULL AND sequence < $2",
            [.int(id), .int(first)]
        ).changed
        try db.query(
            "UPDATE collection SET floor = greatest(floor, $2), removals = removals - $3 WHERE id = $1",
            [.int(id), .int(first - 1), .int(Int64(forgotten))])
    }
}
