import Corpus
import Foundation
import GRDB

extension SQLiteCorpus: DocumentDirectory {
    public func documents(
        matching filter: ChunkFilter, after id: String, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [DocumentDescription] {
        try await read { db in
            var filter = filter
            filter.insights = [:]
            let condition = DocumentCondition(filter)
            let snapshot = try SQLiteSnapshot(self, scope, db)
            let arguments: [any DatabaseValueConvertible] = [id] + condition.arguments + [max(0, limit)]
            return try Row.fetchAll(
                db,
                sql: """
                    \(Self.descriptionSelection) WHERE d.id > ? AND \(snapshot.isDocumentReadable)
                        AND \(condition.sql) ORDER BY d.id LIMIT ?
                    """, arguments: StatementArguments(arguments)
            ).map(Self.description)
        }
    }

    public func document(
        _ id: String, scope: ReadScope
    ) async throws(CorpusError) -> DocumentDescription? {
        try await read { db in
            let snapshot = try SQLiteSnapshot(self, scope, db)
            return try Row.fetchOne(
                db,
                sql: "\(Self.descriptionSelection) WHERE d.id = ? AND \(snapshot.isDocumentReadable)",
                arguments: [id]
            ).map(Self.description)
        }
    }

    public func text(ofDocument id: String, scope: ReadScope) async throws(CorpusError) -> String? {
        try await read { db in
            let snapshot = try SQLiteSnapshot(self, scope, db)
            return try String.fetchOne(
                db, sql: "SELECT d.text FROM document d WHERE d.id = ? AND \(snapshot.isDocumentReadable)",
                arguments: [id])
        }
    }

    public func chunks(
        ofDocument id: String, from ordinal: Int, limit: Int, scope: ReadScope
    ) async throws(CorpusError) -> [StoredChunk]? {
        try await read { db in
            let snapshot = try SQLiteSnapshot(self, scope, db)
            guard try snapshot.isReadable(document: id) else { return nil }
            let ids = try Int64.fetchAll(
                db,
                sql: "SELECT id FROM chunk WHERE document_id = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?",
                arguments: [id, ordinal, max(0, limit)])
            return try snapshot.chunks(ids)
        }
    }

    public func access(
        toDocument id: String, of reader: Reader, scope: ReadScope
    ) async throws(CorpusError) -> DocumentAccess? {
        try await read { db in
            let snapshot = try SQLiteSnapshot(self, scope, db)
            guard try snapshot.isReadable(document: id) else { return nil }
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT a.rule, own.rule AS own FROM document d
                        JOIN access_class a ON a.id = d.access_class_id
                        LEFT JOIN withheld w ON w.document_id = d.id
                        LEFT JOIN access_class own ON own.id = w.access_class_id
                    WHERE d.id = ?
                    """, arguments: [id])
            guard let row else { return nil }
            let rule = try Self.decodeRule(row["rule"])
            return DocumentAccess(
                rule: rule, own: try (row["own"] as String?).map(Self.decodeRule) ?? rule, reader: reader,
                expanded: try Self.expanded(reader, db))
        }
    }

    private static let descriptionSelection = """
        SELECT d.id, d.kind, d.space_key, s.name AS space_name, d.title, d.version, d.ancestors, d.author,
            d.updated_at, d.url,
            (SELECT COUNT(*) FROM chunk n WHERE n.document_id = d.id) AS chunk_count,
            (SELECT json_group_array(l.name) FROM label l WHERE l.document_id = d.id) AS labels
        FROM document d JOIN space s ON s.key = d.space_key
        """

    private static func description(_ row: Row) throws -> DocumentDescription {
        DocumentDescription(
            id: row["id"], kind: Document.Kind(rawValue: row["kind"]) ?? .page, spaceKey: row["space_key"],
            spaceName: row["space_name"], title: row["title"], version: row["version"],
            ancestors: try decode([Ancestor].self, row["ancestors"]),
            labels: try decode([String].self, row["labels"]).sorted(), author: row["author"],
            updatedAt: (row["updated_at"] as Double?).map { Date(timeIntervalSince1970: $0) },
            url: row["url"], chunkCount: row["chunk_count"])
    }
}

extension SQLiteSnapshot {
    /// What the condition of a statement says of who may read, over `document d`.
    ///
    /// A document's chunks have the class that it has. They are asked, because a row of `document` holds its class
    /// behind its text; only one without chunks is asked itself.
    var isDocumentReadable: String {
        """
        COALESCE((SELECT c.access_class_id FROM chunk c WHERE c.document_id = d.id LIMIT 1), d.access_class_id)
        IN (\(classes.sorted().map(String.init).joined(separator: ",")))
        """
    }

    func isReadable(document id: String) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT 1 FROM document d WHERE d.id = ? AND \(isDocumentReadable)", arguments: [id])
            ?? false
    }
}
