@_spi(CorpusEngine) import Corpus

extension PostgresCorpus: DocumentDirectory {
    public func documents(
        matching filter: ChunkFilter, after id: String, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [DocumentDescription] {
        try await readContent { db in
            var filter = filter
            filter.insights = [:]
            let snapshot = try PostgresSnapshot(self, scope, db)
            var condition = PostgresCondition(filter)
            condition.demand("d.id > ", .text(id))
            condition.demand("d.access_class_id = ANY", snapshot.readable)
            let limit = condition.place(of: .int(Int64(max(0, limit))))
            return try db.query(
                "\(Self.descriptions) WHERE \(condition.sql) ORDER BY d.id LIMIT \(limit)", condition.values
            ).rows.map { try Self.description($0) }
        }
    }

    public func document(
        _ id: String, scope: ReadScope
    ) async throws(CorpusError) -> DocumentDescription? {
        try await readContent { db in
            let snapshot = try PostgresSnapshot(self, scope, db)
            return try db.query(
                "\(Self.descriptions) WHERE d.id = $1 AND d.access_class_id = ANY($2)",
                [.text(id), snapshot.readable]
            ).first.map { try Self.description($0) }
        }
    }

    public func text(ofDocument id: String, scope: ReadScope) async throws(CorpusError) -> String? {
        try await readContent { db in
            let snapshot = try PostgresSnapshot(self, scope, db)
            return try db.text(
                "SELECT text FROM document WHERE id = $1 AND access_class_id = ANY($2)",
                [.text(id), snapshot.readable])
        }
    }

    public func chunks(
        ofDocument id: String, from ordinal: Int, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [StoredChunk]? {
        try await readContent { db in
            let snapshot = try PostgresSnapshot(self, scope, db)
            guard try snapshot.isReadable(document: id) else { return nil }
            let ids = try db.ints(
                "SELECT id FROM chunk WHERE document_id = $1 AND ordinal >= $2 ORDER BY ordinal LIMIT $3",
                [.text(id), .int(Int64(ordinal)), .int(Int64(max(0, limit)))])
            return try snapshot.chunks(ids)
        }
    }

    public func access(
        toDocument id: String, of reader: Reader, scope: ReadScope
    ) async throws(CorpusError) -> DocumentAccess? {
        try await read { db in
            let snapshot = try PostgresSnapshot(self, scope, db)
            guard try snapshot.isReadable(document: id) else { return nil }
            let found = try db.query(
                """
                SELECT a.rule, own.rule FROM document d JOIN access_class a ON a.id = d.access_class_id
                    LEFT JOIN withheld w ON w.document_id = d.id
                    LEFT JOIN access_class own ON own.id = w.access_class_id
                WHERE d.id = $1
                """, [.text(id)])
            guard let row = found.first else { return nil }
            let rule = try CorpusText.decodeRule(row.text(0))
            return DocumentAccess(
                rule: rule, own: try row.optionalText(1).map { try CorpusText.decodeRule($0) } ?? rule,
                reader: reader, expanded: try Self.expanded(reader, db))
        }
    }

    private static let descriptions = """
        SELECT d.id, d.kind, d.space_key, s.name, d.title, d.version, d.ancestors, \(labels), d.author,
            d.updated_at, d.url, (SELECT count(*) FROM chunk n WHERE n.document_id = d.id)
        FROM document d JOIN space s ON s.key = d.space_key
        """

    private static func description(_ row: PostgresRow) throws -> DocumentDescription {
        DocumentDescription(
            id: try row.text(0), kind: Document.Kind(rawValue: try row.text(1)) ?? .page,
            spaceKey: try row.text(2), spaceName: try row.text(3), title: try row.text(4),
            version: Int(try row.int(5)), ancestors: try CorpusText.decode([Ancestor].self, row.text(6)),
            labels: try row.texts(7), author: try row.optionalText(8), updatedAt: try row.optionalDate(9),
            url: try row.optionalText(10), chunkCount: Int(try row.int(11)))
    }
}

extension PostgresSnapshot {
    func isReadable(document id: String) throws -> Bool {
        try db.query(
            "SELECT 1 FROM document WHERE id = $1 AND access_class_id = ANY($2)", [.text(id), readable]
        ).count > 0
    }
}
