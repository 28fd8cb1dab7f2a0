import Corpus
import Foundation
import GRDB

extension SQLiteCorpus {
    /// Chunks that hold words of `terms`, best first, by FTS5's BM25.
    ///
    /// The filter is part of the statement: a chunk that may not be read is never ranked.
    ///
    /// - Parameters:
    ///   - terms: words as ``QueryTerms`` makes them; none finds nothing.
    ///   - limit: matches at most.
    public func keywordSearch(
        _ terms: QueryTerms, limit: Int, filter: ChunkFilter
    ) async throws(CorpusError) -> [KeywordMatch] {
        guard !terms.isEmpty, limit > 0 else { return [] }
        return try await read { db in
            var query = try self.condition(for: filter, db)
            query.arguments = [terms.matchExpression] + query.arguments + [limit]
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT c.id, -bm25(chunk_text, 1.0, 1.0, 1.0) AS score
                    FROM chunk_text JOIN chunk c ON c.id = chunk_text.rowid
                    JOIN document d ON d.id = c.document_id
                    WHERE chunk_text MATCH ? AND \(query.sql)
                    ORDER BY score DESC, c.id LIMIT ?
                    """, arguments: StatementArguments(query.arguments))
            return rows.map { KeywordMatch(chunkID: $0["id"], score: $0["score"]) }
        }
    }

    /// Ids of every chunk that `filter` lets through, ascending, with the generation they belong to.
    public func chunkIDs(
        matching filter: ChunkFilter, model: String
    ) async throws(CorpusError) -> (ids: [Int64], generation: Int64) {
        try await read { db in
            var query = try self.condition(for: filter, db)
            query.arguments.append(model)
            let ids = try Int64.fetchAll(
                db,
                sql: """
                    SELECT c.id FROM chunk c JOIN document d ON d.id = c.document_id
                    WHERE \(query.sql) AND c.model = ? ORDER BY c.id
                    """, arguments: StatementArguments(query.arguments))
            return (ids, try Self.generation(db))
        }
    }

    /// The filter as SQL over `chunk c` and `document d`.
    func condition(
        for filter: ChunkFilter, _ db: Database
    ) throws -> (sql: String, arguments: [any DatabaseValueConvertible]) {
        // Ids of our own making, so they may stand in the text; SQLite's limit on variables does not bind.
        let classes = try self.accessClasses(satisfiedBy: filter.reader, db).sorted().map(String.init)
        var parts = ["c.access_class_id IN (\(classes.joined(separator: ",")))"]
        var arguments: [any DatabaseValueConvertible] = []
        func demand(_ column: String, oneOf values: [String]) {
            guard !values.isEmpty else { return }
            parts.append("\(column) IN (\(databaseQuestionMarks(count: values.count)))")
            arguments += values
        }
        demand("d.space_key", oneOf: filter.spaces.sorted())
        demand("d.kind", oneOf: filter.kinds.map(\.rawValue).sorted())
        demand("d.author", oneOf: filter.authors.sorted())
        if !filter.labels.isEmpty {
            parts.append(
                """
                EXISTS (SELECT 1 FROM label l WHERE l.document_id = d.id
                    AND l.name IN (\(databaseQuestionMarks(count: filter.labels.count))))
                """)
            arguments += filter.labels.sorted()
        }
        if let date = filter.updatedAfter {
            parts.append("d.updated_at >= ?")
            arguments.append(date.timeIntervalSince1970)
        }
        return (parts.joined(separator: " AND "), arguments)
    }
}
