import Corpus
import Foundation
import GRDB

extension SQLiteSnapshot: KeywordSnapshot {
    /// By FTS5's BM25. The filter is part of the statement: a passage that may not be read is never ranked.
    func keywordSearch(
        _ terms: QueryTerms, limit: Int, filter: ChunkFilter
    ) throws(CorpusError) -> [KeywordMatch] {
        guard !terms.isEmpty, limit > 0 else { return [] }
        return try mapErrors {
            let condition = DocumentCondition(filter)
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT c.id, -bm25(chunk_text, 1.0, 1.0, 1.0) AS score
                    FROM chunk_text JOIN chunk c ON c.id = chunk_text.rowid
                    JOIN document d ON d.id = c.document_id
                    WHERE chunk_text MATCH ? AND \(isReadable) AND \(condition.sql)
                    ORDER BY score DESC, c.id LIMIT ?
                    """,
                arguments: StatementArguments([terms.matchExpression] + condition.arguments + [limit]))
            return rows.map { KeywordMatch(chunkID: $0["id"], score: $0["score"]) }
        }
    }
}

/// A filter as SQL over `document d`.
struct DocumentCondition {
    private(set) var sql = "1"
    private(set) var arguments: [any DatabaseValueConvertible] = []

    init(_ filter: ChunkFilter) {
        demand("d.space_key", oneOf: filter.spaces.sorted())
        demand("d.kind", oneOf: filter.kinds.map(\.rawValue).sorted())
        demand("d.author", oneOf: filter.authors.sorted())
        if !filter.labels.isEmpty {
            sql += """
                 AND EXISTS (SELECT 1 FROM label l WHERE l.document_id = d.id
                    AND l.name IN (\(databaseQuestionMarks(count: filter.labels.count))))
                """
            arguments += filter.labels.sorted()
        }
        if let date = filter.updatedAfter {
            sql += " AND d.updated_at >= ?"
            arguments.append(date.timeIntervalSince1970)
        }
    }

    private mutating func demand(_ column: String, oneOf values: [String]) {
        guard !values.isEmpty else { return }
        sql += " AND \(column) IN (\(databaseQuestionMarks(count: values.count)))"
        arguments += values
    }
}
