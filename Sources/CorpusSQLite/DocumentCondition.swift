import Corpus
import Foundation
import GRDB

/// A filter as SQL over `document d` and its `chunk c`.
struct DocumentCondition {
    private(set) var sql = "1"
    private(set) var arguments: [any DatabaseValueConvertible] = []

    init(_ filter: ChunkFilter) {
        demand("d.space_key", oneOf: filter.spaces.sorted())
        demand("d.kind", oneOf: filter.kinds.map(\.rawValue).sorted())
        demand("d.author", oneOf: filter.authors.sorted())
        demand("d.id", oneOf: filter.documents.sorted())
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
        for (kind, values) in filter.insights.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            sql += """
                 AND EXISTS (SELECT 1 FROM insight_term t WHERE t.content_hash = c.content_hash
                    AND t.kind = ? AND t.value IN (\(databaseQuestionMarks(count: values.count))))
                """
            arguments += [kind.rawValue] + values.sorted()
        }
    }

    private mutating func demand(_ column: String, oneOf values: [String]) {
        guard !values.isEmpty else { return }
        sql += " AND \(column) IN (\(databaseQuestionMarks(count: values.count)))"
        arguments += values
    }
}
