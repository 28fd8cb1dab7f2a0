import Corpus
import Foundation

/// Conditions over `document d` and its `chunk c`, with their values.
struct PostgresCondition {
    private(set) var sql = "true"
    private(set) var values: [PostgresValue] = []

    init() {}

    init(_ filter: ChunkFilter) {
        if !filter.spaces.isEmpty { demand("d.space_key = ANY", .texts(filter.spaces.sorted())) }
        if !filter.kinds.isEmpty { demand("d.kind = ANY", .texts(filter.kinds.map(\.rawValue).sorted())) }
        if !filter.authors.isEmpty { demand("d.author = ANY", .texts(filter.authors.sorted())) }
        if !filter.documents.isEmpty { demand("d.id = ANY", .texts(filter.documents.sorted())) }
        if !filter.labels.isEmpty {
            demand(
                "EXISTS (SELECT 1 FROM label l WHERE l.document_id = d.id AND l.name = ANY",
                .texts(filter.labels.sorted()), ")")
        }
        if let date = filter.updatedAfter { demand("d.updated_at >= ", PostgresValue(date)) }
        for (kind, terms) in filter.insights.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            values.append(.text(kind.rawValue))
            demand(
                """
                EXISTS (SELECT 1 FROM insight_term t WHERE t.content_hash = c.content_hash
                    AND t.kind = $\(values.count) AND t.value = ANY
                """, .texts(terms.sorted()), ")")
        }
    }

    /// Adds `before($n)after`.
    mutating func demand(_ before: String, _ value: PostgresValue, _ after: String = "") {
        sql += " AND \(before)(\(place(of: value)))\(after)"
    }

    /// Keeps a value, and tells how a statement names it.
    mutating func place(of value: PostgresValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }
}
