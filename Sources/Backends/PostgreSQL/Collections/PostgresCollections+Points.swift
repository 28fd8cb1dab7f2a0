import Foundation
import VectorCollections

extension PostgresCollections {
    static let pointColumns = "slot, name, sequence, vector, payload"

    static func row(_ row: PostgresRow) throws -> JournalRow {
        let content = try row.optionalBytes(3).map { vector in
            JournalRow.Content(
                key: try row.optionalText(1), vector: vector, payload: try row.optionalText(4) ?? "{}")
        }
        return JournalRow(
            slot: UInt64(bitPattern: try row.int(0)), sequence: try row.int(2), content: content)
    }

    public func page(
        of collection: JournaledCollection.ID, after place: JournalPlace, since base: Int64?, limit: Int
    ) async throws(CollectionError) -> JournalPage? {
        try await read { db in
            let results = try db.pipeline([
                .init(
                    """
                    SELECT sequence, next_slot, floor FROM collection
                    WHERE incarnation = $1 AND digest IS NOT NULL
                    """, [.text(collection.incarnation)]),
                .init(
                    """
                    SELECT \(Self.pointColumns) FROM collection_point
                    WHERE collection_id = (SELECT id FROM collection WHERE incarnation = $1)
                        AND (sequence, slot) > ($2, $3)
                    ORDER BY sequence, slot LIMIT $4
                    """,
                    [
                        .text(collection.incarnation), .int(place.sequence), .int(place.slot),
                        .int(Int64(limit) + 1),
                    ]),
            ])
            guard let head = results[0].first else {
                throw CollectionError.noSuchCollection(name: collection.name)
            }
            let (sequence, floor) = (try head.int(0), try head.int(2))
            if let base, base < floor || base > sequence { return nil }
            let rows = try results[1].rows.prefix(limit).map { try Self.row($0) }
            return JournalPage(
                rows: rows, isLast: results[1].count <= limit, sequence: sequence,
                nextSlot: UInt64(bitPattern: try head.int(1)))
        }
    }

    // MARK: Writing

    /// Bytes and points of one statement, about.
    private static let statementBytes = 8 << 20
    private static let statementPoints = 1_000

    /// Statements that store points, removed ones first: a name that is given anew is free by then.
    static func storing(_ rows: [JournalRow], in collection: Int64) -> [PostgresConnection.Statement] {
        var statements: [PostgresConnection.Statement] = []
        var (part, bytes): ([JournalRow], Int) = ([], 0)
        let ordered = rows.filter { $0.content == nil } + rows.filter { $0.content != nil }
        for row in ordered {
            let isOtherKind = part.last.map { ($0.content == nil) != (row.content == nil) } ?? false
            if isOtherKind || part.count >= statementPoints || bytes >= statementBytes {
                statements.append(statement(part, in: collection))
                (part, bytes) = ([], 0)
            }
            part.append(row)
            bytes += row.content.map { $0.vector.count + $0.payload.utf8.count } ?? 16
        }
        if !part.isEmpty { statements.append(statement(part, in: collection)) }
        return statements
    }

    private static func statement(
        _ rows: [JournalRow], in collection: Int64
    ) -> PostgresConnection.Statement {
        .init(
            """
            INSERT INTO collection_point (collection_id, slot, name, sequence, vector, payload)
            SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bytea[], $6::text[])
            ON CONFLICT (collection_id, slot) DO UPDATE SET
                name = excluded.name, sequence = excluded.sequence, vector = excluded.vector,
                payload = excluded.payload
            """,
            [
                .int(collection), .ints(rows.map { Int64(bitPattern: $0.slot) }),
                .optionalTexts(rows.map { $0.content?.key }), .ints(rows.map(\.sequence)),
                .optionalBlobs(rows.map { $0.content?.vector }),
                .optionalTexts(rows.map { $0.content?.payload }),
            ])
    }
}
